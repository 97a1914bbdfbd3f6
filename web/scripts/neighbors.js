/** The photos before and after one in the list that the viewer was opened from: the gallery, or the review's queue. */

import { imageStore } from "./image-store.js";

const MAX_PAGES = 10; // of the list

let list = imageStore; // {shown, complete, loadMore}

export const stepThrough = (other) => (list = other);

const indexOf = (id) => list.shown.findIndex((each) => each.id === id);

/** What is known about a photo before it is loaded. */
export const listedImage = (id) => list.shown[indexOf(id)] ?? imageStore.get(id);

/** Whether it could be loaded. */
const loadMore = () => list.loadMore().then(() => list.state !== "failed", () => false);

/** Loads the list until it contains the photo. */
export async function loadListUntil(id, signal) {
	for (let page = 0; page < MAX_PAGES && !signal.aborted && indexOf(id) < 0; page += 1) if (!(await loadMore())) return;
}

/** `{index, isFirst, isLast}`; `index` is -1 if the photo isn't in the list. */
export function positionOf(id) {
	const index = indexOf(id);
	return { index, isFirst: index <= 0, isLast: index < 0 || (list.complete && index === list.shown.length - 1) };
}

/** One that is loaded. */
export function loadedNeighbor(id, direction) {
	const index = indexOf(id);
	return index < 0 ? undefined : list.shown[index + direction];
}

/** Loads more of the list if necessary. Undefined at its ends. */
export async function neighborOf(id, direction) {
	if (direction > 0 && !loadedNeighbor(id, 1)) await loadMore();
	return loadedNeighbor(id, direction);
}

export const idsAround = (id) => [1, -1].map((direction) => loadedNeighbor(id, direction)).filter((image) => image?.status === "done").map((image) => image.id);
