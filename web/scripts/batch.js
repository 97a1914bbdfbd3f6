import { sendBatch } from "./api.js";
import { toError } from "./errors.js";
import { joined } from "./format.js";
import { retry } from "./polling.js";
import { t } from "./words.js";

const MAX_IDS = 100; // the API's limit
const MAX_NAMES = 3; // in a sentence
const DONE = { status: 200 };

/**
 * Sends an action on any number of ids. Returns a map from each id to its result, `{status, image?, detail?}`.
 * `onResults` gets the results of each request, and the number of all so far. If a request fails, the rest isn't sent.
 */
export async function runBatch(ids, request, { onResults = () => {}, signal }) {
	const results = new Map();
	let rest = [...ids];
	while (rest.length > 0) {
		const chunk = rest.slice(0, MAX_IDS);
		try {
			const response = await retry(() => sendBatch({ ids: chunk, ...request }, signal), signal, () => {});
			const finished = response.results.filter(({ code }) => code !== "not-finished");
			const known = finished.length > 0 ? finished : response.results; // else it would never end
			for (const result of known) results.set(result.id, isGone(request, result) ? DONE : result);
			onResults(known, results.size);
		} catch (error) {
			const detail = signal.aborted ? t("batch.canceled") : toError(error).message;
			for (const id of rest) results.set(id, { status: 0, detail });
		}
		rest = rest.filter((id) => !results.has(id));
	}
	return results;
}

const isGone = ({ action }, { status }) => action === "delete" && status === 404;

export const hasFailed = ({ status }) => status < 200 || status > 299;

/** For example "48 of 50 photos deleted. 2 failed: a.jpg and b.jpg. The service is busy." */
export function summarize(results, verb, nameOf) {
	const failures = [...results].filter(([, result]) => hasFailed(result));
	const done = results.size - failures.length;
	const byDetail = Map.groupBy(failures, ([, { detail }]) => detail);
	const sentences = [...byDetail].map(([detail, group]) => t("batch.failed", { count: group.length, names: names(group.map(([id]) => nameOf(id))), reason: detail }));
	const sentence = t(failures.length > 0 ? "batch.doneOf" : "batch.done", { done, count: results.size, verb });
	return [sentence, ...sentences].join(" ");
}

/** The first names of a list, and how many more there are. */
export function names(all) {
	const shown = all.slice(0, MAX_NAMES).map((name) => `\u2068${name}\u2069`);
	return joined(all.length > MAX_NAMES ? [...shown, t("batch.more", { count: all.length - MAX_NAMES })] : shown);
}
