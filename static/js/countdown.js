// Time left: <time data-countdown="2026-11-29T18:00:00Z">. Written each second under an hour, else each minute, in the
// words of core.templatetags.ui.time_left; spoken only at one hour, ten minutes and the end. The server decides: an
// expired page says so on submit.
const HOUR = 3600;
const TEN_MINUTES = 600;
const spoken = document.getElementById("countdown").dataset;
const counted = (count, unit) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(count);

const words = (seconds) => {
  if (seconds < HOUR) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (seconds < 2 * HOUR) return counted(Math.ceil(seconds / 60), "minute");
  if (seconds < 47.5 * HOUR) return counted(Math.round(seconds / HOUR), "hour");
  return counted(Math.round(seconds / (24 * HOUR)), "day");
};

const announce = (text) => {
  let region = document.getElementById("time-announcer");
  if (!region) {
    region = document.createElement("p");
    region.id = "time-announcer";
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    document.body.append(region);
    setTimeout(() => { region.textContent = text; }, 100);
    return;
  }
  region.textContent = text;
};

const lastSeen = new WeakMap();

const tick = () => {
  let next = 60;
  for (const time of document.querySelectorAll("[data-countdown]")) {
    const seconds = Math.max(0, Math.ceil((Date.parse(time.dataset.countdown) - Date.now()) / 1000));
    if (Number.isNaN(seconds)) continue;
    time.textContent = words(seconds);
    const bar = time.closest(".time-left")?.querySelector("progress");
    if (bar) bar.value = Math.min(seconds, bar.max);
    const before = lastSeen.get(time) ?? seconds;
    if (before > HOUR && seconds <= HOUR) announce(spoken.hour);
    else if (before > TEN_MINUTES && seconds <= TEN_MINUTES) announce(spoken.minutes);
    else if (before > 0 && seconds === 0) announce(spoken.over);
    lastSeen.set(time, seconds);
    if (seconds > 0 && seconds <= HOUR + 60) next = 1;
  }
  setTimeout(tick, next * 1000);
};

tick();
