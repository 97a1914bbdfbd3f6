import { imageStore } from "./image-store.js";

const isTouch = matchMedia("(pointer: coarse)");

/** The ids of the selected photos. All of them are in the image store. */
class Selection extends EventTarget {
	#ids = new Set();
	#anchor; // the start of a range
	isBusy = false;
	#isStarted = false; // although nothing may be selected yet

	get size() {
		return this.#ids.size;
	}

	get isActive() {
		return this.#isStarted || this.size > 0;
	}

	/** Whether a click on a photo selects it instead of opening it. */
	get takesClicks() {
		return this.#isStarted || (this.size > 0 && isTouch.matches);
	}

	/** While an action runs. */
	setBusy(isBusy) {
		this.isBusy = isBusy;
		this.dispatchEvent(new Event("change"));
	}

	start() {
		this.#isStarted = true;
		this.dispatchEvent(new Event("change"));
	}

	clear() {
		this.#anchor = undefined;
		if (!this.isActive) return;
		this.#isStarted = false;
		this.#ids = new Set();
		this.dispatchEvent(new Event("change"));
	}

	/** In the gallery's order. */
	get images() {
		return imageStore.shown.filter(({ id }) => this.has(id));
	}

	has(id) {
		return this.#ids.has(id);
	}

	toggle(id) {
		this.#anchor = id;
		this.#set(this.has(id) ? [...this.#ids].filter((each) => each !== id) : [...this.#ids, id]);
	}

	/** Selects the range from the last photo that was toggled. */
	extendTo(id) {
		const [from, to] = [this.#anchor, id].map((each) => imageStore.shown.findIndex((image) => image.id === each));
		if (from < 0) return this.toggle(id);
		const range = imageStore.shown.slice(Math.min(from, to), Math.max(from, to) + 1);
		return this.#set([...this.#ids, ...range.map((image) => image.id)]);
	}

	selectAll() {
		this.#set(imageStore.shown.map(({ id }) => id));
	}

	/** Leaves out photos that are gone. */
	select(ids) {
		const shown = new Set(imageStore.shown.map(({ id }) => id));
		this.#set([...ids].filter((id) => shown.has(id)));
	}

	#set(ids) {
		const old = this.#ids;
		this.#ids = new Set(ids);
		if (old.size !== this.size || [...old].some((id) => !this.has(id))) this.dispatchEvent(new Event("change"));
	}
}

export const selection = new Selection();
imageStore.addEventListener("open", () => selection.clear());
imageStore.addEventListener("change", () => selection.select(selection.images.map(({ id }) => id)));
