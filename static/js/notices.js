// Close a notice, and hand the focus on: data-close removes what it stands in.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close]");
  if (!button) return;
  const notice = button.closest(".alert");
  if (button.dataset.close === "hide") notice.hidden = true;
  else notice.remove();
  document.querySelector("main")?.focus({ preventScroll: true });
});
