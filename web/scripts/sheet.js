/** The panel on a phone: a sheet with three heights. It is dragged by its head, or changed by its button. */

import { button, on, setAttributes, setStyle } from "./dom.js";
import { t } from "./words.js";

const HEIGHTS = ["peek", "half", "full"];
const MIN_DRAG = 6; // pixels: less is a click

export const isPhone = matchMedia("(max-width: 48rem)");

/** `viewer` gets `data-sheet`, from which its styles take the height. Returns `{handle, raise, toggle}`. */
export function createSheet(viewer, panel, head) {
	const handle = button("sheet-handle", "", () => setHeight(current() === "full" ? "peek" : step(1)), { "aria-controls": "viewer-panel" });
	const current = () => viewer.dataset.sheet;
	const step = (by) => HEIGHTS[Math.min(Math.max(HEIGHTS.indexOf(current()) + by, 0), 2)];
	const setHeight = (height) => {
		viewer.dataset.sheet = height;
		setAttributes(handle, { "aria-expanded": height !== "peek", "aria-label": t(height === "full" ? "viewer.sheet.lower" : "viewer.sheet.raise") });
	};
	let start; // of a drag
	const move = (height) => setStyle(panel, { "--dragged": `${height}px` });
	const end = ({ clientY }) => {
		if (!start?.isMoving) return (start = undefined);
		const height = start.height + start.y - clientY;
		const moved = start.y - clientY;
		start = undefined;
		delete panel.dataset.dragged;
		return setHeight(Math.abs(moved) > 0.35 * innerHeight ? (height > innerHeight / 2 ? "full" : "peek") : step(Math.sign(moved)));
	};

	setHeight("half");
	on(head, {
		pointerdown: ({ clientY, button: pressed }) => {
			if (isPhone.matches && pressed === 0) start = { y: clientY, height: panel.offsetHeight, isMoving: false };
		},
		pointermove: ({ clientY, pointerId }) => {
			if (!start || (!start.isMoving && Math.abs(clientY - start.y) < MIN_DRAG)) return;
			if (!start.isMoving) head.setPointerCapture(pointerId);
			start.isMoving = true;
			panel.dataset.dragged = "";
			move(start.height + start.y - clientY);
		},
		pointerup: end,
		pointercancel: end,
	});
	on(handle, {
		keydown: (event) => {
			const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
			if (!by) return;
			event.preventDefault();
			event.stopPropagation();
			setHeight(step(by));
		},
	});
	on(panel, { "photo-needed": () => current() === "full" && setHeight("half") });
	// what has the focus is never below the screen
	on(panel, { focusin: ({ target }) => isPhone.matches && current() === "peek" && !head.contains(target) && setHeight("half") });
	return { handle, raise: (by) => setHeight(step(by)), toggle: () => setHeight(current() === "peek" ? "half" : "peek") };
}
