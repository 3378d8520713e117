// Connection lost, or a part of the page that did not load: show the notice that waits in the page for it.
const show = (name, visible) => {
  const notice = document.querySelector(`[data-notice="${name}"]`);
  if (notice) notice.hidden = !visible;
};

addEventListener("offline", () => show("offline", true));
addEventListener("online", () => show("offline", false));
document.addEventListener("htmx:sendError", () => show(navigator.onLine ? "failed" : "offline", true));
document.addEventListener("htmx:responseError", () => show("failed", true));
document.addEventListener("htmx:beforeRequest", () => show("failed", false));
if (!navigator.onLine) show("offline", true);
