// A text to take along: a button beside it copies it.
for (const text of document.querySelectorAll("[data-copy]")) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Copy" });
  button.className = "border border-base-200 cursor-pointer font-medium mt-2 px-3 py-2 rounded-default shadow-xs self-start dark:border-base-700";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.execCommand("copy");
    }
    said.textContent = " Copied.";
  });
  text.after(button, said);
}
