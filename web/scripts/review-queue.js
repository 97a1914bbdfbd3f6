/** The photos that need review, with those that were decided on since the queue was opened. A list for the viewer, too. */

import { getImage, listImages } from "./api.js";

const QUERY = "is:review";
const PAGE_SIZE = 30;

export class ReviewQueue {
	#cursor;
	#loading;
	#previews = new Map(); // promises
	#removed = new Map(); // {at, image} of deleted photos, which can be restored
	shown = [];

	get complete() {
		return this.#cursor === null;
	}

	/** Loads at least one more photo, unless there is none. */
	loadMore() {
		this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
		return this.#loading;
	}

	async #load() {
		const known = new Set(this.shown.map(({ id }) => id));
		let found = [];
		while (found.length === 0 && !this.complete) {
			const page = await listImages({ q: QUERY, limit: PAGE_SIZE, cursor: this.#cursor });
			found = page.images.filter(({ id }) => !known.has(id));
			this.#cursor = page.cursor;
		}
		this.shown.push(...found);
	}

	indexOf(id) {
		return this.shown.findIndex((image) => image.id === id);
	}

	/** Updates a photo. */
	put(image) {
		const at = this.indexOf(image.id);
		if (at < 0) return;
		const old = this.shown[at];
		this.shown[at] = { ...old, ...image, review: image.review ?? old.review }; // with a decision, it has none
	}

	/** Returns where the photo was, or -1. */
	remove(id) {
		const at = this.indexOf(id);
		if (at < 0) return at;
		this.#removed.set(id, { at, image: this.shown[at] });
		this.shown.splice(at, 1);
		return at;
	}

	/** Returns where the photo is again, or -1. */
	restore(id) {
		const removed = this.#removed.get(id);
		if (!removed) return -1;
		const at = Math.min(removed.at, this.shown.length);
		this.shown.splice(at, 0, removed.image);
		this.#removed.delete(id);
		return at;
	}

	/** The URL of the decoded preview; undefined if it can't be loaded. */
	preview(id) {
		if (!this.#previews.has(id)) this.#previews.set(id, loadPreview(id).catch(() => this.#previews.delete(id) && undefined));
		return this.#previews.get(id);
	}
}

async function loadPreview(id) {
	const { links } = await getImage(id);
	const img = new Image();
	img.src = links.preview;
	await img.decode();
	return links.preview;
}
