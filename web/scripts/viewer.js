/** One picture, large, over the page: its address is #/image/<id>. */

import { announce } from "./announce.js";
import { getImage } from "./api.js";
import { el } from "./dom.js";
import { asFailure } from "./failures.js";
import { Picture } from "./picture.js";
import { imageAddress } from "./router.js";
import { Panel } from "./viewer-panel.js";
import { download, tool, toolbar } from "./viewer-tools.js";
import { Zoom } from "./viewer-zoom.js";
import { waitFor } from "./waiting.js";
import { percentage } from "./wording.js";

const LOOKED_THROUGH = 10; // pages, to find the neighbours of a picture that was opened by its link

export class Viewer {
  #pictures;
  #acts;
  #asked = new AbortController();
  #picture;
  #answer;
  #title = el("h2", { id: "viewer-title", tabindex: "-1", dir: "auto" });
  #place = el("p", { class: "viewer-place" });
  #note = el("p", { class: "viewer-note", role: "status" });
  #stage = el("div", { class: "viewer-stage" });
  #panel = new Panel();
  #zoom = new Zoom(this.#stage);
  #scale = tool("Whole picture", null, () => this.#zoom.reset(), { kind: "viewer-scale" });
  #previous = tool("Previous picture", "chevron", () => this.step(-1), { kind: "viewer-step before", "aria-keyshortcuts": "ArrowLeft" });
  #next = tool("Next picture", "chevron", () => this.step(1), { kind: "viewer-step after", "aria-keyshortcuts": "ArrowRight" });
  #needed; // what makes sense for a picture that is there
  #parts;
  element;
  id;

  /** `acts`: go(address), close() and remove(image). */
  constructor(element, pictures, acts) {
    this.element = element;
    this.#pictures = pictures;
    this.#acts = acts;
    const bar = toolbar(el("div", { class: "viewer-words" }, this.#title, this.#place), this.#scale, this.#zoom, {
      download: (kind) => this.#download(kind),
      remove: () => this.#remove(),
      close: () => acts.close(),
    });
    this.#needed = bar.needed;
    this.#parts = [bar.element, el("div", { class: "viewer-middle" }, this.#stage, this.#previous, this.#next, this.#note), this.#panel.element];
    element.addEventListener("keydown", (event) => this.#onKey(event));
    this.#zoom.addEventListener("change", () => (this.#scale.textContent = percentage(this.#zoom.scale * 100)));
    this.#zoom.addEventListener("swipe", ({ detail }) => this.step(detail * this.#forward));
    pictures.addEventListener("change", () => this.#showPlace());
    this.#scale.textContent = percentage(100);
  }

  get #forward() {
    return this.element.matches(":dir(rtl)") ? -1 : 1;
  }

  async open(id) {
    this.#asked.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    this.id = id;
    this.#answer = undefined;
    if (this.element.hidden) this.#cover(true);
    this.#showFrame(this.#pictures.get(id));
    if (this.element.contains(document.activeElement)) announce(this.#title.textContent);
    else this.#title.focus();
    this.#showPlace();
    this.#findPlace(signal);
    try {
      let answer = await getImage(id, signal);
      this.#showFrame(answer.image, true);
      if (answer.image.status === "pending") {
        this.#panel.say("This picture is not recognised yet. What is in it will stand here as soon as it is.");
        answer = await waitFor(id, signal);
      }
      if (!signal.aborted) await this.#show(answer, signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(asFailure(error));
    }
  }

  close() {
    this.#asked.abort();
    this.id = undefined;
    this.#cover(false);
    this.#picture?.remove();
    this.#picture = undefined;
  }

  /** To the next (1) or the previous (-1) picture. */
  async step(step) {
    const from = this.id;
    if (step > 0 && !this.#pictures.beside(from, 1)) await this.#pictures.load();
    const to = this.#pictures.beside(from, step);
    if (to && this.id === from) this.#acts.go(imageAddress(to.id));
    else if (this.id === from) announce(step > 0 ? "This is the last picture." : "This is the first picture.");
  }

  /** What is under the viewer can be neither reached nor scrolled. */
  #cover(open) {
    this.element.hidden = !open;
    this.element.replaceChildren(...(open ? this.#parts : []));
    document.documentElement.toggleAttribute("data-viewing", open);
    for (const other of document.querySelectorAll("body > :is(.skip, header, main, footer)")) other.inert = open;
  }

  #showFrame(image, again = false) {
    this.#title.textContent = image?.fileName ?? "Picture";
    if (image) document.title = `${image.fileName} – Image recognition`;
    for (const element of this.#needed) element.hidden = image?.status !== "done";
    this.#needed.at(-1).hidden = !image;
    if (again) return;
    this.#note.textContent = "";
    this.#picture?.remove();
    this.#picture = new Picture();
    this.#stage.replaceChildren(this.#picture.element);
    this.#zoom.follow(this.#picture.frame);
    this.element.removeAttribute("data-drawn");
    this.#panel.say("Loading …");
    if (image?.thumbnailUrl) this.#picture.preview(image);
  }

  async #show(answer, signal) {
    this.#answer = answer;
    const { image } = answer;
    this.#showFrame(image, true);
    if (image.status === "failed") return this.#fail(image.reason, true);
    await this.#panel.show(answer, this.#picture, signal);
    if (!signal.aborted) this.element.dataset.drawn = "";
    return undefined;
  }

  #fail({ message }, choose) {
    this.#picture.say("There is no picture to show.");
    this.#panel.say(message, { wrong: true, choose });
    announce(message);
  }

  #showPlace() {
    if (!this.id) return;
    const { shown, complete } = this.#pictures;
    const index = shown.findIndex(({ id }) => id === this.id);
    this.#place.textContent = index < 0 ? "" : complete ? `${index + 1} of ${shown.length}` : `${index + 1}`;
    // disabled in a way that keeps the focus where it is
    this.#previous.setAttribute("aria-disabled", String(index <= 0));
    this.#next.setAttribute("aria-disabled", String(index < 0 || (complete && index === shown.length - 1)));
  }

  async #findPlace(signal) {
    for (let pages = 0; pages < LOOKED_THROUGH && !signal.aborted; pages += 1) {
      if (this.#pictures.get(this.id) || this.#pictures.complete || this.#pictures.state === "failed") return;
      await this.#pictures.load();
    }
  }

  async #download(kind) {
    const { signal } = this.#asked;
    try {
      await download(kind, this.id, signal);
    } catch (error) {
      if (!signal.aborted) this.#note.textContent = asFailure(error).message;
    }
  }

  #remove() {
    const image = this.#answer?.image ?? this.#pictures.get(this.id);
    const neighbour = this.#pictures.beside(this.id, 1) ?? this.#pictures.beside(this.id, -1);
    if (!image) return;
    this.#acts.remove(image);
    if (neighbour) this.#acts.go(imageAddress(neighbour.id));
    else this.#acts.close();
  }

  #onKey(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key !== "Escape" && target.closest("input, [role=region]")) return; // where the keys have a meaning of their own
    const pan = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
    const acts = {
      Escape: () => this.#acts.close(),
      "+": () => this.#zoom.closer(),
      "=": () => this.#zoom.closer(),
      "-": () => this.#zoom.farther(),
      0: () => this.#zoom.reset(),
      Delete: () => this.#remove(),
      ArrowRight: () => this.step(this.#forward),
      ArrowLeft: () => this.step(-this.#forward),
    };
    const panned = pan && this.#zoom.pan(...pan);
    if (panned || acts[key]) event.preventDefault();
    if (!panned) acts[key]?.();
  }
}
