// Keys for whoever reviews many pieces: they move and fill in, and never send. Off in text fields, and for good by a tick.
const OFF = "review keys off";
const help = document.querySelector("[data-keys]");
const pieces = [...document.querySelectorAll("[data-piece]")];

const isTyping = (target) => target.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
const here = () => pieces.indexOf(document.activeElement.closest("[data-piece]"));

const goTo = (number) => {
  const piece = pieces[Math.min(Math.max(number, 0), pieces.length - 1)];
  piece?.focus();
};

const choose = (input, value) => {
  if (!input) return;
  if (input.type === "radio") input.checked = true;
  else input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
};

const press = (key) => {
  const piece = pieces[here()];
  const find = (selector) => piece?.querySelector(selector);
  if (key === "j") goTo(here() + 1);
  else if (key === "k") goTo(here() - 1);
  else if (key === "w") choose(find('input[value="wanted"]'));
  else if (key === "d") choose(find('input[value="declined"]'));
  else if (key === "a") find("[data-amount]")?.focus();
  else if (/^[1-5]$/.test(key)) choose(find("select[name$=-grade]"), find("select[name$=-grade]")?.options[Number(key)]?.value);
  else if (key === "n") document.querySelector("[name=note]")?.focus();
  else if (key === "o") document.querySelector("[name=send]")?.focus();
  else if (key === "?") help.open = !help.open;
  else return false;
  return true;
};

if (help) {
  const box = help.querySelector("input");
  help.hidden = false;
  box.checked = localStorage.getItem(OFF) === null;
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  for (const piece of pieces) piece.tabIndex = -1;
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (press(event.key)) event.preventDefault();
  });
}
