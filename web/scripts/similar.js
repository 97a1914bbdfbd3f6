import { listSimilar } from "./api.js";
import { hasFailed, runBatch, summarize } from "./batch.js";
import { announce, button, el, emit, errorBox } from "./dom.js";
import { toError } from "./errors.js";
import { createFold } from "./fold.js";
import { runJob } from "./jobs.js";
import { imageUrl } from "./router.js";
import { t } from "./words.js";

const MAX_SHOWN = 24;

/** A list that is loaded when it is opened. */
export function createSimilar({ id, fileName }, signal) {
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
			list.replaceChildren(errorBox(message, button("link-button", t("errors.retry"), load)));
			announce(message);
		}
	};
	const show = (images) => {
		const text = t(images.length > 0 ? "similar.found" : "similar.none", { count: images.length });
		if (images.length === 0) list.replaceChildren(el("p", { class: "hint", text }));
		else list.replaceChildren(...images.map(createLink), button("link-button", t("similar.delete", { count: images.length }), () => deleteAll(images)));
		announce(text);
	};
	const deleteAll = (images) => confirm(t("similar.confirmDelete", { count: images.length, name: fileName })) && deleteImages(images).then(load);
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

function deleteImages(images) {
	const names = new Map(images.map((image) => [image.id, image.fileName]));
	return runJob(t("selection.deleting"), async ({ signal }) => {
		const results = await runBatch([...names.keys()], { action: "delete" }, { signal });
		const failed = [...results.values()].some(hasFailed);
		for (const [id, result] of results) if (!hasFailed(result)) emit("image-deleted", { id });
		return { message: summarize(results, t("selection.done.delete"), (id) => names.get(id)), hasFailed: failed };
	});
}

function createLink({ id, fileName, thumbnailUrl }) {
	return el("a", { class: "similar-link", href: imageUrl(id), title: fileName, "aria-label": fileName }, thumbnailUrl ? el("img", { src: thumbnailUrl, alt: "", decoding: "async" }) : fileName);
}
