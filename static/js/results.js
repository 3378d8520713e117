// "Show more" adds pieces to the grid: the focus moves to the first of them.
let seen = 0;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "grid") seen = event.detail.target.children.length;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "grid") event.detail.target.children[seen]?.querySelector("a").focus();
});
