/** Small pictures of chosen files, until there are thumbnails. */

import { activeUploads } from "./polling.js";

const SIDE = 320; // pixels
const MAX_RATIO = 4;
const MAX_FILE_BYTES = 64 * 1024 * 1024; // decoded one at a time, but whole
const MAX_KEPT = 200;

const urls = new Map(); // by file, as promises, the last used last
let last = Promise.resolve();

/** The URL of a picture, or undefined if the browser can't decode the file. */
export function previewOf(file) {
	const url = urls.get(file) ?? (last = last.then(() => render(file)).catch(() => undefined));
	urls.delete(file);
	urls.set(file, url);
	if (urls.size > MAX_KEPT) forget(urls.keys().next().value);
	return url;
}

/** Like `previewOf`, for an image that is being uploaded. */
export async function localPreview(id) {
	const upload = [...activeUploads].find((each) => each.id === id);
	return upload && previewOf(upload.file);
}

async function forget(file) {
	const url = urls.get(file);
	urls.delete(file);
	URL.revokeObjectURL(await url);
}

async function render(file) {
	if (file.size > MAX_FILE_BYTES) return undefined;
	const bitmap = await createImageBitmap(file, { resizeHeight: SIDE, resizeQuality: "medium" });
	const width = Math.min(bitmap.width, SIDE * MAX_RATIO);
	const canvas = new OffscreenCanvas(width, SIDE);
	canvas.getContext("2d").drawImage(bitmap, (width - bitmap.width) / 2, 0);
	bitmap.close();
	return URL.createObjectURL(await canvas.convertToBlob({ type: "image/webp", quality: 0.8 }));
}
