import { runJob } from "./jobs.js";
import { createMenu } from "./menu.js";
import { t } from "./words.js";

const FORMATS = [
	["csv", "CSV", t("export.table")],
	["jsonl", "JSON Lines", t("export.data")],
	["xmp", t("export.xmp"), "zip"],
	["originals", t("export.originals"), "zip"],
];

/** `getSource()` returns `{ids}`, or `{query, order}`. */
export function createExportMenu(className, getSource) {
	return createMenu(t("export.button"), className, () => exportItems(getSource));
}

/** For a menu that has others, too: with `isMixed`, each says what it does. */
export function exportItems(getSource, isMixed = false) {
	return FORMATS.map(([format, text, note]) => ({ text: isMixed ? `${t("export.button")}: ${text}` : text, note, run: () => save(format, getSource()) }));
}

function save(format, source) {
	return runJob(t("export.started"), async ({ setText, signal }) => {
		const { exportImages } = await import("./export.js");
		const onProgress = ({ exported, total }) => setText(total === null ? t("export.progress", { count: exported }) : t("export.progressOf", { done: exported, count: total }));
		const { message, failed } = await exportImages(format, source, { onProgress, signal });
		return { message, hasFailed: failed.length > 0 };
	});
}
