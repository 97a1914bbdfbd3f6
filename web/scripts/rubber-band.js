/** Selects the photos under a rectangle that the mouse draws from an empty place or a photo's circle. */

import { byId, el, on, setStyle } from "./dom.js";
import { boxes } from "./grid.js";
import { imageStore } from "./image-store.js";
import { selection } from "./selection.js";

const MIN_SIZE = 6; // pixels; less is a click
const EDGE = 60; // pixels, where the page scrolls
const SPEED = 0.3; // of the distance, in each frame

const [main, grid] = [byId("main"), byId("grid")];
const band = el("div", { class: "rubber-band", hidden: true });
let drag;
let frame;
let wasDragged = false;

/** Relative to the grid, so it stays while the page scrolls. */
function positionOf({ clientX, clientY }) {
	const { left, right, top } = grid.getBoundingClientRect();
	return { x: grid.matches(":dir(rtl)") ? right - clientX : clientX - left, y: clientY - top };
}

function update() {
	frame = undefined;
	if (!drag) return;
	const { start, pointer, before } = drag;
	const end = positionOf(pointer);
	const [left, top, width, height] = [Math.min(start.x, end.x), Math.min(start.y, end.y), Math.abs(end.x - start.x), Math.abs(end.y - start.y)];
	if (band.hidden && Math.max(width, height) < MIN_SIZE) return;
	band.hidden = false;
	setStyle(band, { "inset-inline-start": `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
	const all = boxes();
	const hits = imageStore.shown.filter((_, index) => isHit(all[index], left, top, width, height));
	selection.select([...before, ...hits.map(({ id }) => id)]);
	const beyond = Math.min(pointer.clientY - EDGE, 0) + Math.max(pointer.clientY - innerHeight + EDGE, 0);
	if (beyond === 0) return;
	scrollBy({ top: beyond * SPEED, behavior: "instant" });
	frame = requestAnimationFrame(update);
}

const isHit = (box, left, top, width, height) => box.left < left + width && box.left + box.width > left && box.top < top + height && box.top + box.height > top;

function end() {
	wasDragged = !band.hidden;
	drag = undefined;
	band.hidden = true;
}

on(main, {
	pointerdown: (event) => {
		const { target, pointerType, button, shiftKey } = event;
		const isFree = target.matches(".tile-check, .grid, .grid-heading, .grid-heading h2, .gallery, .main");
		wasDragged = false;
		if (pointerType !== "mouse" || button !== 0 || shiftKey || !isFree || grid.hidden) return;
		drag = { start: positionOf(event), pointer: event, before: selection.images.map(({ id }) => id) };
	},
	mousedown: (event) => drag && !event.target.matches(".tile-check") && event.preventDefault(), // else it selects text
});
on(window, {
	pointermove: (event) => {
		if (!drag) return;
		drag.pointer = event;
		frame ??= requestAnimationFrame(update);
	},
	pointerup: end,
	pointercancel: end,
	blur: end,
});
on(main, {
	click: (event) => {
		if (!wasDragged) return;
		event.preventDefault(); // of the circle that the drag began and ended at
		event.stopPropagation();
	},
}, { capture: true });
grid.after(band);
