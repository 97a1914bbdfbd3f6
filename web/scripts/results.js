/** The lists of what was found, a section for each detector. */

import { announce } from "./announce.js";
import { el, style } from "./dom.js";
import { count, joined, percentage } from "./wording.js";

/** Returns the first section, which stands beside the picture, the others, which stand below it, and the function that
 *  follows the filter. `light(item, on)` shows where an item is. */
export function drawResults(all, light) {
  const sections = all.filter(({ items, error }) => items.length > 0 || error).map((one) => new Section(one, light));
  const [first, ...others] = sections.map(({ element }) => element);
  return {
    first: el("div", { class: "findings" }, first, nothing(all)),
    others: others.length > 0 ? el("div", { class: "findings wide" }, ...others) : null,
    update: (filter) => sections.forEach((section) => section.update(filter)),
  };
}

function nothing(all) {
  const titles = all.filter(({ items, error }) => items.length === 0 && !error).map(({ title }) => title.toLowerCase());
  return titles.length > 0 ? el("p", { class: "hint", text: `Nothing found for: ${joined(titles)}.` }) : null;
}

class Section {
  #finding;
  #all = false;
  #count = el("span", { class: "finding-count" });
  #hint = el("p", { class: "hint", hidden: true });
  #more = el("button", { type: "button", class: "link", hidden: true });
  #rows;

  constructor(finding, light) {
    const { name, title, error, items } = finding;
    this.#finding = finding;
    this.#rows = items.map((item) => ({ item, element: row(item, light), notes: [] }));
    for (const entry of this.#rows) entry.notes = notes(entry);
    this.#more.addEventListener("click", () => {
      this.#all = !this.#all;
      this.#show();
    });
    const copy = name === "text" && items.length > 0 ? copyButton(() => this.#visible().map(({ item }) => item.name).join("\n")) : null;
    const list = el("ul", { class: "items" }, ...this.#rows.map(({ element }) => element));
    this.element = el("section", { class: "finding", "data-detector": name },
      el("div", { class: "finding-head" }, el("h3", { text: title }), this.#count, copy),
      error ? el("p", { class: "finding-error", text: error }) : null,
      list, this.#hint, this.#more);
  }

  update(filter) {
    const { name, items } = this.#finding;
    this.element.hidden = !filter.isOn(name);
    for (const entry of this.#rows) {
      entry.shown = filter.shows(name, entry.item.confidence);
      for (const note of entry.notes) note.element.hidden = !filter.shows(name, note.confidence);
    }
    const less = items.length - this.#visible().length;
    this.#hint.hidden = less === 0;
    this.#hint.textContent = `${count(less, "is", "are")} less sure than ${percentage(filter.minimum)}.`;
    this.#show();
  }

  #visible() {
    return this.#rows.filter(({ shown }) => shown);
  }

  #show() {
    const visible = this.#visible();
    const { atFirst } = this.#finding;
    const last = this.#all ? visible.length : atFirst;
    for (const { element } of this.#rows) element.hidden = true;
    for (const { element } of visible.slice(0, last)) element.hidden = false;
    this.#count.textContent = visible.length > 0 ? visible.length : "";
    this.#more.hidden = visible.length <= atFirst;
    this.#more.textContent = this.#all ? "Show fewer" : `Show all ${visible.length}`;
    this.#more.setAttribute("aria-expanded", String(this.#all));
  }
}

function row(item, light) {
  const { name, confidence, share, swatch } = item;
  const measure = confidence ?? share;
  const element = el("li", { class: "item" },
    el("div", { class: "item-words" },
      swatch ? style(el("span", { class: "swatch" }), { "--swatch": swatch }) : null,
      nameOf(item, light),
      item.parents.length > 0 ? el("span", { class: "item-parents", text: `in ${joined(item.parents)}` }) : null),
    measure === undefined ? null : el("span", { class: "item-measure", text: percentage(measure) }),
    measure === undefined ? null : style(el("span", { class: "item-bar", "aria-hidden": "true" }), { "--measure": `${measure}%` }));
  element.dataset.name = name;
  if (hasPlace(item)) {
    element.addEventListener("pointerenter", () => light(item, true));
    element.addEventListener("pointerleave", () => light(item, false));
  }
  return element;
}

const hasPlace = ({ boxes, words }) => boxes.length > 0 || words.length > 0;

/** A button where the picture has a place to show, a link where the detector gave one, else words. */
function nameOf(item, light) {
  const { name, link } = item;
  if (link) return el("a", { class: "item-name", href: link, rel: "noopener noreferrer", target: "_blank", text: name });
  if (!hasPlace(item)) return el("span", { class: "item-name", dir: "auto", text: name });
  const button = el("button", { type: "button", class: "item-name", dir: "auto", "aria-pressed": "false", text: name });
  button.addEventListener("focus", () => light(item, true));
  button.addEventListener("blur", () => light(item, false));
  button.addEventListener("click", () => {
    const pinned = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(pinned));
    light(item, pinned, "pinned");
  });
  return button;
}

function notes({ item, element }) {
  if (item.notes.length === 0) return [];
  const made = item.notes.map(({ text, confidence }) => {
    const sure = confidence === undefined ? null : el("span", { class: "note-measure", text: percentage(confidence) });
    return { confidence, element: el("li", { class: "note", text: `${text} ` }, sure) };
  });
  element.append(el("ul", { class: "notes" }, ...made.map((note) => note.element)));
  return made;
}

function copyButton(text) {
  const button = el("button", { type: "button", class: "link", text: "Copy text" });
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    announce("Text copied.");
    button.textContent = "Copied";
  });
  return button;
}
