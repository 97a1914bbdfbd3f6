/** One picture in the grid. */

import { button, el, icon, part, set } from "./dom.js";
import { imageAddress, labelAddress } from "./router.js";
import { joined } from "./wording.js";

const LABELS = 3;
const CUT_OFF = 10 * 60_000; // the permission to upload is gone
const ONCE_A_MINUTE = 60_000;

export const NOT_ARRIVED = "The file has not arrived. Its upload was probably cut off.";
export const chooseAgain = () => part("files").click();
export const isCutOff = ({ status, uploadedAt }) => status === "pending" && Date.now() - Date.parse(uploadedAt) > CUT_OFF;

// the same labels are at the side
const chip = ({ name }) => el("a", { class: "chip", href: labelAddress(name), dir: "auto", tabindex: -1, text: name });

export class Tile {
	#refresh;
	#refreshed = -Infinity;
	#url;
	#image;
	link = el("a", { class: "tile-link" });
	element = el("div", { role: "listitem", class: "tile" });

	constructor(refresh) {
		this.#refresh = refresh;
	}

	update(image) {
		if (image === this.#image) return;
		this.#image = image;
		const { id, status, fileName, labels } = image;
		const focus = this.element.contains(document.activeElement);
		const again = status === "failed" || isCutOff(image);
		const chips = again ? [button("chip", "Choose again", chooseAgain, { "aria-label": `Choose again: ${fileName}` })] : labels.slice(0, LABELS).map(chip);
		this.element.dataset.status = status;
		set(this.link, { href: imageAddress(id), "aria-label": spoken(image) });
		if (status === "done") this.#draw(image.thumbnailUrl);
		else this.#say(image.reason?.message ?? (again ? NOT_ARRIVED : "Being recognised …"), again);
		this.element.replaceChildren(this.link, el("p", { class: "tile-name", dir: "auto", title: fileName, text: fileName }), el("p", { class: "chips" }, ...chips));
		if (focus) this.link.focus({ preventScroll: true });
	}

	#say(text, wrong) {
		this.#url = undefined;
		this.link.replaceChildren(wrong ? icon("warning") : "", el("span", { class: "tile-words", text }));
	}

	#draw(url) {
		if (!url) return this.#renew();
		if (url === this.#url) return undefined;
		this.#url = url;
		const renew = () => url === this.#url && this.#renew();
		return this.link.replaceChildren(el("img", { src: url, alt: "", decoding: "async", draggable: "false", on: { error: renew } }));
	}

	#renew() {
		const now = performance.now();
		if (now - this.#refreshed < ONCE_A_MINUTE) return this.#say("No preview");
		this.#refreshed = now;
		this.#url = undefined;
		return this.#refresh(this.#image.id);
	}
}

function spoken({ fileName, status, labels, reason }) {
	if (status === "failed") return `${fileName} was not recognised. ${reason.message}`;
	if (status === "pending") return `${fileName}, not recognised yet`;
	return `${fileName}: ${joined(labels.slice(0, LABELS).map(({ name }) => name)) || "nothing named"}`;
}
