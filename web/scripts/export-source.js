import { getImage, listImages } from "./api.js";
import { AppError, appError } from "./errors.js";
import { imageStore } from "./image-store.js";
import { retry } from "./polling.js";

const PAGE_SIZE = 100; // the API's limit
const MAX_DOWNLOADS = 6; // at a time
const MAX_RESULTS = 3; // faster than that, one export would use up the API's rate limit, which is everyone's
const STALL_TIMEOUT_MS = 60_000;
const STOPPING = /^(settings-|api-unreachable|token-|sign-in-|insecure)/; // the other photos would fail too

const noop = () => {};
const persist = (work, signal) => retry(work, signal, noop);

/** Yields images of a search in its order, or with the ids, each once. Those with ids have only their id and name. */
async function* list({ query, order, ids }, signal) {
	if (ids) {
		for (const id of new Set(ids)) yield { id, fileName: imageStore.get(id)?.fileName };
		return;
	}
	const seen = new Set(); // an image may move to a later page
	let cursor;
	do {
		const page = await persist(() => listImages({ q: query, order, limit: PAGE_SIZE, cursor }, signal), signal);
		for (const image of page.images) if (!seen.has(image.id)) yield seen.add(image.id) && image;
		({ cursor } = page);
	} while (cursor);
}

/**
 * Yields `{image, result, original}` in the list's order, or `{image, error}`. `result` only if `withResult`, and
 * `original`, the file's bytes, only if `withOriginal`.
 */
export async function* loadImages(selection, needs, signal) {
	const maxRunning = needs.withOriginal ? MAX_DOWNLOADS : MAX_RESULTS;
	const isListed = !selection.ids && !needs.withResult && !needs.withOriginal;
	const running = [];
	for await (const image of list(selection, signal)) {
		const loading = isListed ? Promise.resolve({ image }) : attempt(image, needs, signal);
		loading.catch(noop); // it is awaited later
		running.push(loading);
		if (running.length === maxRunning) yield await running.shift();
	}
	while (running.length > 0) yield await running.shift();
}

async function attempt(image, { withResult, withOriginal }, signal) {
	try {
		const loaded = await load(image.id, signal);
		const result = withResult ? loaded.result : undefined;
		if (result === null && loaded.image.status === "done") throw appError("result-missing");
		return { image: loaded.image, result, original: withOriginal ? await download(loaded, signal) : undefined };
	} catch (error) {
		if (signal.aborted || !(error instanceof AppError) || STOPPING.test(error.code)) throw error;
		return { image, error };
	}
}

const load = (id, signal) => persist(() => getImage(id, signal), signal);

/** A link may expire while the device sleeps: the second one is new. */
async function download({ image: { id }, links: { original } }, signal, isRenewed = false) {
	if (!original) throw appError("not-recognized-yet");
	const bytes = await fetchBytes(original, signal);
	if (!bytes && isRenewed) throw appError("link-expired");
	return bytes ?? download(await load(id, signal), signal, true);
}

/** Returns null if the link has expired. */
function fetchBytes(url, signal) {
	return persist(async () => {
		const stalled = new AbortController();
		const restartTimer = () => {
			clearTimeout(timer);
			timer = setTimeout(() => stalled.abort(), STALL_TIMEOUT_MS);
		};
		let timer;
		restartTimer();
		try {
			// no-store: the cached response to an <img> has no CORS headers
			const response = await fetch(url, { signal: AbortSignal.any([signal, stalled.signal]), cache: "no-store" });
			if (response.status === 403) return null;
			if (response.status === 404) throw appError("file-gone");
			if (!response.ok) throw appError("download-interrupted");
			return await readAll(response.body, restartTimer);
		} catch (error) {
			throw signal.aborted || error instanceof AppError ? error : appError("download-interrupted");
		} finally {
			clearTimeout(timer);
		}
	}, signal);
}

async function readAll(body, onChunk) {
	const transform = (chunk, controller) => {
		onChunk();
		controller.enqueue(chunk);
	};
	return new Uint8Array(await new Response(body.pipeThrough(new TransformStream({ transform }))).arrayBuffer());
}
