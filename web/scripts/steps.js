/** The progress of one upload: three steps and a bar. */

import { el } from "./dom.js";
import { bytes, percentage } from "./wording.js";

const STEPS = [
  ["hashing", "Read"],
  ["uploading", "Upload"],
  ["recognising", "Recognise"],
];

/** How far an upload is, in words. */
export function progressText({ phase, share, failure }, file) {
  if (phase === "hashing") return `Reading the file: ${percentage(share * 100)}`;
  if (phase === "uploading") return `Uploading: ${percentage(share * 100)} of ${bytes(file.size)}`;
  if (phase === "retrying") return `${failure.message} It is tried again by itself.`;
  return phase === "recognising" ? "Looking at the picture …" : "Waiting for its turn";
}

export class Steps {
  #file;
  #text = el("p", { class: "steps-text" });
  #bar;
  #steps;

  constructor(file) {
    this.#file = file;
    this.#bar = el("progress", { max: "1", "aria-label": `Progress of ${file.name}` });
    this.#steps = STEPS.map(([phase, text]) => ({ phase, element: el("li", { text }) }));
    const list = el("ol", { class: "steps-list" }, ...this.#steps.map(({ element }) => element));
    this.element = el("div", { class: "steps" }, list, this.#bar, this.#text);
  }

  update(state) {
    const { phase, share } = state;
    const current = STEPS.findIndex(([name]) => name === phase);
    this.#steps.forEach(({ element }, index) => {
      element.dataset.state = index < current ? "done" : index === current ? "current" : "ahead";
      if (index === current) element.setAttribute("aria-current", "step");
      else element.removeAttribute("aria-current");
    });
    if (share === undefined) this.#bar.removeAttribute("value"); // how long recognition takes nobody knows
    else this.#bar.value = share;
    this.#text.textContent = progressText(state, this.#file);
  }
}
