import { el, setStyle } from "./dom.js";
import { percentage } from "./format.js";

const context = document.createElement("canvas").getContext("2d");
const FONT_SIZE = 100;
const LABEL_HEIGHT = 0.06; // of the width

const clamp = (value) => Math.min(Math.max(value, 0), 1);
const percent = (ratio) => `${+(ratio * 100).toFixed(4)}%`;

/** A BoundingBox may reach beyond the image. */
export function clip({ Left, Top, Width, Height }) {
	const [left, top] = [clamp(Left), clamp(Top)];
	const [width, height] = [clamp(Left + Width) - left, clamp(Top + Height) - top];
	return width > 0 && height > 0 ? { left, top, width, height } : null;
}

export function describe({ left, top, width, height }) {
	const round = (ratio) => `${Math.round(ratio * 100)}%`;
	return `${round(left)} from the left, ${round(top)} from the top, ${round(width)} wide, ${round(height)} high`;
}

export function drawOverlay(layer, groups, aspect) {
	const parts = [];
	for (const { name: detector, items } of groups) {
		for (const item of items) {
			const add = (element, ...confidences) => parts.push({ element, detector, confidences, item });
			for (const { box, confidence } of item.boxes) {
				const clipped = clip(box);
				if (clipped) add(drawBox(detector, item.name, clipped, confidence, aspect), item.confidence, confidence);
			}
			for (const word of item.words) add(drawWord(word, aspect), item.confidence, word.confidence);
			if (item.words.length > 0) add(el("br"));
		}
	}
	const area = ({ element }) => Number(element.dataset.area ?? 0);
	layer.replaceChildren(...parts.toSorted((a, b) => area(b) - area(a)).map(({ element }) => element));
	return parts;
}

function drawBox(detector, name, { left, top, width, height }, confidence, aspect) {
	const text = confidence === undefined ? name : `${name} ${percentage(confidence)}`;
	const attributes = {
		class: "box",
		"data-detector": detector,
		"data-area": width * height,
		"data-room-above": top / aspect > LABEL_HEIGHT,
		"data-room-below": (1 - top - height) / aspect > LABEL_HEIGHT,
	};
	return setStyle(el("div", attributes, el("span", { class: "box-label", text })), { left: percent(left), top: percent(top), width: percent(width), height: percent(height) });
}

function drawWord({ text, polygon }, aspect) {
	const [start, end, , bottom] = polygon.map(({ X, Y }) => ({ x: X, y: Y / aspect }));
	const distance = ({ x, y }) => Math.hypot(x - start.x, y - start.y);
	const height = distance(bottom);
	context.font = `${FONT_SIZE}px sans-serif`;
	const naturalWidth = (context.measureText(text).width / FONT_SIZE) * height;
	return setStyle(el("span", { class: "word", text: `${text} ` }), {
		left: percent(start.x),
		top: percent(start.y * aspect),
		"--height": height * 100,
		"--angle": `${Math.atan2(end.y - start.y, end.x - start.x)}rad`,
		"--stretch": naturalWidth > 0 ? distance(end) / naturalWidth : 1,
	});
}
