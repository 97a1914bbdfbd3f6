/** A picture in a stage of fixed shape, so that nothing moves when it arrives; its boxes; the blur over flagged ones. */

import { el, icon, style } from "./dom.js";
import { drawOverlay } from "./overlay.js";
import { joined } from "./wording.js";

const SAME_SHAPE = 0.02;

export class Picture {
  #file;
  #image = el("img", { class: "picture-image", alt: "", decoding: "async", draggable: "false" });
  #layer = el("div", { class: "picture-layer", "aria-hidden": "true" }); // the lists and the table say the same
  frame = el("div", { class: "picture-frame", hidden: true }, this.#image, this.#layer);
  #note = el("p", { class: "picture-note", hidden: true });
  #local;
  #preview = Promise.resolve(false);
  element = el("div", { class: "picture" }, this.frame, this.#note);

  /** Shows the file at once, where there is one and the browser can draw it. */
  constructor(file) {
    this.#file = file;
    if (!file) return;
    this.#local = URL.createObjectURL(file);
    this.#preview = this.#load(this.#local).then(() => true, () => false);
    this.#preview.then((drawn) => drawn || this.say("No preview: this browser cannot draw the file."));
  }

  /** Shows the thumbnail of a picture without a file, where its address is known before anything else. */
  preview({ thumbnailUrl, width, height }) {
    this.#setAspect(width / height);
    this.#preview = this.#load(thumbnailUrl).then(() => true, () => false);
  }

  /** Draws what was found; returns the parts that the filter rules. */
  async show({ image, links }, all) {
    const flags = all.find(({ name }) => name === "moderation")?.items ?? [];
    if (flags.length > 0) this.#cover(flags);
    const drawn = await this.#preview;
    const aspect = image.width / image.height || this.#aspect();
    if (!drawn || !this.#agrees(image, this.#image)) await this.#showThumbnail(links.thumbnail);
    this.#setAspect(aspect);
    this.#image.alt = `${image.fileName}: ${describe(all)}`;
    if (!this.#file) this.#sharpen(links.original, image);
    return drawOverlay(this.#layer, all, aspect);
  }

  say(text) {
    this.#note.textContent = text;
    this.#note.hidden = false;
  }

  remove() {
    if (this.#local) URL.revokeObjectURL(this.#local);
    this.element.remove();
  }

  /** Puts the original in the place of the thumbnail, where the browser can draw it. */
  async #sharpen(url, image) {
    const original = this.#image.cloneNode();
    original.src = url;
    try {
      await original.decode();
    } catch {
      return; // the thumbnail stays
    }
    if (!this.#agrees(image, original)) return;
    this.#image.replaceWith(original);
    this.#image = original;
    original.hidden = false;
    this.#note.hidden = true;
  }

  async #load(url) {
    this.#image.src = url;
    this.#image.hidden = true; // else a browser draws its own sign of a broken picture
    await this.#image.decode();
    this.#image.hidden = false;
    this.#note.hidden = true;
    this.#setAspect(this.#aspect());
  }

  async #showThumbnail(url) {
    try {
      await this.#load(url);
    } catch {
      this.say("The picture could not be drawn. What was found in it stands beside it.");
    }
  }

  #aspect() {
    return this.#image.naturalWidth / this.#image.naturalHeight || 4 / 3;
  }

  /** Whether what is drawn is what was recognised: upright, and the first frame only. */
  #agrees({ contentType, width, height }, { naturalWidth, naturalHeight }) {
    return contentType !== "image/gif" && Math.abs((naturalWidth * height) / (naturalHeight * width) - 1) < SAME_SHAPE;
  }

  #setAspect(aspect) {
    style(this.frame, { "--aspect": aspect }).hidden = false;
  }

  #cover(flags) {
    const reasons = joined([...new Set(flags.map(({ name }) => name))].slice(0, 3));
    const uncover = () => {
      this.element.removeAttribute("data-covered");
      cover.remove();
      this.frame.tabIndex = -1;
      this.frame.focus(); // not to the top of the page
    };
    const cover = el("div", { class: "cover" },
      icon("hidden"),
      el("p", { text: `This picture may not be for everybody: ${reasons}.` }),
      el("button", { type: "button", class: "button", text: "Show the picture", on: { click: uncover } }));
    this.element.dataset.covered = "";
    this.element.append(cover);
  }
}

function describe(all) {
  const names = all.filter(({ name }) => name === "labels" || name === "custom").flatMap(({ items }) => items.map(({ name }) => name));
  return names.length > 0 ? joined(names.slice(0, 5)) : "nothing named";
}
