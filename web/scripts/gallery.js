/** The collection: puts grid, search, labels and viewer together, and follows the address. */

import { announce } from "./announce.js";
import { listLabels } from "./api.js";
import { el, icon } from "./dom.js";
import { Grid } from "./gallery-grid.js";
import { Plot } from "./gallery-labels.js";
import { Pictures } from "./gallery-list.js";
import { Watch } from "./gallery-pending.js";
import { Search } from "./gallery-search.js";
import { Deletions } from "./gallery-undo.js";
import { go, imageAddress, labelAddress, route } from "./router.js";
import { Viewer } from "./viewer.js";
import { count } from "./wording.js";

const ASSUMED = "assumed"; // that there are pictures: so that nothing moves for those who have some
const SETTLED = 1500; // many pictures are done at once; the labels are counted once

const section = document.getElementById("gallery");
const pageTitle = document.title;
const pictures = new Pictures();
const watch = new Watch(pictures, () => grid.visible, countSoon);
const grid = new Grid(pictures, { refresh: (id) => watch.refresh(id), drawn: () => watch.follow() });
const filterBy = (label) => go(labelAddress(label));
const search = new Search(filterBy);
const plot = new Plot(filterBy);
const deletions = new Deletions(pictures, { back, deleted: countSoon });
const viewer = new Viewer(document.getElementById("viewer"), pictures, { go: (address) => go(address, { replace: true }), close: leaveViewer, remove: (image) => deletions.remove(image) });

const title = el("h2", { id: "gallery-title", tabindex: "-1" });
const every = el("a", { class: "gallery-every", href: labelAddress(null), hidden: true }, icon("close"), "Show all pictures");
const status = el("div", { class: "gallery-status" });
const end = el("div", { class: "gallery-end", "aria-hidden": "true" });

let signedIn = false;
let seen; // the picture that the viewer showed last
let opener; // what was focused before the viewer
let stepsInside = false; // whether Back leads from the viewer to the gallery
let counting;
let labels = [];

section.replaceChildren(
  el("div", { class: "gallery-head" }, title, every, search.element), plot.element,
  el("div", { class: "gallery-pictures" }, grid.element, status, end));
document.body.append(deletions.element);

/** Does what the address says. */
function follow() {
  if (!signedIn) return;
  const { image, label = null } = route() ?? pictures;
  if (image) return openViewer(image);
  const closing = viewer.id !== undefined;
  if (closing) closeViewer();
  if (label !== pictures.label || !pictures.started) filter(label);
  document.title = label ? `${label} – ${pageTitle}` : pageTitle;
  if (closing) returnFocus();
  return undefined;
}

function openViewer(id) {
  if (viewer.id === undefined) {
    stepsInside = pictures.started;
    opener = document.activeElement;
  }
  if (!pictures.started) filter(pictures.label);
  seen = id;
  viewer.open(id);
}

function closeViewer() {
  viewer.close();
  section.hidden = false;
}

/** Back, where that leads to the gallery; else there by its address, as when the page was opened with a picture's link. */
function leaveViewer() {
  if (stepsInside) history.back();
  else go(labelAddress(pictures.label), { replace: true });
}

function returnFocus() {
  const moved = opener?.hash && !opener.hash.endsWith(seen);
  if (opener?.isConnected && opener !== document.body && !moved && !grid.element.contains(opener)) opener.focus();
  else if (!grid.focus(seen)) title.focus();
}

async function filter(label) {
  plot.chosen = label;
  title.textContent = label ? `Pictures with ${label}` : "Your pictures";
  every.hidden = !label;
  const old = pictures.label;
  await pictures.show(label);
  if (pictures.label === label && pictures.state === "ready" && (label || old)) announce(`${heading()}.`);
}

/** How many there are, where that is known. */
function heading() {
  const { shown, complete, label } = pictures;
  const known = label && labels.find(({ name }) => name.toLowerCase() === label.toLowerCase())?.count;
  const many = complete ? shown.length : known;
  return [many === undefined ? "Pictures" : count(many, "picture", "pictures"), ...(label ? ["with", label] : [])].join(" ");
}

function showStatus() {
  const { state, shown, label, failure } = pictures;
  const none = state === "ready" && shown.length === 0 && !label;
  section.toggleAttribute("data-empty", none && labels.length === 0);
  if (shown.length > 0) document.body.dataset.started ??= ASSUMED;
  else if (none && document.body.dataset.started === ASSUMED) delete document.body.dataset.started;
  if (state === "failed") status.replaceChildren(failed(failure));
  else if (state === "loading") status.replaceChildren(el("p", { class: "hint", text: "Loading …" }));
  else if (shown.length > 0) status.replaceChildren();
  else status.replaceChildren(...empty(label));
  observer.unobserve(end);
  observer.observe(end); // a page that does not fill the window is followed by the next
}

function failed({ message, action }) {
  const again = el("button", { type: "button", class: "button", on: { click: () => pictures.load() } }, icon("again"), action);
  return el("div", { class: "failure" }, icon("warning"), el("p", { text: message }), again);
}

function empty(label) {
  if (!label) return [el("p", { class: "gallery-none", text: "No pictures yet." }), el("p", { class: "hint", text: "Choose some, drop them anywhere on this page, or paste one. They appear here, the newest first." })];
  return [el("p", { class: "gallery-none" }, "None of your pictures shows “", el("bdi", { text: label }), "”."), el("p", { class: "hint", text: "Type another word, or click one of the labels." })];
}

async function countLabels() {
  try {
    const counted = await listLabels();
    labels = counted.labels;
    search.labels = labels;
    plot.data = counted;
  } catch {
    // the labels help to find pictures; without them the pictures are still there
  }
}

function countSoon() {
  clearTimeout(counting);
  counting = setTimeout(countLabels, SETTLED);
}

function back(id) {
  if (viewer.id !== undefined) go(imageAddress(id), { replace: true });
  else if (!grid.focus(id)) title.focus();
}

const observer = new IntersectionObserver(([{ isIntersecting }]) => {
  if (isIntersecting && pictures.state === "ready" && !section.hidden) pictures.load();
}, { rootMargin: "0px 0px 150% 0px" });

pictures.addEventListener("change", showStatus);
window.addEventListener("hashchange", follow);
document.addEventListener("image-changed", ({ detail: { image, gone } }) => {
  if (!signedIn) return;
  if (gone) pictures.drop(image.id);
  else pictures.put(image);
  deletions.keep(image);
  if (image.status === "done") countSoon();
});
// before the sign-out itself, which takes the permission away
document.addEventListener("click", ({ target }) => target.closest("#sign-out") && deletions.send(), { capture: true });
document.addEventListener("signed-in", () => {
  signedIn = true;
  document.body.dataset.started ??= ASSUMED;
  section.hidden = false;
  countLabels();
  follow();
});
document.addEventListener("signed-out", () => {
  signedIn = false;
  watch.stop();
  if (viewer.id !== undefined) closeViewer();
  pictures.clear();
  section.hidden = true;
});
