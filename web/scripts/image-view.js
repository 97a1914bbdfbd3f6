import { button, el, setStyle } from "./dom.js";
import { joined } from "./format.js";
import { drawOverlay } from "./overlay.js";

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
		return (this.#thumbnail ??= this.#show(thumbnailUrl));
	}

	async show(image, links, groups) {
		this.#showWarning(new Set(namesIn(groups, "moderation")));
		const names = namesIn(groups, "labels", "custom").slice(0, 5);
		this.#img.alt = `${image.fileName}: ${joined(names) || "no labels found"}`;
		await this.showThumbnail({ ...image, thumbnailUrl: links.thumbnail });
		this.#showPreview(links);
		return drawOverlay(this.#overlay, groups, image.width / image.height);
	}

	showMessage(text) {
		this.#message.textContent = this.#img.hidden ? text : "";
	}

	async #showPreview({ preview, thumbnail }) {
		await this.#show(preview);
		if (this.#img.hidden) await this.#show(thumbnail);
		this.showMessage("Couldn't display the photo. Its results are still available.");
	}

	/** Keeps the current picture until the new one is decoded. */
	async #show(url) {
		const img = this.#img.cloneNode();
		img.src = url;
		img.hidden = await img.decode().then(() => false, () => true);
		if (img.hidden) return;
		img.alt = this.#img.alt;
		this.#img.replaceWith(img);
		this.#img = img;
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
