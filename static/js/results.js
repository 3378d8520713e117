// "Show more" adds pieces to the grid: the focus moves to the first of them.
let seen = 0;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "grid") seen = event.detail.target.children.length;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "grid") event.detail.target.children[seen]?.querySelector("a").focus();
});

// Whoever cannot see that a list has paled is told that it is being fetched.
const busy = (event, isBusy) => {
  if (event.detail.target?.id === "results") event.detail.target.setAttribute("aria-busy", String(isBusy));
};

document.addEventListener("htmx:beforeRequest", (event) => busy(event, true));
document.addEventListener("htmx:afterRequest", (event) => busy(event, false));
