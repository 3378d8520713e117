// A photo dragged onto another takes its place, as the arrow buttons would bring it there one by one.
const list = document.querySelector("[data-upload] .tiles");
let dragged = null;

const make = (tag, attributes) => Object.assign(document.createElement(tag), attributes);

const mark = (tile) => {
  list.querySelector("[data-onto]")?.removeAttribute("data-onto");
  tile?.setAttribute("data-onto", "");
};

const under = (event) => {
  const tile = event.target.closest("[data-photo]");
  return dragged && tile !== dragged ? tile : null;
};

list?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-photo]");
  if (dragged) event.dataTransfer.effectAllowed = "move";
});
list?.addEventListener("dragover", (event) => {
  const tile = under(event);
  mark(tile);
  if (tile) event.preventDefault();
});
list?.addEventListener("drop", (event) => {
  const tile = under(event);
  if (!tile) return;
  event.preventDefault();
  const onto = make("input", { type: "hidden", name: "onto", value: tile.dataset.photo });
  const button = make("button", { name: "move", value: dragged.dataset.photo, formNoValidate: true, hidden: true });
  list.append(onto, button);
  list.closest("form").requestSubmit(button);
});
list?.addEventListener("dragend", () => {
  mark(null);
  dragged = null;
});
