// Suggestions while somebody types into the search field: a combobox with a list below it. Enter still searches, unless
// a suggestion was chosen with the arrow keys.
const WAIT = 150;
const FEWEST = 2;
const field = document.querySelector("[data-suggest]");

if (field) {
  const list = document.createElement("ul");
  let timer = 0;
  let asked = 0;
  let chosen = -1;

  const choose = (index) => {
    const options = [...list.children];
    chosen = index;
    options.forEach((option, place) => option.setAttribute("aria-selected", place === index));
    if (index < 0) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", options[index].id);
      options[index].scrollIntoView({ block: "nearest" });
    }
  };

  const show = (isShown) => {
    list.hidden = !isShown;
    field.setAttribute("aria-expanded", isShown);
    choose(-1);
  };

  const fill = (suggestions) => {
    list.replaceChildren(...suggestions.map(({ label, kind, url }, place) => {
      const option = document.createElement("li");
      const note = document.createElement("span");
      note.textContent = kind;
      option.id = `suggestion-${place}`;
      option.setAttribute("role", "option");
      option.dataset.url = url;
      option.append(label, " ", note);
      return option;
    }));
    show(suggestions.length > 0);
  };

  const ask = async () => {
    const turn = ++asked;
    const text = field.value.trim();
    if (text.length < FEWEST) return show(false);
    try {
      const response = await fetch(`${field.dataset.suggest}?${new URLSearchParams({ q: text })}`);
      const { suggestions } = response.ok ? await response.json() : { suggestions: [] };
      if (turn === asked && document.activeElement === field) fill(suggestions);
    } catch {
      show(false);
    }
  };

  const keys = {
    ArrowDown: () => choose(chosen + 1 < list.children.length ? chosen + 1 : -1),
    ArrowUp: () => choose(chosen < 0 ? list.children.length - 1 : chosen - 1),
    Escape: () => show(false),
    Enter: () => chosen < 0 ? null : location.assign(list.children[chosen].dataset.url),
  };

  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.suggestions);
  field.after(list);
  // A combobox is a text field.
  field.type = "text";
  const roles = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": false };
  for (const [name, value] of Object.entries(roles)) field.setAttribute(name, value);

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing || !keys[event.key]) return;
    if (event.key !== "Enter" || chosen >= 0) event.preventDefault();
    keys[event.key]();
  });
  field.addEventListener("blur", () => {
    asked++;
    show(false);
  });
  // The field keeps the focus until the click is there.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-url]");
    if (option) location.assign(option.dataset.url);
  });
}
