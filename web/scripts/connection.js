/** Whether the API can be reached. When it can be again, `connection-restored` says so. */

import { config } from "./config.js";
import { byId, emit, on } from "./dom.js";
import { t } from "./words.js";

const MIN_DELAY_MS = 2_000;
const MAX_DELAY_MS = 30_000;
const TIMEOUT_MS = 10_000;

const line = byId("offline");

let isDown = !navigator.onLine;
let isProbing = false;
let delay = MIN_DELAY_MS;
let timer;

/** Tells whether a request reached the API. If one didn't, others may: the connection is lost if none does. */
export function reportReach(isReached) {
	if (isReached) delay = MIN_DELAY_MS;
	if (isReached && isDown && navigator.onLine) setDown(false); // else it was sent before
	else if (!isReached && !isDown) probe();
}

function setDown(down) {
	const isRestored = isDown && !down;
	isDown = down;
	const key = navigator.onLine ? "offline.unreachable" : "offline.offline";
	line.textContent = down ? t(key) : "";
	clearTimeout(timer);
	if (down && navigator.onLine) probeLater();
	if (isRestored) emit("connection-restored");
}

function probeLater() {
	timer = setTimeout(probe, delay);
	delay = Math.min(2 * delay, MAX_DELAY_MS);
}

async function probe() {
	if (isProbing) return;
	isProbing = true;
	clearTimeout(timer);
	try {
		const signal = AbortSignal.timeout(TIMEOUT_MS);
		await fetch((await config()).apiUrl, { mode: "no-cors", cache: "no-store", signal }); // any response
		if (isDown) setDown(false);
	} catch {
		setDown(true);
	}
	isProbing = false;
}

on(window, { offline: () => setDown(true), online: probe });
setDown(isDown);
