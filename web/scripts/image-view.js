import { button, el, setStyle } from "./dom.js";
import { joined } from "./format.js";
import { drawOverlay } from "./overlay.js";

const MAX_ASPECT_ERROR = 0.02;
const namesIn = (groups, ...detectors) => groups.filter(({ name }) => detectors.includes(name)).flatMap(({ items }) => items.map(({ name }) => name));

export class ImageView {
	#img = el("img", { class: "image-view-img", alt: "", draggable: "false", hidden: true });
	#overlay = el("div", { class: "image-view-overlay", "aria-hidden": true });
	#message = el("p", { class: "image-view-message" });
	#thumbnail;
	frame = el("div", { class: "image-view-frame" }, this.#img, this.#overlay);
	element = el("div", { class: "image-view" }, this.frame, this.#message);

	showThumbnail({ thumbnailUrl, width, height }) {
		setStyle(this.frame, { "--aspect": width / height });
		this.#thumbnail ??= this.#load(thumbnailUrl);
		return this.#thumbnail;
	}

	async show(image, links, groups) {
		this.#showWarning(new Set(namesIn(groups, "moderation")));
		const names = namesIn(groups, "labels", "custom").slice(0, 5);
		this.#img.alt = `${image.fileName}: ${joined(names) || "no labels found"}`;
		await this.showThumbnail({ ...image, thumbnailUrl: links.thumbnail });
		if (this.#img.hidden) await this.#load(links.thumbnail); // the link had expired
		this.#loadOriginal(links.original, image);
		return drawOverlay(this.#overlay, groups, image.width / image.height);
	}

	showMessage(text) {
		this.#message.textContent = this.#img.hidden ? text : "";
	}

	async #load(url) {
		this.#img.src = url;
		this.#img.hidden = true;
		this.#img.hidden = await this.#img.decode().then(() => false, () => true);
		this.showMessage("Couldn't display the photo. Its results are still available.");
	}

	/** Used only if it is drawn as it was recognized: upright, the first frame. */
	async #loadOriginal(url, { contentType, width, height }) {
		const original = this.#img.cloneNode();
		original.src = url;
		const isUsable = await original.decode().then(() => contentType !== "image/gif", () => false);
		const stretch = (original.naturalWidth * height) / (original.naturalHeight * width);
		if (!isUsable || Math.abs(stretch - 1) > MAX_ASPECT_ERROR) return;
		original.hidden = false;
		this.#img.replaceWith(original);
		this.#img = original;
		this.showMessage("");
	}

	#showWarning(flags) {
		if (flags.size === 0) return;
		const viewButton = button("button", "View photo", () => {
			delete this.element.dataset.blurred;
			warning.remove();
			this.frame.tabIndex = -1;
			this.frame.focus();
		});
		const text = `This photo may contain sensitive content: ${joined([...flags].slice(0, 3))}.`;
		const warning = el("div", { class: "warning" }, el("p", { text }), viewButton);
		this.element.dataset.blurred = "";
		this.element.append(warning);
	}
}
