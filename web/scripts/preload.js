/** Loads the results and previews of photos that are probably shown next. */

import { listen } from "./dom.js";
import { checkImage } from "./polling.js";

const MAX_AGE_MS = 120_000; // the links in a response are valid for longer

let preloaded = new Map(); // by id: {at, response, img}

/** Keeps those of `ids` only. */
export function preload(ids) {
	preloaded = new Map(ids.map((id) => [id, fresh(id) ?? load(id)]));
}

/** The response of GET /images/{id}, loaded in advance or now. */
export async function loadImage(id, signal) {
	const found = await fresh(id)?.response;
	signal.throwIfAborted();
	if (found) return found;
	const loaded = await checkImage(id, signal);
	if (loaded.image.status === "done") preloaded.set(id, { at: performance.now(), response: Promise.resolve(loaded) });
	return loaded;
}

function load(id) {
	const img = new Image();
	const response = checkImage(id).then((found) => {
		if (found.image.status !== "done") return null;
		img.src = found.links.preview;
		return found;
	}).catch(() => null);
	return { at: performance.now(), response, img };
}

function fresh(id) {
	const found = preloaded.get(id);
	return found && performance.now() - found.at < MAX_AGE_MS ? found : undefined;
}

listen({
	"image-changed": ({ image }) => preloaded.delete(image.id),
	"signed-out": () => preloaded.clear(),
});
