import { on } from "./dom.js";

const PANS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** `actions` are functions by key. Arrow keys pan a zoomed photo instead. */
export function addKeys(viewer, zoom, actions) {
	on(viewer, {
		keydown: (event) => {
			const { key, target } = event;
			if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
			if (key !== "Escape" && target.closest("input, textarea, [role=region]")) return;
			const hasPanned = key in PANS && zoom.pan(...PANS[key]);
			if (!hasPanned && !(key in actions)) return;
			event.preventDefault();
			if (!hasPanned) actions[key]();
		},
	});
}
