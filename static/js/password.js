// A button under each password that shows what was typed. Its words come with the script.
const words = document.getElementById("password").dataset;

for (const input of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--link show-password";
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? words.hide : words.show;
  };
  button.addEventListener("click", () => show(input.type === "password"));
  // Browsers keep and offer only what is sent as a password.
  input.form.addEventListener("submit", () => show(false));
  show(false);
  input.after(button);
}
