/** Waiting for faults to pass, and for results. */

import { getImage } from "./api.js";
import { failure } from "./failures.js";

const PASSING = ["api-unreachable", "api-busy", "api-broken", "internal-error", "upload-cut-off", "upload-stalled"];
const TRIES = 5;
const PATIENCE = 180_000;
const BAD_ANSWERS = 3; // in a row
const AT_ONCE = 6;
const SLOWER = 0.1; // of the time that it took

const waiting = [];
export const underWay = new Set(); // uploads
export const recorded = new Set(); // ids, not their bytes yet

export async function persist(work, signal, paused) {
	for (let tries = 1; ; tries += 1) {
		try {
			return await work();
		} catch (error) {
			if (signal.aborted || !PASSING.includes(error.code) || tries === TRIES) throw error;
			paused(error);
			await sleep(1000 * 2 ** (tries - 1) * (0.5 + Math.random() / 2), signal); // not all at the same moment
			if (!navigator.onLine) await heard(window, "online", signal);
		}
	}
}

export const isWaitedFor = (id) => waiting.includes(id) || [...underWay].some((upload) => upload.id === id);

export async function waitFor(id, signal) {
	waiting.push(id);
	try {
		return await answerFor(id, signal);
	} finally {
		waiting.splice(waiting.indexOf(id), 1);
	}
}

async function answerFor(id, signal) {
	const share = () => Math.max(1, waiting.length / AT_ONCE);
	const patience = PATIENCE * share();
	let began = performance.now();
	let bad = 0;
	for (;;) {
		const since = performance.now();
		while (document.hidden) await heard(document, "visibilitychange", signal);
		began += performance.now() - since;
		let wait = 1000 * 2 ** bad;
		try {
			const answer = await getImage(id, signal);
			if (answer.image.status !== "pending") {
				recorded.delete(id);
				return answer;
			}
			bad = 0;
			wait = Math.max(answer.wait * share(), (performance.now() - began) * SLOWER);
		} catch (error) {
			bad += 1;
			if (signal.aborted || !PASSING.includes(error.code) || bad === BAD_ANSWERS) throw error;
		}
		if (performance.now() + wait > began + patience) throw failure("still-working");
		await sleep(wait, signal);
	}
}

const sleep = (milliseconds, signal) => until((resolve) => setTimeout(resolve, milliseconds), signal);
const heard = (target, type, signal) => until((resolve) => target.addEventListener(type, resolve, { once: true, signal }), signal);

function until(begin, signal) {
	signal.throwIfAborted();
	const { promise, resolve, reject } = Promise.withResolvers();
	const abort = () => reject(signal.reason);
	signal.addEventListener("abort", abort, { once: true });
	begin(resolve);
	return promise.finally(() => signal.removeEventListener("abort", abort));
}
