// The list: every change of a filter asks for the new list; after "Show more" the focus moves to the first new piece.
document.addEventListener("htmx:afterSwap", (event) => {
  const first = event.detail.target?.querySelector?.("[data-first-new] a") ?? document.querySelector("[data-first-new] a");
  if (!first) return;
  first.closest("[data-first-new]").removeAttribute("data-first-new");
  first.focus();
});
