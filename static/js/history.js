// A page that comes back out of the browser's history says what was true when it was left: ask for it again, and
// put right what says otherwise. data-fresh, with an id: a part of the page that is about the present moment.
const AS_RESTORED = { "HX-Request": "true", "HX-History-Restore-Request": "true" };

addEventListener("pageshow", async (event) => {
  const visit = performance.getEntriesByType("navigation")[0];
  if (!event.persisted && visit?.type !== "back_forward") return;
  const answer = await fetch(location.href, { cache: "no-cache", headers: AS_RESTORED }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.getElementById(old.id);
    if (!fresh || fresh.textContent === old.textContent) continue;
    old.replaceWith(fresh);
    window.htmx?.process(fresh);
  }
});
