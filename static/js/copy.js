// A text to take along: <input data-copy="Copy" data-copied="Copied."> gets a button that copies it. `data-look` gives
// the button other classes than a page's own.
for (const text of document.querySelectorAll("[data-copy]")) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: text.dataset.copy });
  button.className = text.dataset.look ?? "button button--second";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.execCommand("copy");
    }
    said.textContent = ` ${text.dataset.copied}`;
  });
  text.after(button, said);
}
