/** The pictures that are loaded, newest first: page by page, of one label or of all. */

import { listImages } from "./api.js";
import { asFailure } from "./failures.js";

const PAGE = 60;

/** Tells "change" whenever `shown`, `state` or `label` is another. */
export class Pictures extends EventTarget {
  #all = new Map();
  #hidden = new Set(); // deleted here, while there is still time to undo it
  #turn = 0; // an answer to an earlier question comes too late
  #loading;
  #cursor;
  #changed = false;
  started = false;
  label = null;
  state = "loading"; // loading, ready or failed
  failure;
  shown = [];

  get complete() {
    return this.#cursor === null;
  }

  /** Starts anew, with another label or with none. */
  show(label) {
    this.clear();
    this.started = true;
    this.label = label;
    return this.load();
  }

  clear() {
    this.#turn += 1;
    this.started = false;
    this.#all = new Map();
    this.#loading = this.#cursor = undefined;
    this.state = "loading";
    this.#tell();
  }

  /** Loads one page more; a page may be empty while there are more. */
  load() {
    if (this.complete) return Promise.resolve();
    this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  async #load() {
    const turn = this.#turn;
    this.state = "loading";
    this.#tell();
    try {
      let page;
      do {
        page = await listImages({ label: this.label, limit: PAGE, cursor: this.#cursor });
        if (turn !== this.#turn) return;
        this.#cursor = page.cursor;
      } while (page.images.length === 0 && page.cursor !== null);
      for (const image of page.images) this.#all.set(image.id, image);
      this.state = "ready";
    } catch (error) {
      if (turn !== this.#turn) return;
      this.state = "failed";
      this.failure = asFailure(error);
    }
    this.#tell();
  }

  get(id) {
    return this.#all.get(id);
  }

  /** What is known anew about a picture; a new one takes its place by its time. */
  put(image) {
    const old = this.#all.get(image.id);
    if (!old && !this.#belongs(image)) return;
    const merged = { thumbnailUrl: old?.thumbnailUrl, ...image };
    if (old) this.#all.set(image.id, merged);
    else this.#all = new Map([...this.#all, [image.id, merged]].sort(([, a], [, b]) => (a.uploadedAt < b.uploadedAt ? 1 : -1)));
    this.#tell();
  }

  /** Whether a picture that is new here is one of those loaded, had they been loaded now. */
  #belongs({ uploadedAt, labels }) {
    const last = [...this.#all.values()].at(-1);
    if (!this.complete && !(last && uploadedAt > last.uploadedAt)) return false;
    const wanted = this.label?.toLowerCase();
    return !wanted || labels.some(({ name }) => name.toLowerCase() === wanted);
  }

  drop(id) {
    if (this.#all.delete(id)) this.#tell();
  }

  hide(id, hidden) {
    if (hidden) this.#hidden.add(id);
    else this.#hidden.delete(id);
    this.#tell();
  }

  /** The picture before (-1) or after (1) another; undefined at the ends. */
  beside(id, step) {
    const index = this.shown.findIndex((image) => image.id === id);
    return index < 0 ? undefined : this.shown[index + step];
  }

  /** Many changes of one moment are told once. */
  #tell() {
    this.shown = [...this.#all.values()].filter(({ id }) => !this.#hidden.has(id));
    if (this.#changed) return;
    this.#changed = true;
    queueMicrotask(() => {
      this.#changed = false;
      this.dispatchEvent(new Event("change"));
    });
  }
}
