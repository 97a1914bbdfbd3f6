/** Boxes and words over a picture. Everything is placed in ratios, so it is right at any size without a script. */

import { clip, percent, turned } from "./boxes.js";
import { el, style } from "./dom.js";
import { percentage } from "./wording.js";

const context = document.createElement("canvas").getContext("2d");
const MEASURED_AT = 100;
const TAG = 0.06; // the height of a tag, in widths of the picture

/** Fills the layer; returns what the filter rules: [{element, detector, confidences, item}]. */
export function drawOverlay(layer, all, aspect) {
  const parts = [];
  for (const { name: detector, items } of all) {
    for (const item of items) {
      for (const { box, confidence } of item.boxes) {
        const element = drawBox(detector, item.name, box, confidence, aspect);
        if (element) parts.push({ element, detector, confidences: [item.confidence, confidence], item });
      }
      for (const word of item.words) {
        parts.push({ element: drawWord(word, aspect), detector, confidences: [item.confidence, word.confidence], item });
      }
      if (item.words.length > 0) parts.push({ element: el("br"), detector, confidences: [] }); // a line's end, when copied
    }
  }
  layer.replaceChildren(...bySize(parts));
  return parts;
}

/** Large boxes first, so that a small one inside stays on top and can be pointed at. Words keep their order. */
function bySize(parts) {
  const area = ({ element }) => Number(element.dataset.area ?? 0);
  return parts.toSorted((a, b) => area(b) - area(a)).map(({ element }) => element);
}

function drawBox(detector, name, box, confidence, aspect) {
  const cut = clip(box);
  if (!cut) return null;
  const tag = confidence === undefined ? name : `${name} ${percentage(confidence)}`;
  const element = el("div", { class: "box", "data-detector": detector, "data-area": cut.width * cut.height },
    el("span", { class: "box-tag", text: tag }));
  element.toggleAttribute("data-room-above", cut.top / aspect > TAG);
  element.toggleAttribute("data-room-below", (1 - cut.top - cut.height) / aspect > TAG);
  return style(element, {
    left: percent(cut.left), // left and not inline-start: a picture is not mirrored with the script
    top: percent(cut.top),
    width: percent(cut.width),
    height: percent(cut.height),
  });
}

/** Real, transparent text, turned and stretched onto the printed word, so that it can be selected and copied. */
function drawWord({ text, polygon }, aspect) {
  const word = turned(polygon, aspect);
  const element = el("span", { class: "word", text: `${text} ` });
  context.font = `${MEASURED_AT}px sans-serif`;
  const natural = (context.measureText(text).width / MEASURED_AT) * word.height;
  return style(element, {
    left: percent(word.left),
    top: percent(word.top * aspect),
    "--height": word.height * 100,
    "--angle": `${word.angle}rad`,
    "--stretch": natural > 0 ? word.width / natural : 1,
  });
}
