/** Selecting and moving in the grid: clicks, keys, and a long press. */

import { byId, on } from "./dom.js";
import { boxes, focusTile, idOf } from "./grid.js";
import { imageStore } from "./image-store.js";
import { indexInRow } from "./layout.js";
import { selection } from "./selection.js";

const LONG_PRESS_MS = 500;
const MAX_MOVE = 10; // pixels, of a finger that presses

const grid = byId("grid");
const select = (id, isRange) => (isRange ? selection.extendTo(id) : selection.toggle(id));
let pressTimer;
let press;
let wasLongPress = false;

async function step(id, indexAfter, isRange) {
	const from = imageStore.shown.findIndex((image) => image.id === id);
	let index = indexAfter(from);
	if (index >= imageStore.shown.length) {
		await imageStore.loadMore();
		index = indexAfter(from);
	}
	const to = imageStore.shown[Math.min(index, imageStore.shown.length - 1)]?.id;
	if (!to || !isRange) return focusTile(to);
	if (!selection.has(id)) selection.toggle(id);
	selection.extendTo(to);
	return focusTile(to);
}

function endPress() {
	pressTimer = clearTimeout(pressTimer);
}

on(grid, {
	mousedown: (event) => event.shiftKey && event.preventDefault(), // else it selects text
	contextmenu: (event) => press && event.preventDefault(), // of a long press
	pointerdown: ({ target, pointerType, clientX, clientY }) => {
		wasLongPress = false;
		const id = idOf(target);
		press = pointerType === "touch" && id && target.closest(".tile-link") ? { clientX, clientY } : null;
		if (!press) return;
		pressTimer = setTimeout(() => {
			wasLongPress = true;
			navigator.vibrate?.(10);
			selection.toggle(id);
		}, LONG_PRESS_MS);
	},
	pointermove: ({ clientX, clientY }) => pressTimer && Math.hypot(clientX - press.clientX, clientY - press.clientY) > MAX_MOVE && endPress(),
	pointerup: endPress,
	pointercancel: endPress,
	click: (event) => {
		const { target, shiftKey, ctrlKey, metaKey } = event;
		const id = idOf(target);
		const isLink = target.closest(".tile-link");
		if (isLink && wasLongPress) event.preventDefault();
		else if (target.matches(".tile-check")) select(id, shiftKey);
		else if (isLink && !ctrlKey && !metaKey && (selection.takesClicks || (shiftKey && selection.size > 0))) {
			event.preventDefault();
			select(id, shiftKey);
		}
	},
	keydown: (event) => {
		const { key, target, shiftKey } = event;
		const forward = grid.matches(":dir(rtl)") ? -1 : 1;
		const sideways = { ArrowRight: forward, ArrowLeft: -forward }[key];
		const down = { ArrowDown: 1, ArrowUp: -1 }[key];
		const isAll = key === "a" && (event.ctrlKey || event.metaKey);
		if (!target.matches(".tile-link") || event.altKey || ((event.ctrlKey || event.metaKey) && !isAll)) return;
		if (!sideways && !down && key !== " " && !isAll) return;
		event.preventDefault();
		const id = idOf(target);
		if (sideways) step(id, (index) => index + sideways, shiftKey);
		else if (down) step(id, (index) => indexInRow(boxes(), index, down), shiftKey);
		else if (isAll) selection.selectAll();
		else select(id, shiftKey);
	},
});
