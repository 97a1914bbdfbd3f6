import { getImage, retryImage } from "./api.js";
import { emit } from "./dom.js";
import { appError } from "./errors.js";

const RETRYABLE = ["api-unreachable", "api-busy", "api-error", "internal-error", "upload-interrupted", "upload-stalled", "download-interrupted"];
const MAX_ATTEMPTS = 5;
const POLL_TIMEOUT_MS = 180_000;
const MAX_POLL_ERRORS = 3;
const MAX_PARALLEL = 6;
const SLOWDOWN = 0.1; // of the elapsed time

const polled = [];
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

export const isPolled = (id) => polled.includes(id) || [...activeUploads].some((upload) => upload.id === id);

export async function checkImage(id, signal) {
	const response = await getImage(id, signal);
	if (response.image.status !== "pending") unsentIds.delete(id);
	return response;
}

export async function pollImage(id, signal) {
	polled.push(id);
	try {
		return await poll(id, signal);
	} finally {
		polled.splice(polled.indexOf(id), 1);
	}
}

async function poll(id, signal) {
	const load = () => Math.max(1, polled.length / MAX_PARALLEL);
	const timeout = POLL_TIMEOUT_MS * load();
	let start = performance.now();
	let errors = 0;
	for (;;) {
		const hiddenAt = performance.now();
		while (document.hidden) await nextEvent(document, "visibilitychange", signal);
		start += performance.now() - hiddenAt;
		let wait = 1000 * 2 ** errors;
		try {
			const response = await checkImage(id, signal);
			if (response.image.status !== "pending") return response;
			errors = 0;
			wait = Math.max(response.waitMs * load(), (performance.now() - start) * SLOWDOWN);
		} catch (error) {
			errors += 1;
			if (signal.aborted || !RETRYABLE.includes(error.code) || errors === MAX_POLL_ERRORS) throw error;
		}
		if (performance.now() + wait > start + timeout) throw appError("slow-result");
		await sleep(wait, signal);
	}
}

export const sleep = (ms, signal) => abortable((resolve) => setTimeout(resolve, ms), signal);
const nextEvent = (target, type, signal) => abortable((resolve) => target.addEventListener(type, resolve, { once: true, signal }), signal);

function abortable(begin, signal) {
	signal.throwIfAborted();
	const { promise, resolve, reject } = Promise.withResolvers();
	const abort = () => reject(signal.reason);
	signal.addEventListener("abort", abort, { once: true });
	begin(resolve);
	return promise.finally(() => signal.removeEventListener("abort", abort));
}
