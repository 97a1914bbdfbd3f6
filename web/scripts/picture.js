/** A picture with its boxes, covered where it was flagged. */

import { button, el, style } from "./dom.js";
import { drawOverlay } from "./overlay.js";
import { joined } from "./wording.js";

const SAME_SHAPE = 0.02;
const namesOf = (all, ...detectors) => all.filter(({ name }) => detectors.includes(name)).flatMap(({ items }) => items.map(({ name }) => name));

export class Picture {
	#image = el("img", { class: "picture-image", alt: "", draggable: "false", hidden: true });
	#layer = el("div", { class: "picture-layer", "aria-hidden": true });
	#note = el("p", { class: "picture-note" });
	#drawn;
	frame = el("div", { class: "picture-frame" }, this.#image, this.#layer);
	element = el("div", { class: "picture" }, this.frame, this.#note);

	preview({ thumbnailUrl, width, height }) {
		style(this.frame, { "--aspect": width / height });
		this.#drawn ??= this.#load(thumbnailUrl);
		return this.#drawn;
	}

	async show(image, links, all) {
		this.#cover(new Set(namesOf(all, "moderation")));
		const names = namesOf(all, "labels", "custom").slice(0, 5);
		this.#image.alt = `${image.fileName}: ${joined(names) || "nothing named"}`;
		await this.preview({ ...image, thumbnailUrl: links.thumbnail });
		if (this.#image.hidden) await this.#load(links.thumbnail); // the link had run out
		this.#sharpen(links.original, image);
		return drawOverlay(this.#layer, all, image.width / image.height);
	}

	/** Only where there is no picture. */
	say(text) {
		this.#note.textContent = this.#image.hidden ? text : "";
	}

	async #load(url) {
		this.#image.src = url;
		this.#image.hidden = true;
		this.#image.hidden = await this.#image.decode().then(() => false, () => true);
		this.say("The picture could not be drawn. What was found in it stands beside it.");
	}

	/** Only where the browser draws what was recognised: upright, the first frame. */
	async #sharpen(url, { contentType, width, height }) {
		const original = this.#image.cloneNode();
		original.src = url;
		const drawn = await original.decode().then(() => contentType !== "image/gif", () => false);
		const stretch = (original.naturalWidth * height) / (original.naturalHeight * width);
		if (!drawn || Math.abs(stretch - 1) > SAME_SHAPE) return;
		original.hidden = false;
		this.#image.replaceWith(original);
		this.#image = original;
		this.say("");
	}

	#cover(flags) {
		if (flags.size === 0) return;
		const uncover = button("button", "Show the picture", () => {
			delete this.element.dataset.covered;
			cover.remove();
			this.frame.tabIndex = -1;
			this.frame.focus();
		});
		const text = `This picture may not be for everybody: ${joined([...flags].slice(0, 3))}.`;
		const cover = el("div", { class: "cover" }, el("p", { text }), uncover);
		this.element.dataset.covered = "";
		this.element.append(cover);
	}
}
