/** The grid. Only the rows near the window are in the document, so that ten thousand pictures scroll like ten. */

import { el, style } from "./dom.js";
import { Tile } from "./gallery-tile.js";

const TILE = 11; // rem, at least, where there is room for more than two
const GAP = 0.75; // rem
const FOOT = 3.875; // rem: the name and the labels below the square
const AHEAD = 0.75; // windows that are drawn above and below the one that is seen

export class Grid {
  #pictures;
  #refresh;
  #drawn; // told which pictures are in the document
  #rows = new Map();
  #tiles = new Map();
  #current; // the picture that the Tab key reaches
  #columns = 2;
  #pitch = 1;
  #frame;
  element = el("div", { class: "grid", role: "grid", "aria-label": "Pictures" });

  constructor(pictures, { refresh, drawn }) {
    this.#pictures = pictures;
    this.#refresh = refresh;
    this.#drawn = drawn;
    const soon = () => (this.#frame ??= requestAnimationFrame(() => this.draw()));
    window.addEventListener("scroll", soon, { passive: true });
    window.addEventListener("resize", soon);
    new ResizeObserver(() => this.#measure()).observe(this.element);
    pictures.addEventListener("change", () => this.#update());
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", ({ target }) => this.#reach(this.#tileOf(target)?.image.id));
  }

  /** The pictures in the document. */
  get visible() {
    return [...this.#tiles.values()].map(({ image }) => image);
  }

  /** Brings a picture into the window and focuses it; false when it is not loaded. */
  focus(id) {
    const index = this.#pictures.shown.findIndex((image) => image.id === id);
    if (index < 0) return false;
    const top = this.element.getBoundingClientRect().top + Math.floor(index / this.#columns) * this.#pitch;
    const room = window.innerHeight - this.#pitch;
    if (top < 0 || top > room) window.scrollBy({ top: top < 0 || room < 0 ? top - this.#pitch / 4 : top - room, behavior: "instant" });
    this.#reach(id);
    this.draw();
    this.#tiles.get(id).link.focus({ preventScroll: true });
    return true;
  }

  #measure() {
    const width = this.element.clientWidth;
    if (width === 0) return;
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.#columns = Math.max(2, Math.floor((width / rem + GAP) / (TILE + GAP)));
    const tile = (width - (this.#columns - 1) * GAP * rem) / this.#columns;
    this.#pitch = tile + (FOOT + GAP) * rem;
    style(this.element, { "--columns": this.#columns });
    this.#update();
  }

  #update() {
    const { shown, complete } = this.#pictures;
    const rows = Math.ceil(shown.length / this.#columns);
    if (!shown.some(({ id }) => id === this.#current)) this.#current = shown[0]?.id;
    this.element.hidden = shown.length === 0;
    this.element.setAttribute("aria-rowcount", complete ? rows : -1);
    this.element.setAttribute("aria-colcount", this.#columns);
    style(this.element, { "block-size": `${rows * this.#pitch}px` });
    this.draw();
  }

  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    const focused = document.activeElement;
    const wanted = this.#wanted();
    for (const [index, row] of this.#rows) {
      if (wanted.has(index)) continue;
      row.element.remove();
      this.#rows.delete(index);
    }
    const old = this.#tiles;
    this.#tiles = new Map();
    for (const index of [...wanted].sort((a, b) => a - b)) this.#drawRow(index, old);
    // a row that was filled anew lets go of what had the focus
    if (focused !== document.activeElement && this.element.contains(focused)) focused.focus({ preventScroll: true });
    this.#drawn();
  }

  /** The rows near the window, and the one with the focus wherever it is. */
  #wanted() {
    const { shown } = this.#pictures;
    const last = Math.ceil(shown.length / this.#columns) - 1;
    const above = -this.element.getBoundingClientRect().top;
    const ahead = window.innerHeight * AHEAD;
    const from = Math.max(0, Math.floor((above - ahead) / this.#pitch));
    const to = Math.min(last, Math.floor((above + window.innerHeight + ahead) / this.#pitch));
    const wanted = new Set();
    for (let index = from; index <= to; index += 1) wanted.add(index);
    const kept = shown.findIndex(({ id }) => id === this.#current);
    if (kept >= 0) wanted.add(Math.floor(kept / this.#columns));
    return wanted;
  }

  #drawRow(index, old) {
    const images = this.#pictures.shown.slice(index * this.#columns, (index + 1) * this.#columns);
    const tiles = images.map((image) => {
      const tile = old.get(image.id) ?? new Tile(image, this.#refresh);
      tile.update(image);
      tile.reach(image.id === this.#current);
      this.#tiles.set(image.id, tile);
      return tile.element;
    });
    const row = this.#rows.get(index) ?? this.#newRow(index);
    if (row.pitch !== this.#pitch) style(row.element, { "inset-block-start": `${index * this.#pitch}px` });
    row.pitch = this.#pitch;
    const same = row.element.children.length === tiles.length && tiles.every((tile, place) => tile === row.element.children[place]);
    if (!same) row.element.replaceChildren(...tiles);
  }

  #newRow(index) {
    const row = { element: el("div", { role: "row", class: "grid-row", "aria-rowindex": index + 1 }) };
    const next = [...this.#rows].filter(([other]) => other > index).sort(([a], [b]) => a - b)[0];
    this.element.insertBefore(row.element, next?.[1].element ?? null); // in the order in which they are read
    this.#rows.set(index, row);
    return row;
  }

  #reach(id) {
    if (!id || id === this.#current) return;
    this.#tiles.get(this.#current)?.reach(false);
    this.#current = id;
    this.#tiles.get(id)?.reach(true);
  }

  #tileOf(target) {
    return [...this.#tiles.values()].find(({ element }) => element.contains(target));
  }

  #onKey(event) {
    const tile = this.#tileOf(event.target);
    if (!tile || event.target !== tile.link || event.altKey || event.metaKey) return;
    const { shown } = this.#pictures;
    const index = shown.findIndex(({ id }) => id === tile.image.id);
    const target = this.#target(event, index, shown.length - 1);
    if (target === undefined) return;
    event.preventDefault();
    this.focus(shown[target].id);
  }

  #target({ key, ctrlKey }, index, last) {
    const columns = this.#columns;
    const forward = this.element.matches(":dir(rtl)") ? -1 : 1;
    const screen = Math.max(1, Math.floor(window.innerHeight / this.#pitch)) * columns;
    const steps = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: columns, ArrowUp: -columns, PageDown: screen, PageUp: -screen };
    const start = index - (index % columns);
    if (key === "Home") return ctrlKey ? 0 : start;
    if (key === "End") return ctrlKey ? last : Math.min(last, start + columns - 1);
    if (!steps[key] || ctrlKey) return undefined;
    const target = index + steps[key];
    if (target >= 0 && target <= last) return target;
    return key.startsWith("Page") ? Math.min(Math.max(target, 0), last) : index;
  }
}
