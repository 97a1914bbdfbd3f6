/** The pictures that are loaded, newest first. */

import { listImages } from "./api.js";
import { asFailure } from "./failures.js";

const PAGE = 60;

class Pictures extends EventTarget {
	#all = new Map();
	#hidden = new Set(); // until the undo has run out
	#turn = 0; // an earlier question may be answered late
	#loading;
	#cursor;
	#told = true;
	started = false;
	label = null;
	state = "loading";
	failure;
	shown = [];

	get complete() {
		return this.#cursor === null;
	}

	show(label) {
		this.clear();
		this.started = true;
		this.label = label;
		return this.load();
	}

	clear() {
		this.#turn += 1;
		this.started = false;
		this.#all = new Map();
		this.#loading = this.#cursor = undefined;
		this.#tell("loading");
	}

	load() {
		if (this.complete) return Promise.resolve();
		this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
		return this.#loading;
	}

	async #load() {
		const turn = this.#turn;
		this.#tell("loading");
		try {
			let page;
			do {
				page = await listImages({ label: this.label, limit: PAGE, cursor: this.#cursor });
				if (turn !== this.#turn) return;
				this.#cursor = page.cursor;
			} while (page.images.length === 0 && page.cursor !== null);
			for (const image of page.images) this.#all.set(image.id, image);
			this.#tell("ready");
		} catch (error) {
			if (turn !== this.#turn) return;
			this.failure = asFailure(error);
			this.#tell("failed");
		}
	}

	get(id) {
		return this.#all.get(id);
	}

	put(image) {
		const old = this.#all.get(image.id);
		if (!this.started || (!old && !this.#belongs(image))) return;
		this.#all.set(image.id, { ...image, thumbnailUrl: image.thumbnailUrl ?? old?.thumbnailUrl });
		if (old?.uploadedAt !== image.uploadedAt) this.#all = new Map([...this.#all].sort(([, a], [, b]) => (a.uploadedAt < b.uploadedAt ? 1 : -1)));
		this.#tell();
	}

	#belongs({ uploadedAt, labels }) {
		const last = [...this.#all.values()].at(-1);
		if (!this.complete && !(last && uploadedAt > last.uploadedAt)) return false;
		const wanted = this.label?.toLowerCase();
		return !wanted || labels.some(({ name }) => name.toLowerCase() === wanted);
	}

	drop(id) {
		if (this.#all.delete(id)) this.#tell();
	}

	hide(id, hidden) {
		this.#hidden[hidden ? "add" : "delete"](id);
		this.#tell();
	}

	beside(id, step) {
		const index = this.shown.findIndex((image) => image.id === id);
		return index < 0 ? undefined : this.shown[index + step];
	}

	#tell(state = this.state) {
		this.state = state;
		this.shown = [...this.#all.values()].filter(({ id }) => !this.#hidden.has(id));
		if (!this.#told) return;
		this.#told = false;
		queueMicrotask(() => {
			this.#told = true;
			this.dispatchEvent(new Event("change"));
		});
	}
}

export const pictures = new Pictures();
