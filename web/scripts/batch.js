/** Many uploads at once: a line for each, one line for all of them. */

import { announce } from "./announce.js";
import { row } from "./row.js";
import { count } from "./wording.js";

const WEIGHTS = { hashing: [0, 0.1], uploading: [0.1, 0.8], recognising: [0.9, 0], done: [1, 0], failed: [1, 0] };
const PAUSE = 50; // milliseconds: bars move together, not each on its own

export class Batch {
  #rows = new Map(); // upload → its line
  #scheduled = false;
  #busy = false;
  #part;

  /** `section` is index.html's. */
  constructor(section) {
    this.#part = (name) => section.querySelector(`.batch-${name}`);
    this.#part("cancel").addEventListener("click", () => this.#drop((upload) => upload.sending));
    this.#part("retry").addEventListener("click", () => {
      this.#having("failed").forEach((upload) => upload.run());
      this.#show();
      this.#part("cancel").focus(); // the button that was clicked is gone
    });
    this.#part("clear").addEventListener("click", () => this.#drop(({ state }) => state.phase === "done" || state.phase === "failed"));
    this.section = section;
  }

  add(uploads) {
    if (!this.#busy) this.#drop(({ state }) => state.phase === "done");
    for (const upload of uploads) {
      const element = row(upload, () => this.#drop((one) => one === upload));
      this.#rows.set(upload, element);
      upload.addEventListener("change", () => this.#schedule());
    }
    this.#part("rows").append(...uploads.map((upload) => this.#rows.get(upload)));
    announce(`Uploading ${count(uploads.length, "picture", "pictures")}.`);
    this.#show();
  }

  clear() {
    this.#drop(() => true);
  }

  #having(phase) {
    return [...this.#rows.keys()].filter(({ state }) => state.phase === phase);
  }

  /** Takes lines away; what is under way in them is stopped. */
  #drop(which) {
    const focused = this.section.contains(document.activeElement);
    for (const [upload, element] of this.#rows) {
      if (!which(upload)) continue;
      this.#rows.delete(upload);
      upload.stop();
      element.remove();
    }
    this.#show();
    if (focused && !this.section.contains(document.activeElement)) document.getElementById("files").focus();
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => {
      this.#scheduled = false;
      this.#show();
    }, PAUSE);
  }

  #show() {
    const all = [...this.#rows.keys()];
    const [done, failed] = [this.#having("done"), this.#having("failed")];
    const known = done.filter(({ state }) => state.known).length;
    const busy = done.length + failed.length < all.length;
    const words = [
      `${done.length} of ${all.length} done`,
      ...(known > 0 ? [`${known} known already`] : []),
      ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ].join(", ");
    this.section.hidden = all.length === 0;
    this.#part("text").textContent = words;
    this.#part("progress").value = all.reduce((sum, { state }) => sum + share(state), 0) / (all.length || 1);
    this.#part("cancel").hidden = !all.some(({ sending }) => sending);
    this.#part("retry").hidden = failed.length === 0;
    this.#part("clear").hidden = done.length + failed.length === 0;
    if (this.#busy && !busy && all.length > 0) announce(`${words}.`);
    this.#busy = busy;
  }
}

function share({ phase, share: part = 0 }) {
  const [from, length] = WEIGHTS[phase] ?? [0, 0];
  return from + length * part;
}
