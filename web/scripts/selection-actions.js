/** What can be done with the selected photos. */

import { patchImage } from "./api.js";
import { hasFailed, runBatch, summarize } from "./batch.js";
import { emit } from "./dom.js";
import { toError } from "./errors.js";
import { number } from "./format.js";
import { imageStore } from "./image-store.js";
import { runJob } from "./jobs.js";
import { retry } from "./polling.js";
import { selection } from "./selection.js";
import { t } from "./words.js";

export const addTag = (tag) => run("selection.tagging", { action: "tag", tags: [tag] }, t("selection.tagged", { tag }));

export const decide = (decision) => run("selection.deciding", { action: "decide", decision }, t(`selection.done.${decision}`));

export function moreItems() {
	const counts = new Map();
	for (const { tags } of selection.images) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
	const tags = [...counts].sort(([, a], [, b]) => b - a);
	return [
		{ text: t("selection.all"), run: () => selection.selectAll() },
		{ text: t("selection.clearDecision"), run: () => decide(null) },
		{ text: t("viewer.recognizeAgain"), run: recognizeAgain },
		...tags.map(([tag, found]) => ({
			text: t("selection.removeTag", { tag }),
			note: number(found),
			run: () => run("selection.untagging", { action: "untag", tags: [tag] }, t("selection.untagged", { tag })),
		})),
	];
}

function recognizeAgain() {
	if (!selection.isBusy && confirm(t("selection.confirmRetry", { count: selection.size }))) run("selection.retrying", { action: "retry" }, t("selection.done.retry"));
}

export function deleteSelected() {
	if (!selection.isBusy && selection.size > 0 && confirm(t("selection.confirmDelete", { count: selection.size }))) run("selection.deleting", { action: "delete" }, t("selection.done.delete"));
}

/** The API changes favorites one at a time. */
export function favorite() {
	run("selection.deciding", {}, t("selection.done.favorite"), async (ids, { signal, onResults }) => {
		const results = new Map();
		for (const id of ids) {
			results.set(id, await addFavorite(id, signal));
			onResults([{ id, ...results.get(id) }], results.size);
		}
		return results;
	});
}

async function addFavorite(id, signal) {
	try {
		const { image } = await retry(() => patchImage(imageStore.get(id), { favorite: true }), signal, () => signal.throwIfAborted());
		return { status: 200, image };
	} catch (error) {
		if (signal.aborted) return { status: 0, detail: t("batch.canceled") };
		const { code, message } = toError(error);
		return { status: code === "not-found" ? 404 : 0, detail: message };
	}
}

/** Afterwards only the photos that failed are selected, if any did. */
async function run(key, request, verb, work = (ids, options) => runBatch(ids, request, options)) {
	if (selection.isBusy || selection.size === 0) return;
	const text = t(key);
	const names = new Map(selection.images.map(({ id, fileName }) => [id, fileName]));
	const ids = [...names.keys()];
	selection.setBusy(true);
	await runJob(text, async ({ setText, signal }) => {
		const onResults = (results, done) => {
			setText(t("selection.progress", { text, done, count: ids.length }));
			for (const result of results) apply(request, result);
		};
		const results = await work(ids, { signal, onResults });
		const failed = ids.filter((id) => hasFailed(results.get(id)));
		if (failed.length > 0) selection.select(failed);
		return { message: summarize(results, verb, (id) => names.get(id)), hasFailed: failed.length > 0 };
	});
	selection.setBusy(false);
}

function apply({ action: name }, { id, image, ...result }) {
	if (result.status === 404 || (name === "delete" && !hasFailed(result))) emit("image-deleted", { id });
	else if (image) emit("image-changed", { image });
}
