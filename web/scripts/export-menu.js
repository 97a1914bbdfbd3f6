import { exportImages } from "./export.js";
import { number, plural } from "./format.js";
import { runJob } from "./jobs.js";
import { createMenu } from "./menu.js";

const FORMATS = [
	["csv", "CSV", "table"],
	["jsonl", "JSON Lines", "data"],
	["xmp", "XMP sidecars", "zip"],
	["originals", "Originals", "zip"],
];

/** `getSource()` returns `{ids}`, or `{query, order}`. */
export function createExportMenu(className, getSource) {
	return createMenu("Export", className, () => FORMATS.map(([format, text, note]) => ({ text, note, run: () => save(format, getSource()) })));
}

function save(format, source) {
	return runJob("Exporting…", async ({ setText, signal }) => {
		const onProgress = ({ exported, total }) => setText(`Exporting… ${total === null ? plural(exported, "photo") : `${number(exported)} of ${plural(total, "photo")}`}`);
		const { message, failed } = await exportImages(format, source, { onProgress, signal });
		return { message, hasFailed: failed.length > 0 };
	});
}
