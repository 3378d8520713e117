// Photos go off one by one as they are chosen. A tile is done only when the server has answered with what it stored.
const LONGEST = 2000;
const MANY = 3;
const root = document.querySelector("[data-upload]");
const words = root?.dataset;
const filled = (text, facts) => text.replace(/\[(\w+)\]/g, (_, name) => facts[name]);
const form = root?.closest("form");
const list = root?.querySelector(".tiles");
const token = form?.querySelector("[name=csrfmiddlewaretoken]").value;
const waiting = [];
let working = 0;
let onward = null;

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...children);
  return element;
};

const say = (words) => { root.querySelector("[data-said]").textContent = words; };

// A phone's picture is larger than we keep; what cannot be read here goes as it is, for the server to judge.
const shrunk = async (file) => {
  try {
    const picture = await createImageBitmap(file);
    const scale = LONGEST / Math.max(picture.width, picture.height);
    if (scale >= 1 || !/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
    const canvas = make("canvas");
    canvas.width = picture.width * scale;
    canvas.height = picture.height * scale;
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => { canvas.toBlob((blob) => done(blob ?? file), "image/jpeg", 0.88); });
  } catch { return file; }
};

const send = (data, onProgress = () => {}) => new Promise((done) => {
  const request = new XMLHttpRequest();
  request.open("POST", root.dataset.upload);
  request.setRequestHeader("X-CSRFToken", token);
  request.upload.onprogress = (event) => event.lengthComputable && onProgress(Math.round(100 * event.loaded / event.total));
  request.onload = () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* a page: no answer of ours */ }
    done(answer.error || answer.count !== undefined ? answer : { error: words.notStored });
  };
  request.onerror = () => done({ error: words.noConnection });
  request.send(data);
});

const count = (number) => {
  const more = list.querySelector("[data-more]");
  if (!more) return;
  more.querySelector("[data-count]").textContent = filled(words.of, { number, most: words.most });
  more.hidden = number >= Number(root.dataset.most);
};

const foot = (tile, ...children) => tile.querySelector(".tile__foot").replaceChildren(...children);

// What the server missed has come: nothing stays red that would keep a seller from going on.
const forgive = (place) => {
  if (place?.dataset.state !== "failed") return;
  place.dataset.state = "empty";
  place.querySelector("ul")?.remove();
  const link = document.querySelector(`.summary-of-errors a[href="#${place.querySelector("input").id}"]`);
  const summary = link?.closest(".summary-of-errors");
  link?.closest("li").remove();
  if (!summary?.querySelector("li")) summary?.remove();
};

const next = () => {
  while (working < MANY && waiting.length) waiting.shift()();
  if (!working && !waiting.length && onward) {
    const button = onward;
    onward = null;
    const again = list.querySelector(".tile__again");
    if (!again) { form.requestSubmit(button); return; }
    say(words.oneNotStored);
    again.focus();
  }
};

const removeButton = (label, act) => {
  const button = make("button", { type: "button", class: "tile__remove" }, make("span", { "aria-hidden": "true" }, "×"), make("span", { class: "visually-hidden" }, label));
  button.addEventListener("click", act);
  return button;
};

const start = async (tile, file, slot, place) => {
  const name = tile.dataset.name || words.photo;
  working += 1;
  tile.dataset.state = "uploading";
  const bar = make("progress", { class: "tape-bar", max: "100", value: "0", "aria-label": filled(words.uploadingName, { name }) });
  const ruler = make("span", { class: "tape-rule tile__bar" }, bar);
  const box = tile.querySelector(".tile__box");
  box.querySelector(".tile__remove")?.remove();
  box.append(ruler);
  foot(tile, words.uploading);
  const data = new FormData();
  data.append("slot", slot);
  data.append("photo", await shrunk(file), file.name);
  const answer = await send(data, (percent) => { bar.value = percent; foot(tile, filled(words.percent, { percent })); });
  ruler.remove();
  working -= 1;
  if (answer.error) {
    tile.dataset.state = "failed";
    const again = make("button", { type: "button", class: "tile__again" }, words.again);
    again.addEventListener("click", () => start(tile, file, slot, place));
    box.append(removeButton(filled(words.leaveOut, { name }), () => { tile.replaceWith(...(place ? [place] : [])); }));
    foot(tile, make("div", {}, make("p", { class: "field__error" }, filled(words.error, { words: answer.error })), again));
    say(`${name}: ${answer.error}`);
  } else {
    tile.dataset.state = "saved";
    tile.dataset.photo = answer.pk;
    box.querySelector("img").src = answer.small;
    foot(tile, name);
    count(answer.count);
    forgive(list.querySelector("[data-more]"));
    say(filled(words.stored, { name }));
    box.append(removeButton(filled(words.delete, { name }), async () => {
      const gone = new FormData();
      gone.append("delete", answer.pk);
      const after = await send(gone);
      if (after.error) { say(after.error); return; }
      tile.replaceWith(...(place ? [place] : []));
      count(after.count);
      say(filled(words.deleted, { name }));
    }));
  }
  next();
};

const take = (input) => {
  const place = input.closest(".tile");
  forgive(place);
  const isMore = "more" in place.dataset;
  for (const file of [...input.files]) {
    const { slot, name } = input.dataset;
    const picture = make("img", { alt: name || words.photo, src: URL.createObjectURL(file) });
    picture.onerror = () => { picture.hidden = true; };
    picture.onload = () => { picture.hidden = false; };
    const tile = make("li", { class: "tile", "data-state": "uploading", "data-name": name }, make("div", { class: "tile__box" }, picture), make("div", { class: "tile__foot" }, words.waiting));
    if (isMore) place.before(tile);
    else place.replaceWith(tile);
    waiting.push(() => start(tile, file, slot, isMore ? null : place));
  }
  input.value = "";
  next();
};

const tryAgain = () => list?.querySelectorAll(".tile__again").forEach((button) => button.click());

root?.addEventListener("change", (event) => event.target.type === "file" && take(event.target));
addEventListener("online", tryAgain);
// Going on tries once more what was not stored, and waits for what is under way: no photo is left behind unsaid. On the
// window, before submit.js takes the press for the one that counts.
addEventListener("submit", (event) => {
  if (event.target !== form) return;
  if (["continue", "layout"].includes(event.submitter?.name)) tryAgain();
  if (!working && !waiting.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  onward = event.submitter;
  say(words.goingOn);
}, true);
