/** Boxes and words over a picture, right at any size. */

import { clip, percent, turned } from "./boxes.js";
import { el, style } from "./dom.js";
import { percentage } from "./wording.js";

const context = document.createElement("canvas").getContext("2d");
const MEASURED_AT = 100;
const TAG = 0.06;

export function drawOverlay(layer, all, aspect) {
	const parts = [];
	for (const { name: detector, items } of all) {
		for (const item of items) {
			const draw = (element, ...confidences) => parts.push({ element, detector, confidences, item });
			for (const { box, confidence } of item.boxes) {
				const cut = clip(box);
				if (cut) draw(drawBox(detector, item.name, cut, confidence, aspect), item.confidence, confidence);
			}
			for (const word of item.words) draw(drawWord(word, aspect), item.confidence, word.confidence);
			if (item.words.length > 0) draw(el("br"));
		}
	}
	// a small box inside a large one can be pointed at
	const area = ({ element }) => Number(element.dataset.area ?? 0);
	layer.replaceChildren(...parts.toSorted((a, b) => area(b) - area(a)).map(({ element }) => element));
	return parts;
}

function drawBox(detector, name, { left, top, width, height }, confidence, aspect) {
	const tag = confidence === undefined ? name : `${name} ${percentage(confidence)}`;
	const attributes = {
		class: "box",
		"data-detector": detector,
		"data-area": width * height,
		"data-room-above": top / aspect > TAG,
		"data-room-below": (1 - top - height) / aspect > TAG,
	};
	return style(el("div", attributes, el("span", { class: "box-tag", text: tag })), {
		left: percent(left),
		top: percent(top),
		width: percent(width),
		height: percent(height),
	});
}

function drawWord({ text, polygon }, aspect) {
	const { left, top, width, height, angle } = turned(polygon, aspect);
	context.font = `${MEASURED_AT}px sans-serif`;
	const natural = (context.measureText(text).width / MEASURED_AT) * height;
	return style(el("span", { class: "word", text: `${text} ` }), {
		left: percent(left),
		top: percent(top * aspect),
		"--height": height * 100,
		"--angle": `${angle}rad`,
		"--stretch": natural > 0 ? width / natural : 1,
	});
}
