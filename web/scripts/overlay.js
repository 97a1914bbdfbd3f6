import { placeCaptions } from "./captions.js";
import { button, el, on, setStyle } from "./dom.js";
import { percentage } from "./format.js";
import { t } from "./words.js";

const context = document.createElement("canvas").getContext("2d");
const FONT_SIZE = 100;

const clamp = (value) => Math.min(Math.max(value, 0), 1);
const percent = (ratio) => `${+(ratio * 100).toFixed(4)}%`;

/** A BoundingBox may reach beyond the image. */
export function clip({ Left, Top, Width, Height }) {
	const [left, top] = [clamp(Left), clamp(Top)];
	const [width, height] = [clamp(Left + Width) - left, clamp(Top + Height) - top];
	return width > 0 && height > 0 ? { left, top, width, height } : null;
}

export const describe = (box) => t("viewer.place", Object.fromEntries(Object.entries(box).map(([name, ratio]) => [name, percentage(Math.round(ratio * 100))])));

/** Returns the drawn parts: `{element, label?, box?, detector, confidences, item}`. */
export function drawOverlay(layer, groups, aspect) {
	const parts = [];
	for (const { name: detector, items } of groups) {
		for (const item of items) {
			const add = (part, ...confidences) => parts.push({ ...part, detector, confidences, item });
			for (const { box, confidence } of item.boxes) {
				const clipped = clip(box);
				if (clipped) add(drawBox(detector, item.name, clipped, confidence), item.confidence, confidence);
			}
			for (const word of item.words) add({ element: drawWord(word, aspect) }, item.confidence, word.confidence);
			if (item.words.length > 0) add({ element: el("br") });
		}
	}
	layer.replaceChildren(...parts.toSorted((a, b) => area(b) - area(a)).map(({ element }) => element));
	return parts;
}

const area = ({ box }) => (box ? box.width * box.height : 0);

function drawBox(detector, name, box, confidence) {
	const text = confidence === undefined ? name : `${name} ${percentage(confidence)}`;
	const label = el("span", { class: "box-label", dir: "auto", text });
	const element = button("box", label, () => {}, { "data-detector": detector, tabindex: -1, "aria-label": text, "aria-pressed": false });
	on(element, { mousedown: (event) => event.preventDefault() }); // the arrow keys still go to the next photo
	setStyle(element, { left: percent(box.left), top: percent(box.top), width: percent(box.width), height: percent(box.height) });
	return { element, label, box };
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

/** `photo` is where the photo is in the stage, in pixels. Captions are only in what can be seen of it. */
export function showCaptions(parts, photo, stage) {
	const bounds = { left: Math.max(0, -photo.left), top: Math.max(0, -photo.top), right: Math.min(photo.width, stage.width - photo.left), bottom: Math.min(photo.height, stage.height - photo.top) };
	const boxed = parts.filter(({ element, label }) => label && !element.hidden);
	const marked = boxed.filter(({ element: { dataset } }) => "highlighted" in dataset || "pinned" in dataset);
	const shown = (marked.length > 0 ? marked : boxed).toSorted((a, b) => area(a) - area(b));
	for (const { label } of shown) label.hidden = false;
	for (const part of shown) part.caption ??= { width: part.label.offsetWidth, height: part.label.offsetHeight };
	const places = placeCaptions(shown.map((part) => toPixels(part, photo)), bounds);
	for (const { label } of boxed) label.hidden = true;
	for (const [index, place] of places.entries()) {
		const { label, box } = shown[index];
		label.hidden = !place;
		if (place) setStyle(label, { "--x": `${place.left - box.left * photo.width}px`, "--y": `${place.top - box.top * photo.height}px` });
	}
}

function toPixels({ box, caption }, { width, height }) {
	return { left: box.left * width, top: box.top * height, right: (box.left + box.width) * width, bottom: (box.top + box.height) * height, caption };
}
