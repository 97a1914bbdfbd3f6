import { button, el, on } from "./dom.js";
import { joined } from "./format.js";
import { drawOverlay, showCaptions } from "./overlay.js";
import { t } from "./words.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

const namesIn = (groups, ...detectors) => groups.filter(({ name }) => detectors.includes(name)).flatMap(({ items }) => items.map(({ name }) => name));

export class ImageView {
	#img = el("img", { class: "image-view-img", alt: "", draggable: "false", decoding: "sync", hidden: true });
	#overlay = el("div", { class: "image-view-overlay", role: "group", "aria-label": t("viewer.boxes") });
	#message = el("p", { class: "image-view-message" });
	#place;
	parts = [];
	frame = el("div", { class: "image-view-frame", dir: "ltr" }, this.#img, this.#overlay);
	element = el("div", { class: "image-view" }, this.frame, this.#message);

	constructor() {
		on(this.#overlay, { keydown: (event) => this.#moveFocus(event) });
		on(this.#img, { error: ({ target }) => (target.hidden = true) });
		document.fonts.ready.then(() => this.#measureAgain()); // captions are as wide as their font
	}

	/** At once, so that a transition from the gallery ends on it. */
	showThumbnail(url) {
		if (!this.#img.hidden) return;
		this.#img.src = url;
		this.#img.hidden = false;
	}

	/** Draws the boxes. Resolves when the preview is shown. */
	show(image, links, groups) {
		this.#showWarning(new Set(namesIn(groups, "moderation")));
		const names = namesIn(groups, "labels", "custom").slice(0, 5);
		this.#img.alt = `${image.fileName}: ${joined(names) || t("viewer.noLabels")}`;
		this.showThumbnail(links.thumbnail);
		this.parts = drawOverlay(this.#overlay, groups, image.width / image.height);
		return this.#showPreview(links);
	}

	showMessage(text) {
		this.#message.textContent = this.#img.hidden ? text : "";
	}

	/** After the photo has moved, or other boxes are shown or highlighted. */
	placeCaptions(place = this.#place) {
		this.#place = place;
		this.element.toggleAttribute("data-highlighting", this.#overlay.querySelector("[data-highlighted], [data-pinned]") !== null);
		showCaptions(this.parts, place.photo, place.stage);
		const boxes = this.#boxes();
		const current = boxes.find((box) => box === document.activeElement) ?? boxes[0];
		for (const { label, element } of this.parts) if (label) element.tabIndex = element === current ? 0 : -1;
	}

	#boxes() {
		return [...this.#overlay.querySelectorAll(".box:not([hidden])")];
	}

	/** The boxes are one tab stop. */
	#moveFocus(event) {
		const step = STEPS[event.key];
		const boxes = this.#boxes();
		const next = boxes[(boxes.indexOf(event.target) + step + boxes.length) % boxes.length];
		if (!step || !next || event.ctrlKey || event.metaKey || event.altKey) return;
		event.preventDefault();
		event.stopPropagation(); // else the next photo is shown
		next.focus();
	}

	#measureAgain() {
		for (const part of this.parts) delete part.caption;
		if (this.#place && this.element.isConnected) this.placeCaptions();
	}

	async #showPreview({ preview, thumbnail }) {
		if ((await this.#show(preview)) || (await this.#show(thumbnail))) return;
		this.#img.hidden = true;
		this.showMessage(t("viewer.cannotDisplay"));
	}

	/** Keeps the current picture until the new one is decoded. False if it can't be shown. */
	async #show(url) {
		const img = this.#img.cloneNode();
		img.src = url;
		img.hidden = false;
		if (!(await img.decode().then(() => true, () => false))) return false;
		img.alt = this.#img.alt;
		this.#img.replaceWith(img);
		this.#img = img;
		this.showMessage("");
		return true;
	}

	#showWarning(flags) {
		if (flags.size === 0) return;
		const viewButton = button("button", t("viewer.view"), () => {
			delete this.element.dataset.blurred;
			warning.remove();
			this.frame.tabIndex = -1;
			this.frame.focus();
		});
		const text = t("viewer.sensitive", { flags: joined([...flags].slice(0, 3)) });
		const warning = el("div", { class: "warning" }, el("p", { text }), viewButton);
		this.element.dataset.blurred = "";
		this.element.append(warning);
	}
}
