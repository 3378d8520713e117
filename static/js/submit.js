// A button at work says so: data-working="Adding…". The server places no order twice; that a double click does not
// put a second copy into the basket is seen to here.
const DOUBLE_CLICK = 500;

const start = (button) => {
  button.style.inlineSize = `${button.offsetWidth}px`;
  button.dataset.label = button.innerHTML;
  button.textContent = button.dataset.working;
  button.setAttribute("aria-disabled", "true");
};

const stop = (button) => {
  button.style.inlineSize = "";
  button.innerHTML = button.dataset.label;
  delete button.dataset.label;
  button.removeAttribute("aria-disabled");
};

const stopAll = (root) => root.querySelectorAll("[data-working][data-label]").forEach(stop);

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.working) return;
  if (button.getAttribute("aria-disabled") === "true") {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  // After the browser has read the form, so that the button's own name and value still go with it.
  setTimeout(start, 0, button);
}, true);

// Back from the next page, or answered by a swap, which may be quicker than the second half of a double click.
addEventListener("pageshow", () => stopAll(document));
document.addEventListener("htmx:afterRequest", () => setTimeout(stopAll, DOUBLE_CLICK, document));
