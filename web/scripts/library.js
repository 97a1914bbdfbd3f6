/** What GET /labels says about all photos: their counts, labels and colors, the month's cost, and the quota. */

import { listLabels } from "./api.js";
import { emit, listen } from "./dom.js";
import { activeUploads } from "./polling.js";

const RELOAD_DELAY_MS = 1_500;
const UPLOADING_DELAY_MS = 5_000; // while several photos are uploaded

let latest = null;
let generation = 0; // to ignore the response to another user's request
let timer;
let dueAt;

/** The last response, or null. */
export const library = () => latest;

/** Without those that failed, which only their own view shows. */
export const photoCount = () => (latest?.library ? latest.library.images - latest.library.failed : 0);

async function load() {
	timer = clearTimeout(timer);
	const started = generation;
	const response = await listLabels().catch(() => null); // optional
	if (started !== generation) return;
	if (!response) return emit("library-failed");
	latest = response;
	emit("library-changed", latest);
}

function loadWithin(delay) {
	if (timer && dueAt <= performance.now() + delay) return;
	clearTimeout(timer);
	timer = setTimeout(load, delay);
	dueAt = performance.now() + delay;
}

const loadSoon = () => loadWithin(RELOAD_DELAY_MS);

listen({
	"labels-changed": loadSoon,
	"image-changed": () => loadWithin(activeUploads.size > 1 ? UPLOADING_DELAY_MS : RELOAD_DELAY_MS),
	"image-deleted": loadSoon,
	"connection-restored": load,
	"signed-in": load,
	"signed-out": () => {
		timer = clearTimeout(timer);
		generation += 1;
		latest = null;
	},
});
