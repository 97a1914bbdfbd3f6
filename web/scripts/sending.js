/** A file on its way: type, hash, bytes. */

import { failure } from "./failures.js";
import { on } from "./dom.js";

const STALLED = 60_000;
const ENDINGS = { jpg: "jpeg", jpe: "jpeg", jfif: "jpeg", hif: "heif", tif: "tiff" };
const TYPES = /^(jpeg|mpo|png|webp|gif|bmp|heic|heif|avif|tiff)$/;

export function mediaType({ type, name }) {
	const ending = name.split(".").at(-1).toLowerCase();
	const format = ENDINGS[ending] ?? ending;
	return type || (TYPES.test(format) ? `image/${format}` : "application/octet-stream");
}

export async function sha256(file) {
	if (!globalThis.crypto?.subtle) throw failure("insecure");
	const bytes = await file.arrayBuffer().catch(() => Promise.reject(failure("unreadable")));
	const digest = await crypto.subtle.digest("SHA-256", bytes);
	return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** fetch does not tell how much is sent. */
export function put(file, { method, url, headers }, signal, report) {
	const { promise, resolve, reject } = Promise.withResolvers();
	const request = new XMLHttpRequest();
	let stall;
	const stop = (reason) => {
		reject(reason);
		request.abort();
	};
	const watch = () => {
		clearTimeout(stall);
		stall = setTimeout(() => stop(failure("upload-stalled")), STALLED);
	};
	request.open(method, url);
	for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
	on(request.upload, {
		progress: ({ loaded, total }) => {
			watch();
			report(loaded / total);
		},
	});
	on(request, { error: () => reject(failure("upload-cut-off")), load: () => resolve(request) });
	on(signal, { abort: () => stop(signal.reason) });
	watch();
	request.send(file);
	return promise.then(outcome);
}

function outcome({ status, responseText }) {
	if (status >= 200 && status < 300) return "stored";
	if (status === 412) return "already-there"; // by another tab
	if (status === 403 && !responseText.includes("SignatureDoesNotMatch")) return "expired";
	if (/BadDigest|ChecksumMismatch/.test(responseText)) throw failure("upload-changed");
	throw failure(status === 409 || status === 429 || status >= 500 ? "api-busy" : "upload-refused");
}
