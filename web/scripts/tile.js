import { announce, button, byId, el, icon, setAttributes } from "./dom.js";
import { toError } from "./errors.js";
import { joined } from "./format.js";
import { isRetryable, retryRecognition } from "./polling.js";
import { imageUrl, labelUrl } from "./router.js";

const MAX_LABELS = 3;
const UPLOAD_TIMEOUT_MS = 600_000; // the link has expired by then
const MIN_REFRESH_MS = 60_000;

export const ABANDONED = "The upload didn't finish. Choose the file again.";
export const chooseFile = () => byId("files").click();
export const isAbandoned = ({ status, uploadedAt, received }) => status === "pending" && !received && Date.now() - Date.parse(uploadedAt) > UPLOAD_TIMEOUT_MS;

// no tab stop: the label list has the same links
const createChip = ({ name }) => el("a", { class: "chip", href: labelUrl(name), dir: "auto", tabindex: -1, text: name });

export class Tile {
	#onRefresh;
	#refreshedAt = -Infinity;
	#url;
	#image;
	link = el("a", { class: "tile-link" });
	// no tab stop: Space selects the focused photo
	#check = el("input", { class: "tile-check", type: "checkbox", tabindex: -1 });
	element = el("div", { role: "listitem", class: "tile" });

	constructor(onRefresh) {
		this.#onRefresh = onRefresh;
	}

	update(image) {
		if (image === this.#image) return;
		this.#image = image;
		const { id, status, fileName, labels } = image;
		const hasFocus = this.element.contains(document.activeElement);
		const hasFailed = status === "failed" || isAbandoned(image);
		const [action, onClick] = isRetryable(image) ? ["Try again", () => this.#retry()] : ["Choose again", chooseFile];
		const chips = hasFailed ? [button("chip", action, onClick, { "aria-label": `${action}: ${fileName}` })] : labels.slice(0, MAX_LABELS).map(createChip);
		this.element.dataset.status = status;
		setAttributes(this.link, { href: imageUrl(id), "aria-label": describe(image) });
		setAttributes(this.#check, { "aria-label": `Select ${fileName}` });
		if (status === "done") this.#showThumbnail(image.thumbnailUrl);
		else this.#showMessage(image.reason?.message ?? (hasFailed ? ABANDONED : "Recognizing…"), hasFailed);
		this.element.replaceChildren(this.link, this.#check, createMarks(image), el("p", { class: "tile-name", dir: "auto", title: fileName, text: fileName }), el("p", { class: "chips" }, ...chips));
		if (hasFocus) this.link.focus({ preventScroll: true });
	}

	setSelected(selected) {
		this.#check.checked = selected;
		this.element.toggleAttribute("data-selected", selected);
	}

	async #retry() {
		const { id, fileName } = this.#image;
		try {
			await retryRecognition(id);
		} catch (error) {
			const { message } = toError(error);
			this.#showMessage(message, true);
			announce(`${fileName}: ${message}`);
		}
	}

	#showMessage(text, isError) {
		this.#url = undefined;
		this.link.replaceChildren(isError ? icon("warning") : "", el("span", { class: "tile-message", text }));
	}

	#showThumbnail(url) {
		if (!url) return this.#refresh();
		if (url === this.#url) return undefined;
		this.#url = url;
		const refresh = () => url === this.#url && this.#refresh();
		return this.link.replaceChildren(el("img", { src: url, alt: "", decoding: "async", draggable: "false", on: { error: refresh } }));
	}

	#refresh() {
		const now = performance.now();
		if (now - this.#refreshedAt < MIN_REFRESH_MS) return this.#showMessage("No preview");
		this.#refreshedAt = now;
		this.#url = undefined;
		return this.#onRefresh(this.#image.id);
	}
}

function describe(image) {
	const { fileName, status, labels, reason } = image;
	const marks = marksOf(image).map(({ text }) => `, ${text}`).join("");
	if (status === "failed") return `${fileName}${marks}: ${reason.message}`;
	if (status === "pending") return `${fileName}${marks}: recognizing…`;
	return `${fileName}${marks}: ${joined(labels.slice(0, MAX_LABELS).map(({ name }) => name)) || "no labels found"}`;
}

function marksOf({ favorite, decision }) {
	return [favorite && { text: "favorite", symbol: "star" }, decision && { text: decision.value, symbol: decision.value }].filter(Boolean);
}

function createMarks(image) {
	return el("span", { class: "tile-marks", "aria-hidden": true }, ...marksOf(image).map(({ symbol }) => icon(symbol)));
}
