/** What is known about one picture: beside it the lists, and the picture's boxes that go with them. */

import { el, icon } from "./dom.js";
import { Filter, filterBar } from "./filter.js";
import { chip, chooseAgain } from "./gallery-tile.js";
import { Shown } from "./shown.js";

export class Panel {
  #filter = new Filter();
  #seen;
  #bar;
  #body = el("div", { class: "viewer-body" });
  element;

  constructor() {
    const slider = el("div", { class: "filter-slider" },
      el("label", { for: "surety", text: "Sure at least" }),
      el("input", { type: "range", id: "surety", min: "0", max: "100", step: "1", value: this.#filter.minimum }),
      el("output", { for: "surety" }));
    this.#bar = el("form", { class: "filter", "aria-label": "What to show", hidden: true }, slider,
      el("div", { class: "switches", role: "group", "aria-label": "Kinds of recognition" }));
    this.#seen = filterBar(this.#filter, this.#bar);
    this.element = el("div", { class: "viewer-panel" }, this.#bar, this.#body);
  }

  /** Words in place of results: what is going on, or what went wrong. */
  say(text, { wrong = false, choose = false } = {}) {
    this.#bar.hidden = true;
    const button = choose ? el("button", { type: "button", class: "button", text: "Choose the file again", on: { click: chooseAgain } }) : null;
    this.#body.replaceChildren(wrong ? el("div", { class: "failure" }, icon("warning"), el("p", { text }), button) : el("p", { class: "hint", text }));
  }

  /** Draws the answer of GET /images/{id}, and its boxes on the picture. */
  async show(answer, picture, signal) {
    const { image } = answer;
    const shown = new Shown(answer, picture, this.#filter, signal);
    const uploaded = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" }).format(new Date(image.uploadedAt));
    this.#body.replaceChildren(...[el("p", { class: "viewer-meta", text: `${uploaded} · ${shown.meta}` }), similar(image), shown.first, ...shown.rest].filter(Boolean));
    this.#bar.hidden = false;
    await shown.draw(this.#seen);
  }
}

/** The way from one picture to all that are like it. */
function similar({ labels }) {
  if (labels.length === 0) return null;
  return el("p", { class: "chips similar" }, el("span", { class: "hint", text: "More with" }), ...labels.slice(0, 5).map((label) => chip(label)));
}
