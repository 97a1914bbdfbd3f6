/** What was found in a picture: lists, table and JSON, the boxes that go with them, and the filter that rules them all. */

import { drawJson, drawTable } from "./details.js";
import { findings } from "./detectors.js";
import { drawResults } from "./results.js";
import { bytes, seconds } from "./wording.js";

export class Shown {
  #answer;
  #picture;
  #filter;
  #lists;
  #parts; // what the filter shows and hides
  all;
  first;
  rest;
  meta;

  /** `first` stands beside the picture, `rest` below it. */
  constructor(answer, picture, filter, signal) {
    const { image } = answer;
    const result = answer.result ?? summaryOnly(image);
    this.#answer = answer;
    this.#picture = picture;
    this.#filter = filter;
    this.all = findings(result);
    this.#lists = drawResults(this.all, (...how) => this.#light(...how));
    const table = drawTable(this.all, image.fileName);
    this.#parts = table.parts;
    this.first = this.#lists.first;
    this.rest = [this.#lists.others, table.element, drawJson(result, image.fileName)].filter(Boolean);
    this.meta = meta(image, result);
    filter.addEventListener("change", () => this.#update(), { signal });
    this.#update();
  }

  /** Draws the boxes; `seen(finding)` hears of each detector that the filter's bar may need a switch for. */
  async draw(seen) {
    this.#parts = [...(await this.#picture.show(this.#answer, this.all)), ...this.#parts];
    this.all.filter(({ items }) => items.length > 0).forEach(seen);
    this.#update();
  }

  #update() {
    this.#lists.update(this.#filter);
    for (const { element, detector, confidences } of this.#parts) element.hidden = !this.#filter.shows(detector, ...confidences);
  }

  /** Marks an item's boxes and words; the others step back. */
  #light(item, on, kind = "lit") {
    const { element } = this.#picture;
    for (const part of this.#parts.filter((candidate) => candidate.item === item)) part.element.toggleAttribute(`data-${kind}`, on);
    element.toggleAttribute("data-lighting", element.querySelector("[data-lit],[data-pinned]") !== null);
  }
}

/** The record has the labels even where the result itself is gone. */
function summaryOnly({ labels = [] }) {
  return { Labels: labels.map(({ name, confidence }) => ({ Name: name, Confidence: confidence })) };
}

function meta({ width, height, size }, { Image, Recognition }) {
  const parts = [`${width} × ${height} pixels`, Image?.Format, bytes(size)];
  if (Recognition?.DurationMs !== undefined) parts.push(`recognised in ${seconds(Recognition.DurationMs)}`);
  return parts.filter(Boolean).join(" · ");
}
