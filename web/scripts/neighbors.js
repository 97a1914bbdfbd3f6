/** The photos before and after one in the list. */

import { imageStore } from "./image-store.js";

const MAX_PAGES = 10; // of the list

/** Loads the list until it contains the photo. */
export async function loadListUntil(id, signal) {
	for (let page = 0; page < MAX_PAGES && !signal.aborted && !imageStore.get(id) && imageStore.state !== "failed"; page += 1) await imageStore.loadMore();
}

/** `{index, isFirst, isLast}`; `index` is -1 if the photo isn't in the list. */
export function positionOf(id) {
	const { shown, complete } = imageStore;
	const index = shown.findIndex((each) => each.id === id);
	return { index, isFirst: index <= 0, isLast: index < 0 || (complete && index === shown.length - 1) };
}

/** Loads more of the list if necessary. Undefined at its ends. */
export async function neighborOf(id, direction) {
	if (direction > 0 && !imageStore.neighbor(id, 1)) await imageStore.loadMore();
	return imageStore.neighbor(id, direction);
}

export const idsAround = (id) => [1, -1].map((direction) => imageStore.neighbor(id, direction)).filter((image) => image?.status === "done").map((image) => image.id);
