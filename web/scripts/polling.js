import { getImage, getImages, retryImage } from "./api.js";
import { emit } from "./dom.js";
import { AppError, appError } from "./errors.js";

export const RETRYABLE = ["api-unreachable", "api-busy", "api-error", "internal-error", "upload-interrupted", "upload-stalled", "download-interrupted"];
const MAX_ATTEMPTS = 5;
const POLL_TIMEOUT_MS = 180_000;
const MAX_POLL_ERRORS = 3;
const MAX_PARALLEL = 6;
const SLOWDOWN = 0.1; // of the elapsed time
const MAX_IDS = 100; // the API's limit
const SOON_MS = 150;
const SOON_FOR_MS = 5_000;
const MAX_SOON_WAIT_MS = 1_000; // of the API's Retry-After
const FIRST_MS = 300; // no photo has a result sooner after its upload
const MAX_FIRST_MS = 1_500;
const HEAD_START = 0.8; // of the fastest result, before which a new upload isn't asked for

const polls = new Set(); // in the order in which they are asked for
let isFollowing = false;
let fastestMs = 0; // from the end of an upload to its result
let wake = () => {};
export const activeUploads = new Set();
export const unsentIds = new Set(); // have a record, but no bytes yet

export async function retry(work, signal, onRetry) {
	for (let attempt = 1; ; attempt += 1) {
		try {
			return await work();
		} catch (error) {
			if (signal.aborted || !RETRYABLE.includes(error.code) || attempt === MAX_ATTEMPTS) throw error;
			onRetry(error);
			await sleep(1000 * 2 ** (attempt - 1) * (0.5 + Math.random() / 2), signal);
			if (!navigator.onLine) await nextEvent(window, "online", signal);
		}
	}
}

export const isRetryable = ({ reason }) => reason?.code === "unavailable";

export async function retryRecognition(id) {
	emit("image-changed", await retryImage(id));
}

export const isPolled = (id) => [...polls, ...activeUploads].some((each) => each.id === id);

export async function checkImage(id, signal) {
	const response = await getImage(id, signal);
	if (response.image.status !== "pending") unsentIds.delete(id);
	return response;
}

/** Resolves to `{image, links}` with the thumbnail's link when an image is no longer pending. */
export async function pollImage(id, signal) {
	const poll = { id, since: performance.now() };
	try {
		return await abortable((resolve, reject) => {
			Object.assign(poll, { resolve, reject });
			polls.add(poll);
			if (polls.size <= MAX_PARALLEL) wake();
			if (!isFollowing) follow();
		}, signal);
	} finally {
		polls.delete(poll);
	}
}

/** Like `pollImage`, for a photo that was uploaded just now. Begins when it may be recognized, by the fastest one so far. */
export async function pollNewImage(id, signal) {
	const begun = performance.now();
	await sleep(Math.min(Math.max(FIRST_MS, HEAD_START * fastestMs), MAX_FIRST_MS), signal);
	const response = await pollImage(id, signal);
	fastestMs = Math.min(fastestMs || Infinity, performance.now() - begun);
	return response;
}

/** Like `pollImage`, with the result and all links. */
export async function pollResult(id, signal) {
	const response = await pollImage(id, signal);
	return "result" in response ? response : checkImage(id, signal);
}

/** Asks for all polled images with one request, again and again. */
async function follow() {
	isFollowing = true;
	for (let errors = 0; ; ) {
		await whileHidden();
		if (polls.size === 0) break;
		const due = [...polls].slice(0, MAX_IDS);
		let waitMs = 1000 * 2 ** errors;
		try {
			waitMs = await ask(due);
			if (polls.size > 0) waitMs = intervalFor(waitMs);
			errors = 0;
		} catch (error) {
			errors += 1;
			if (!RETRYABLE.includes(error.code) || errors === MAX_POLL_ERRORS) {
				due.forEach((poll) => settle(poll).reject(error));
				errors = 0;
			}
		}
		for (const poll of due) if (polls.delete(poll)) polls.add(poll); // others are next
		const timeout = POLL_TIMEOUT_MS * Math.max(1, polls.size / MAX_PARALLEL);
		for (const poll of polls) if (performance.now() + waitMs > poll.since + timeout) settle(poll).reject(appError("slow-result"));
		await new Promise((resolve) => {
			const timer = setTimeout(resolve, waitMs);
			wake = () => resolve(clearTimeout(timer));
		});
	}
	isFollowing = false;
}

function settle(poll) {
	polls.delete(poll);
	return poll;
}

async function whileHidden() {
	const hiddenAt = performance.now();
	while (document.hidden) await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
	for (const poll of polls) poll.since += performance.now() - hiddenAt;
}

function intervalFor(waitMs) {
	const elapsed = performance.now() - Math.max(...[...polls].map(({ since }) => since)); // of the last one
	const isSoon = polls.size <= MAX_PARALLEL && elapsed < SOON_FOR_MS && waitMs <= MAX_SOON_WAIT_MS;
	return isSoon ? SOON_MS : Math.max(waitMs, elapsed * SLOWDOWN);
}

/** Settles what is known. Returns when to ask again. */
async function ask(due) {
	const ids = [...new Set(due.map(({ id }) => id))];
	const { results, waitMs } = ids.length > 1 ? await getImages(ids) : await askForOne(ids[0]);
	const byId = new Map(results.map((result) => [result.id, result]));
	for (const poll of due) {
		const { status, code, detail, image, response } = byId.get(poll.id) ?? {};
		if (status === 404) settle(poll).reject(new AppError(code, detail));
		if (!image || image.status === "pending") continue;
		unsentIds.delete(poll.id);
		settle(poll).resolve(response ?? { image, links: { thumbnail: image.thumbnailUrl } });
	}
	return waitMs;
}

async function askForOne(id) {
	const { waitMs, ...response } = await checkImage(id);
	return { results: [{ id, image: response.image, response }], waitMs };
}

export const sleep = (ms, signal) => abortable((resolve) => setTimeout(resolve, ms), signal);
const nextEvent = (target, type, signal) => abortable((resolve) => target.addEventListener(type, resolve, { once: true, signal }), signal);

function abortable(begin, signal) {
	signal.throwIfAborted();
	const { promise, resolve, reject } = Promise.withResolvers();
	const abort = () => reject(signal.reason);
	signal.addEventListener("abort", abort, { once: true });
	begin(resolve, reject);
	return promise.finally(() => signal.removeEventListener("abort", abort));
}
