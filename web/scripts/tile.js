import { deleteWithUndo } from "./deletions.js";
import { announce, button, el, icon, setAttributes, setStyle } from "./dom.js";
import { chooseFiles } from "./dropzone.js";
import { reasonText, toError } from "./errors.js";
import { joined } from "./format.js";
import { imageStore } from "./image-store.js";
import { isRetryable, retryRecognition } from "./polling.js";
import { localPreview } from "./previews.js";
import { imageUrl } from "./router.js";
import { t } from "./words.js";

const MAX_LABELS = 3;
const UPLOAD_TIMEOUT_MS = 600_000; // the link has expired by then
const MIN_REFRESH_MS = 60_000;

export const ABANDONED = t("gallery.abandoned");
export const isAbandoned = ({ status, uploadedAt, received }) => status === "pending" && !received && Date.now() - Date.parse(uploadedAt) > UPLOAD_TIMEOUT_MS;
/** Whether the photo and its name stay covered until it is opened. */
export const isSensitive = ({ flags, decision }) => flags.length > 0 && decision?.value !== "approved";

export class Tile {
	#onRefresh;
	#refreshedAt = -Infinity;
	#url;
	#image;
	#box;
	link = el("a", { class: "tile-link" });
	// no tab stop: Space selects the focused photo
	#check = el("input", { class: "tile-check", type: "checkbox", tabindex: -1 });
	#details = el("div", { class: "tile-details" });
	element = el("div", { role: "listitem", class: "tile" }, this.link, this.#check, this.#details);

	constructor(onRefresh) {
		this.#onRefresh = onRefresh;
	}

	get img() {
		return this.link.querySelector("img");
	}

	place(box) {
		if (box === this.#box) return;
		this.#box = box;
		const { left, top, width, height } = box;
		setStyle(this.element, { "inset-inline-start": `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
	}

	update(image, priority) {
		if (image === this.#image) return;
		this.#image = image;
		const { id, status, labels } = image;
		const hasFocus = this.element.contains(document.activeElement);
		const isCovered = isSensitive(image);
		const name = isCovered ? t("gallery.sensitive") : image.fileName;
		const reason = status === "failed" ? reasonText(image.reason) : isAbandoned(image) ? ABANDONED : "";
		const names = labels.slice(0, MAX_LABELS).map((label) => label.name);
		const message = reason || (status === "pending" ? t("gallery.recognizing") : "");
		this.element.dataset.status = reason ? "failed" : status;
		this.element.toggleAttribute("data-sensitive", isCovered);
		const marks = marksOf(image);
		setAttributes(this.link, { href: imageUrl(id), title: reason || name, "aria-label": `${[name, ...marks.map((mark) => mark.text)].join(", ")}: ${message || joined(names) || t("gallery.noLabels")}` });
		setAttributes(this.#check, { "aria-label": t("gallery.select", { name }) });
		if (status === "done") this.#showThumbnail(image.thumbnailUrl, priority);
		else if (reason) this.#showNothing(icon("warning"));
		else if (!this.img) this.#showLocalPreview(image); // else what is shown stays
		this.#details.replaceChildren(
			el("p", { class: "tile-name", dir: "auto", text: name }),
			el("p", { class: "tile-text", dir: "auto", text: isCovered ? "" : message || names.join(" · ") }),
			...(reason ? [this.#createActions(name)] : []),
			...(isCovered ? [icon("hidden")] : []),
			el("span", { class: "tile-marks", "aria-hidden": true }, ...marks.map(({ symbol }) => icon(symbol))),
		);
		if (hasFocus) this.link.focus({ preventScroll: true });
	}

	setSelected(selected) {
		this.#check.checked = selected;
		this.element.toggleAttribute("data-selected", selected);
	}

	#createActions(name) {
		const action = (key, onClick) => button("link-button", t(key), onClick, { "aria-label": `${t(key)}: ${name}` });
		return el("p", { class: "tile-actions" },
			isRetryable(this.#image) ? action("errors.retry", () => this.#retry()) : action("gallery.chooseAgain", chooseFiles),
			this.#image.status === "failed" ? action("gallery.delete", () => deleteWithUndo(this.#image)) : null);
	}

	async #retry() {
		const { id, fileName } = this.#image;
		try {
			await retryRecognition(id);
		} catch (error) {
			const { message } = toError(error);
			this.#details.querySelector(".tile-text").textContent = message;
			announce(`${fileName}: ${message}`);
		}
	}

	#showNothing(...content) {
		this.#url = undefined;
		this.link.replaceChildren(...content);
	}

	#showThumbnail(url, priority) {
		if (!url) return this.#refresh();
		if (url === this.#url) return undefined;
		this.#url = url;
		const refresh = () => url === this.#url && this.#refresh();
		const img = el("img", { fetchpriority: priority, src: url, alt: "", decoding: "async", draggable: "false", on: { error: refresh } });
		if (!this.img) return this.link.replaceChildren(img);
		return img.decode().then(() => url === this.#url && this.link.replaceChildren(img), () => {}); // until then, the local preview stays
	}

	/** In its own aspect ratio, so nothing moves when its result arrives. */
	async #showLocalPreview({ id }) {
		this.#showNothing();
		const url = await localPreview(id);
		if (!url || this.img || this.element.dataset.status !== "pending") return;
		const img = el("img", { src: url, alt: "", draggable: "false", on: { load: () => imageStore.setSize(id, img.naturalWidth, img.naturalHeight) } });
		this.link.replaceChildren(img);
	}

	#refresh() {
		const now = performance.now();
		if (now - this.#refreshedAt < MIN_REFRESH_MS) return this.#showNothing(el("span", { class: "tile-message", text: t("gallery.noPreview") }));
		this.#refreshedAt = now;
		this.#url = undefined;
		return this.#onRefresh(this.#image.id);
	}
}

function marksOf({ favorite, decision }) {
	return [favorite && { text: t("gallery.favorite"), symbol: "star" }, decision && { text: t(`decision.${decision.value}`), symbol: decision.value }].filter(Boolean);
}
