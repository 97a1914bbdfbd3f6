import { listImages } from "./api.js";
import { toError } from "./errors.js";
import { labelOf } from "./query.js";
import { DEFAULT_ORDER } from "./router.js";

const PAGE_SIZE = 60;

class ImageStore extends EventTarget {
	#images = new Map();
	#hidden = new Set(); // ids, until the undo expires
	#generation = 0; // to ignore outdated responses
	#loading;
	#cursor;
	#queued = false;
	started = false;
	query = "";
	order = DEFAULT_ORDER;
	state = "loading";
	error;
	shown = [];

	get complete() {
		return this.#cursor === null;
	}

	open({ query, order }) {
		this.clear();
		this.started = true;
		this.query = query;
		this.order = order;
		return this.loadMore();
	}

	clear() {
		this.#generation += 1;
		this.started = false;
		this.#images = new Map();
		this.#loading = this.#cursor = undefined;
		this.#change("loading");
	}

	loadMore() {
		if (this.complete) return Promise.resolve();
		this.#loading ??= this.#loadPage().finally(() => (this.#loading = undefined));
		return this.#loading;
	}

	async #loadPage() {
		const generation = this.#generation;
		this.#change("loading");
		try {
			let page;
			do {
				page = await listImages({ q: this.query, order: this.order === DEFAULT_ORDER ? "" : this.order, limit: PAGE_SIZE, cursor: this.#cursor });
				if (generation !== this.#generation) return;
				this.#cursor = page.cursor;
			} while (page.images.length === 0 && page.cursor !== null);
			for (const image of page.images) this.#images.set(image.id, image);
			this.#change("ready");
		} catch (error) {
			if (generation !== this.#generation) return;
			this.error = toError(error);
			this.#change("failed");
		}
	}

	get(id) {
		return this.#images.get(id);
	}

	put(image) {
		const old = this.#images.get(image.id);
		if (!this.started || (!old && !this.#belongs(image))) return;
		this.#images.set(image.id, { ...image, thumbnailUrl: image.thumbnailUrl ?? old?.thumbnailUrl });
		if (!old || this.#time(old) !== this.#time(image)) this.#images = new Map([...this.#images].sort(([, a], [, b]) => (this.#time(a) < this.#time(b) ? 1 : -1)));
		this.#change();
	}

	#time({ uploadedAt, takenAt }) {
		return (this.order === DEFAULT_ORDER ? null : takenAt) ?? uploadedAt;
	}

	/** Whether a new image is shown. The results of a query other than a label don't change by themselves. */
	#belongs(image) {
		const oldest = [...this.#images.values()].at(-1);
		if (!this.complete && !(oldest && this.#time(image) > this.#time(oldest))) return false;
		const label = labelOf(this.query)?.toLowerCase();
		return !this.query || image.labels.some(({ name }) => name.toLowerCase() === label);
	}

	remove(id) {
		if (this.#images.delete(id)) this.#change();
	}

	setHidden(id, hidden) {
		this.#hidden[hidden ? "add" : "delete"](id);
		this.#change();
	}

	neighbor(id, step) {
		const index = this.shown.findIndex((image) => image.id === id);
		return index < 0 ? undefined : this.shown[index + step];
	}

	/** Dispatches one event per task. */
	#change(state = this.state) {
		this.state = state;
		this.shown = [...this.#images.values()].filter(({ id }) => !this.#hidden.has(id));
		if (this.#queued) return;
		this.#queued = true;
		queueMicrotask(() => {
			this.#queued = false;
			this.dispatchEvent(new Event("change"));
		});
	}
}

export const imageStore = new ImageStore();
