// The gallery: a link to the large picture opens it over the page; Esc, Close and the backdrop go back to the link.
const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

const open = (links, first, words) => {
  let at = first;
  const dialog = element("dialog", { className: "lightbox" });
  const bar = element("div", { className: "lightbox__bar" });
  const place = element("span", { className: "num" });
  const previous = element("button", { type: "button", className: "button button--small button--second", textContent: words.labelPrevious });
  const following = element("button", { type: "button", className: "button button--small button--second", textContent: words.labelNext });
  const close = element("button", { type: "button", className: "button button--small", textContent: words.labelClose });
  const picture = element("img", { decoding: "async", width: 960, height: 1200 });

  const show = (index) => {
    at = (index + links.length) % links.length;
    picture.src = links[at].href;
    picture.alt = links[at].querySelector("img").alt;
    dialog.setAttribute("aria-label", picture.alt);
    place.textContent = `${at + 1}/${links.length}`;
  };

  previous.addEventListener("click", () => show(at - 1));
  following.addEventListener("click", () => show(at + 1));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(at - 1);
    if (event.key === "ArrowRight") show(at + 1);
  });
  dialog.addEventListener("close", () => { dialog.remove(); links[first].focus(); });

  bar.append(place);
  if (links.length > 1) bar.append(previous, following);
  bar.append(close);
  dialog.append(bar, picture);
  document.body.append(dialog);
  show(at);
  dialog.showModal();
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-enlarge]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const gallery = link.closest("[data-gallery]");
  const links = [...gallery.querySelectorAll("[data-enlarge]")];
  open(links, links.indexOf(link), gallery.dataset);
});
