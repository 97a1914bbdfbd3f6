/** What is shown: one least confidence and the detectors that are switched off, for all pictures at once. */

import { el, style } from "./dom.js";
import { percentage } from "./wording.js";

/** Tells "change" whenever anything is to be shown or hidden. */
export class Filter extends EventTarget {
  #off = new Set();
  minimum = 50;

  shows(detector, ...confidences) {
    return !this.#off.has(detector) && confidences.every((value) => value === undefined || value >= this.minimum);
  }

  isOn(detector) {
    return !this.#off.has(detector);
  }

  toggle(detector) {
    if (!this.#off.delete(detector)) this.#off.add(detector);
    this.dispatchEvent(new Event("change"));
  }

  setMinimum(value) {
    this.minimum = value;
    this.dispatchEvent(new Event("change"));
  }
}

/** Connects the bar of index.html to the filter; returns the function that adds a switch for each detector seen. */
export function filterBar(filter, bar) {
  const slider = bar.querySelector("input");
  const output = bar.querySelector("output");
  const switches = bar.querySelector(".switches");
  const known = new Set();
  const show = () => {
    output.textContent = percentage(filter.minimum);
    style(slider, { "--value": `${filter.minimum}%` });
    slider.setAttribute("aria-valuetext", `${percentage(filter.minimum)} and surer`);
  };
  slider.value = filter.minimum; // a reload keeps the old position in some browsers
  slider.addEventListener("input", () => {
    filter.setMinimum(slider.valueAsNumber);
    show();
  });
  show();

  return ({ name, title, order }) => {
    if (known.has(name)) return;
    known.add(name);
    const button = el("button", { type: "button", class: "switch", "aria-pressed": "true", "data-detector": name, "data-order": order, text: title });
    button.addEventListener("click", () => {
      filter.toggle(name);
      button.setAttribute("aria-pressed", String(filter.isOn(name)));
    });
    const after = [...switches.children].find((other) => Number(other.dataset.order) > order);
    switches.insertBefore(button, after ?? null);
  };
}
