/** Saves photos as a file: what is known about them, or the photos themselves. */

import { names } from "./batch.js";
import { listen, on } from "./dom.js";
import { appError } from "./errors.js";
import { csvHeader, csvLine } from "./export-csv.js";
import { ExportFile } from "./export-file.js";
import { FileNames } from "./export-names.js";
import { loadImages } from "./export-source.js";
import { xmpOf } from "./export-xmp.js";
import { displayName } from "./format.js";
import { t } from "./words.js";
import { ZipWriter } from "./zip.js";

const FAILURES_NAME = "not-exported.txt";

const FORMATS = {
	csv: { ending: ".csv", type: "text/csv", createWriter: lines(csvHeader, ({ image }) => csvLine(image)) },
	jsonl: { ending: ".jsonl", type: "application/jsonl", createWriter: lines("", jsonLine) },
	xmp: {
		ending: "-xmp.zip", type: "application/zip", withResult: true,
		createWriter: archive(".xmp", ({ image, result }) => xmpOf(image, result)),
	},
	originals: {
		ending: ".zip", type: "application/zip", withOriginal: true,
		createWriter: archive("", ({ original }) => original),
	},
};

const running = new Set();

export const isExporting = () => running.size > 0;

/**
 * Saves the photos of a search (`{query, order}`, both optional) or with ids (`{ids}`). Call it during a click: the
 * browser may ask where to save the file. `onProgress({exported, failed, total})`: total is null for a search.
 * Returns `{exported, failed: [{id, name, reason}], fileName, message}`; fileName is null if nothing was saved.
 * Throws AbortError if the person cancels, the signal's reason, or an AppError if it can't go on.
 */
export async function exportImages(formatName, { query, order, ids }, { includeResults = false, onProgress = () => {}, signal } = {}) {
	const format = FORMATS[formatName];
	const controller = new AbortController();
	const anySignal = AbortSignal.any([signal, controller.signal].filter(Boolean));
	const needs = { withResult: format.withResult || includeResults, withOriginal: format.withOriginal };
	const file = new ExportFile();
	running.add(controller);
	try {
		const name = fileName(format);
		const isLarge = needs.withResult || needs.withOriginal;
		if (isLarge) await file.choose(name, format.type);
		const writer = format.createWriter(file);
		const failed = [];
		let exported = 0;
		for await (const loaded of loadImages({ query, order, ids }, needs, anySignal)) {
			anySignal.throwIfAborted();
			await writer.add(loaded);
			if (loaded.error) failed.push(failureOf(loaded));
			else exported += 1;
			onProgress({ exported, failed: failed.length, total: ids ? new Set(ids).size : null });
		}
		anySignal.throwIfAborted();
		await writer.close(failed);
		const savedAs = exported > 0 ? await file.close(name, format.type) : await file.discard();
		return { exported, failed, fileName: savedAs ?? null, message: messageOf(exported, failed) };
	} catch (error) {
		await file.discard();
		throw anySignal.aborted ? anySignal.reason : error;
	} finally {
		controller.abort(); // requests that nothing waits for
		running.delete(controller);
	}
}

function fileName({ ending }) {
	const now = new Date();
	const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
	return `photos-${day}${ending}`;
}

function lines(header, lineOf) {
	return (file) => {
		let start = header;
		return {
			async add(loaded) {
				if (loaded.error) return;
				await file.write(start + lineOf(loaded));
				start = "";
			},
			close() {},
		};
	};
}

function archive(suffix, contentOf) {
	return (file) => {
		const zip = new ZipWriter((...parts) => file.write(...parts));
		const names = new FileNames();
		names.add(FAILURES_NAME);
		return {
			async add({ error, ...loaded }) {
				const { fileName = "", uploadedAt } = loaded.image;
				const name = names.add(fileName); // also if it failed, so that a picture has the same name in every export
				if (!error) await zip.add(name + suffix, contentOf(loaded), new Date(uploadedAt));
			},
			async close(failed) {
				const text = failed.map(({ name, reason }) => `${name}: ${reason}\r\n`).join("");
				if (text) await zip.add(FAILURES_NAME, text, new Date());
				await zip.close();
			},
		};
	};
}

/** Without the thumbnail's URL, which expires in minutes. */
function jsonLine({ image: { thumbnailUrl, ...image }, result }) {
	return `${JSON.stringify(result === undefined ? image : { ...image, result })}\n`;
}

function failureOf({ image: { id, fileName }, error }) {
	return { id, name: fileName ? displayName(fileName) : t("export.unnamed", { id: id.slice(0, 8) }), reason: error.message };
}

function messageOf(exported, failed) {
	if (exported + failed.length === 0) return t("export.none");
	const sentences = [t("export.done", { count: exported })];
	if (failed.length > 0) sentences.push(t("export.failed", { count: failed.length, names: names(failed.map(({ name }) => name)) }));
	return sentences.join(" ");
}

on(window, { beforeunload: (event) => isExporting() && event.preventDefault() });
listen({ "signed-out": () => running.forEach((controller) => controller.abort(appError("sign-in-expired"))) });
