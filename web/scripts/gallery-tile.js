/** One picture in the grid: its thumbnail, or how far it is, or why it failed. */

import { el, icon } from "./dom.js";
import { imageAddress, labelAddress } from "./router.js";
import { joined } from "./wording.js";

const LABELS = 3;
const CUT_OFF = 10 * 60_000; // the permission to upload is long gone
const ONCE_A_MINUTE = 60_000;

/** Opens the file chooser of the page: the same file starts its picture anew. */
export const chooseAgain = () => document.getElementById("files").click();

export function chip({ name }, more) {
  return el("a", { class: "chip", href: labelAddress(name), dir: "auto", title: `All pictures with ${name}`, text: name, ...more });
}

export class Tile {
  #refresh;
  #refreshed = -Infinity;
  #url;
  image;
  link;
  element = el("div", { role: "gridcell", class: "tile" });

  /** `refresh(id)` gets a link anew: links run out after a while. */
  constructor(image, refresh) {
    this.#refresh = refresh;
    this.link = el("a", { class: "tile-link", href: imageAddress(image.id) });
    this.update(image);
  }

  update(image) {
    if (image === this.image) return;
    this.image = image;
    this.element.dataset.status = image.status;
    const focus = this.element.contains(document.activeElement);
    const tab = this.link.tabIndex;
    this.link.setAttribute("aria-label", spoken(image));
    if (image.status === "done") this.#draw(image.thumbnailUrl);
    else this.link.replaceChildren(...words(image));
    this.element.replaceChildren(this.link, el("p", { class: "tile-name", dir: "auto", title: image.fileName, text: image.fileName }), this.#foot(image));
    this.reach(tab === 0);
    if (focus) this.link.focus({ preventScroll: true });
  }

  /** One picture of the grid is reached with the Tab key, the others with the arrow keys. */
  reach(yes) {
    for (const part of this.element.querySelectorAll("a, button")) part.tabIndex = yes ? 0 : -1;
  }

  #draw(url) {
    if (!url) return this.#renew();
    if (url === this.#url) return undefined;
    this.#url = url;
    const image = el("img", { src: url, alt: "", decoding: "async", draggable: "false" });
    image.addEventListener("error", () => url === this.#url && this.#renew());
    return this.link.replaceChildren(image);
  }

  #renew() {
    const now = performance.now();
    if (now - this.#refreshed < ONCE_A_MINUTE) return this.link.replaceChildren(el("span", { class: "tile-words", text: "No preview" }));
    this.#refreshed = now;
    this.#url = undefined;
    return this.#refresh(this.image.id);
  }

  #foot({ status, fileName, labels, uploadedAt }) {
    if (status === "done") return el("p", { class: "chips" }, ...labels.slice(0, LABELS).map((label) => chip(label)));
    if (status === "pending" && !isCutOff(uploadedAt)) return el("p", { class: "chips" });
    return el("p", { class: "chips" }, el("button", { type: "button", class: "chip", "aria-label": `Choose again: ${fileName}`, text: "Choose again", on: { click: chooseAgain } }));
  }
}

const isCutOff = (uploadedAt) => Date.now() - Date.parse(uploadedAt) > CUT_OFF;

function words({ status, reason, uploadedAt }) {
  if (status === "failed") return [icon("warning"), el("span", { class: "tile-words", text: reason.message })];
  if (isCutOff(uploadedAt)) return [icon("warning"), el("span", { class: "tile-words", text: "The file has not arrived. Its upload was probably cut off." })];
  return [el("span", { class: "tile-words", text: "Being recognised …" })];
}

function spoken({ fileName, status, labels, reason }) {
  if (status === "failed") return `${fileName} was not recognised. ${reason.message}`;
  if (status === "pending") return `${fileName}, not recognised yet`;
  const names = labels.slice(0, LABELS).map(({ name }) => name);
  return names.length > 0 ? `${fileName}: ${joined(names)}` : fileName;
}
