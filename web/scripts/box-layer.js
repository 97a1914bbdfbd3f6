/** The own boxes on the photo, in ratios of it, and drawing another one with a pointer. */

import { el, on, setStyle } from "./dom.js";

const MIN_SIZE = 4; // pixels of the screen: less is a click

const clamp = (value) => Math.min(Math.max(value, 0), 1);
const place = (element, box) => setStyle(element, Object.fromEntries(Object.entries(box).map(([side, ratio]) => [side, `${ratio * 100}%`])));

/** `onDraw(box)` gets `{left, top, width, height}`. */
export function createBoxLayer({ onDraw }) {
	const layer = el("div", { class: "box-layer", "aria-hidden": "true" });
	const draft = el("div", { class: "own-box draft", hidden: true });
	let drawn = [];
	let current = null; // the draft, when nothing is being drawn
	let start;

	const show = (box) => {
		draft.hidden = !box;
		if (box) place(draft, box);
	};
	const cancel = () => {
		start = undefined;
		show(current);
	};
	const pointOf = ({ clientX, clientY }) => {
		const { left, top, width, height } = layer.getBoundingClientRect();
		return { x: clamp((clientX - left) / width), y: clamp((clientY - top) / height) };
	};
	const boxTo = ({ x, y }) => ({ left: Math.min(x, start.x), top: Math.min(y, start.y), width: Math.abs(x - start.x), height: Math.abs(y - start.y) });

	on(layer, {
		pointerdown: (event) => {
			if (event.button !== 0) return;
			cancel(); // two fingers zoom
			if (!event.isPrimary) return;
			start = pointOf(event);
			layer.setPointerCapture(event.pointerId);
		},
		pointermove: (event) => start && show(boxTo(pointOf(event))),
		pointerup: (event) => {
			const box = start && boxTo(pointOf(event));
			const { width, height } = layer.getBoundingClientRect();
			cancel();
			if (box && Math.min(box.width * width, box.height * height) >= MIN_SIZE) onDraw(box);
		},
		pointercancel: cancel,
	});

	return {
		showDraft(box) {
			current = box;
			show(box);
		},
		show(frame, boxes) {
			drawn = boxes.map(({ class: name, ...box }) => place(el("div", { class: "own-box" }, el("span", { class: "box-label", text: name })), box));
			layer.replaceChildren(...drawn, draft);
			if (frame && layer.parentElement !== frame) frame.append(layer);
		},
		setDrawing(isOn) {
			cancel();
			layer.closest(".viewer-stage")?.toggleAttribute("data-drawing", isOn);
		},
		mark: (index, isOn) => drawn[index]?.toggleAttribute("data-highlighted", isOn),
	};
}
