// A page that waits for somebody looks for news each minute while it is seen, for an hour at most. What is being typed
// is never lost: then it only says that there is news.
const MINUTE = 60_000;
const place = document.querySelector("[data-refresh]");
let left = 60;
let isTouched = false;

document.addEventListener("input", () => { isTouched = true; });

const look = async () => {
  if (document.hidden || !navigator.onLine) return;
  left -= 1;
  if (!left) clearInterval(timer);
  // Not counted as a visit: the header says that a script asks.
  const answer = await fetch(location.pathname, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return;
  const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-refresh]");
  if (now?.dataset.refresh === place.dataset.refresh) {
    place.querySelector("time").replaceWith(now.querySelector("time"));
    return;
  }
  clearInterval(timer);
  if (!isTouched && document.activeElement === document.body) location.reload();
  else place.querySelector("[role=status]").textContent = place.dataset.news;
};

const timer = setInterval(look, MINUTE);
