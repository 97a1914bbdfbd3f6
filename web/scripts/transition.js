/** A photo grows from its tile into the viewer, and back. */

import { setStyle } from "./dom.js";

const prefersStill = matchMedia("(prefers-reduced-motion: reduce)");
const name = (img, value) => img && setStyle(img, { "view-transition-name": value });

/** `update` changes the page, and returns the image that the photo becomes, unless a style names it. */
export async function morph(from, update) {
	if (!document.startViewTransition || prefersStill.matches || document.hidden) {
		update();
		return;
	}
	name(from, "photo");
	let to;
	const { finished } = document.startViewTransition(() => {
		name(from, "");
		to = update();
		name(to, "photo");
	});
	await finished.catch(() => {}); // it was skipped
	name(to, "");
}
