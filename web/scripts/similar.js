import { listSimilar } from "./api.js";
import { announce, button, el, errorBox, icon } from "./dom.js";
import { toError } from "./errors.js";
import { plural } from "./format.js";
import { imageUrl } from "./router.js";

const MAX_SHOWN = 24;

/** A list that is loaded when it is opened. */
export function createSimilar(id) {
	const list = el("div", { class: "similar" });
	let isLoaded = false;
	const load = async () => {
		isLoaded = true;
		list.replaceChildren(el("p", { class: "hint", text: "Searching…" }));
		try {
			show(await loadAll(id));
		} catch (error) {
			const { message } = toError(error);
			list.replaceChildren(errorBox(message, button("button", "Try again", load)));
			announce(message);
		}
	};
	const show = (images) => {
		const text = images.length > 0 ? `${plural(images.length, "similar photo")}.` : "No similar photos.";
		list.replaceChildren(...(images.length > 0 ? images.map(createLink) : [el("p", { class: "hint", text })]));
		announce(text);
	};
	const toggle = (event) => event.target.open && !isLoaded && load();
	return el("details", { on: { toggle } }, el("summary", {}, icon("chevron"), "Similar photos"), list);
}

/** The most similar first. */
async function loadAll(id) {
	const found = [];
	let cursor;
	do {
		const page = await listSimilar(id, cursor);
		found.push(...page.images);
		({ cursor } = page);
	} while (cursor);
	return found.sort((a, b) => a.distance - b.distance).slice(0, MAX_SHOWN);
}

function createLink({ id, fileName, thumbnailUrl }) {
	return el("a", { class: "tile-link", href: imageUrl(id), title: fileName, "aria-label": fileName },
		thumbnailUrl ? el("img", { src: thumbnailUrl, alt: "", decoding: "async" }) : el("span", { class: "tile-message", text: fileName }));
}
