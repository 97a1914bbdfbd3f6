/** Work that takes a while: its progress, a way to cancel it, and what came out of it. */

import { button, listen } from "./dom.js";
import { toError } from "./errors.js";
import { showToast } from "./toasts.js";
import { t } from "./words.js";

const RESULT_MS = 6_000;

const running = new Set();

export const isWorking = () => running.size > 0;

/**
 * `work({setText, signal})` returns `{message, hasFailed}` or nothing. A failure stays until it is dismissed.
 */
export async function runJob(text, work) {
	const controller = new AbortController();
	const { signal } = controller;
	const progress = showToast(text, button("link-button", t("jobs.cancel"), () => controller.abort()));
	running.add(controller);
	try {
		const { message, hasFailed } = (await work({ setText: progress.setText, signal })) ?? {};
		progress.close();
		if (message) showResult(message, hasFailed);
	} catch (error) {
		progress.close();
		if (!signal.aborted && error.name !== "AbortError") showResult(toError(error).message, true);
	} finally {
		running.delete(controller);
	}
}

function showResult(message, stays) {
	const close = () => toast.close();
	const toast = showToast(message, button("link-button", t("jobs.dismiss"), close), stays ? {} : { timeoutMs: RESULT_MS, onTimeout: close });
}

listen({ "signed-out": () => running.forEach((controller) => controller.abort()) });
