import { listSimilar } from "./api.js";
import { announce, button, el, errorBox } from "./dom.js";
import { toError } from "./errors.js";
import { createFold } from "./fold.js";
import { imageUrl } from "./router.js";
import { t } from "./words.js";

const MAX_SHOWN = 24;

/** A list that is loaded when it is opened. */
export function createSimilar(id, signal) {
	const list = el("div", { class: "similar" });
	let isLoaded = false;
	const load = async () => {
		isLoaded = true;
		list.replaceChildren(el("p", { class: "hint", text: t("similar.loading") }));
		try {
			show(await loadAll(id, signal));
		} catch (error) {
			if (signal.aborted) return;
			const { message } = toError(error);
			list.replaceChildren(errorBox(message, button("link-button", t("viewer.tryAgain"), load)));
			announce(message);
		}
	};
	const show = (images) => {
		const text = t(images.length > 0 ? "similar.found" : "similar.none", { count: images.length });
		list.replaceChildren(...(images.length > 0 ? images.map(createLink) : [el("p", { class: "hint", text })]));
		announce(text);
	};
	return createFold("similar", t("similar.title"), list, () => isLoaded || load());
}

/** The most similar first. */
async function loadAll(id, signal) {
	const found = [];
	let cursor;
	do {
		const page = await listSimilar(id, cursor, signal);
		found.push(...page.images);
		({ cursor } = page);
	} while (cursor);
	return found.sort((a, b) => a.distance - b.distance).slice(0, MAX_SHOWN);
}

function createLink({ id, fileName, thumbnailUrl }) {
	return el("a", { class: "similar-link", href: imageUrl(id), title: fileName, "aria-label": fileName }, thumbnailUrl ? el("img", { src: thumbnailUrl, alt: "", decoding: "async" }) : fileName);
}
