import { listImages } from "./api.js";
import { toError } from "./errors.js";
import { labelOf } from "./query.js";
import { ATTENTION, DEFAULT_ORDER } from "./router.js";

const FIRST_PAGE_SIZE = 30;
const PAGE_SIZE = 60;
const STATUS = /(^|\s)-?status:/i;

/** What is listed for a query: photos that failed only if it asks for a status. */
export const listedQuery = (query) => (STATUS.test(query) ? query : `${query} -status:failed`.trim());

class ImageStore extends EventTarget {
	#images = new Map();
	#hidden = new Set(); // ids, until the undo expires
	#generation = 0; // to ignore outdated responses
	#loading;
	#cursor;
	#queued = false;
	started = false;
	isStale = false; // whether the photos of the previous query are still shown
	query = "";
	order = DEFAULT_ORDER;
	until = ""; // the month that the list begins with
	state = "loading";
	error;
	shown = [];

	get complete() {
		return this.#cursor === null;
	}

	/** The photos shown before stay until the first page arrives. */
	open({ query, order, until = "" }) {
		Object.assign(this, { query, order, until, started: true, isStale: this.shown.length > 0 });
		this.#generation += 1;
		this.#loading = this.#cursor = undefined;
		this.dispatchEvent(new Event("open"));
		return this.loadMore();
	}

	clear() {
		this.#generation += 1;
		this.started = this.isStale = false;
		this.#images = new Map();
		this.#loading = this.#cursor = undefined;
		this.#change("loading");
	}

	loadMore() {
		if (this.complete) return Promise.resolve();
		this.#loading ??= this.#load(async (isCurrent) => {
			const page = await this.#listPage(this.until, this.#cursor, isCurrent);
			if (!isCurrent()) return;
			if (this.#cursor === undefined) this.#images = new Map();
			this.isStale = false;
			this.#cursor = page.cursor;
			for (const image of page.images) this.#images.set(image.id, image);
		});
		return this.#loading;
	}

	/** Puts the newer photos in front, down from those of the month `until`, or from the newest. */
	loadNewer(until) {
		this.#loading ??= this.#load(async (isCurrent) => {
			const newer = new Map();
			let cursor;
			do {
				const page = await this.#listPage(until, cursor, isCurrent);
				if (!isCurrent()) return;
				({ cursor } = page);
				if (page.images.some(({ id }) => this.#images.has(id))) cursor = null;
				for (const image of page.images) newer.set(image.id, image);
			} while (cursor !== null);
			this.until = until;
			this.#images = new Map([...newer, ...this.#images]);
		});
		return this.#loading;
	}

	async #load(work) {
		const generation = this.#generation;
		const isCurrent = () => generation === this.#generation;
		this.#change("loading");
		try {
			await work(isCurrent);
			if (isCurrent()) this.#end("ready");
		} catch (error) {
			if (!isCurrent()) return;
			this.error = toError(error);
			if (this.isStale && this.error.code !== "invalid-query") this.#images = new Map();
			this.#end("failed");
		}
	}

	#end(state) {
		this.#loading = undefined;
		this.#change(state);
	}

	/** The next page that isn't empty. */
	async #listPage(until, cursor, isCurrent) {
		const order = this.order === DEFAULT_ORDER ? "" : this.order;
		const limit = cursor ? PAGE_SIZE : FIRST_PAGE_SIZE;
		let page;
		do {
			page = await listImages({ q: listedQuery(this.query), order, until, limit, cursor: page?.cursor ?? cursor });
		} while (isCurrent() && page.images.length === 0 && page.cursor !== null);
		return page;
	}

	get(id) {
		return this.#images.get(id);
	}

	put(image) {
		const old = this.#images.get(image.id);
		if (!this.started || (!old && !this.#belongs(image))) return;
		if (image.status === (this.query === ATTENTION ? "done" : !STATUS.test(this.query) && "failed")) {
			this.remove(image.id);
			return;
		}
		const known = (name) => image[name] ?? old?.[name];
		this.#images.set(image.id, { ...image, width: known("width"), height: known("height"), thumbnailUrl: known("thumbnailUrl") });
		if (!old || this.#time(old) !== this.#time(image)) this.#images = new Map([...this.#images].sort(([, a], [, b]) => (this.#time(a) < this.#time(b) ? 1 : -1)));
		this.#change();
	}

	/** The size of a photo that isn't recognized yet. */
	setSize(id, width, height) {
		const image = this.#images.get(id);
		if (image && !image.width) this.put({ ...image, width, height });
	}

	#time({ uploadedAt, takenAt }) {
		return (this.order === DEFAULT_ORDER ? null : takenAt) ?? uploadedAt;
	}

	/** Whether a new image is shown. The results of a query other than a label don't change by themselves. */
	#belongs(image) {
		const loaded = [...this.#images.values()];
		const time = this.#time(image);
		if (!this.complete && !(loaded.length > 0 && time > this.#time(loaded.at(-1)))) return false;
		if (this.until && !(loaded.length > 0 && time <= this.#time(loaded[0]))) return false;
		if (this.query === ATTENTION) return image.status === "failed";
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
