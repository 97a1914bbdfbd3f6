import { on } from "./dom.js";
import { appError } from "./errors.js";

const STALL_TIMEOUT_MS = 60_000;
const ALIASES = { jpg: "jpeg", jpe: "jpeg", jfif: "jpeg", hif: "heif", tif: "tiff" };
const TYPES = /^(jpeg|mpo|png|webp|gif|bmp|heic|heif|avif|tiff)$/;

const transfers = new Set();

export function mediaType({ type, name }) {
	const extension = name.split(".").at(-1).toLowerCase();
	const format = ALIASES[extension] ?? extension;
	return type || (TYPES.test(format) ? `image/${format}` : "application/octet-stream");
}

export async function sha256(file) {
	if (!globalThis.crypto?.subtle) throw appError("insecure");
	const bytes = await file.arrayBuffer().catch(() => Promise.reject(appError("unreadable")));
	const digest = await crypto.subtle.digest("SHA-256", bytes);
	return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function put(file, { method, url, headers }, signal, onProgress) {
	signal.throwIfAborted();
	const { promise, resolve, reject } = Promise.withResolvers();
	const request = new XMLHttpRequest();
	let timer;
	const abort = (reason) => {
		reject(reason);
		request.abort();
	};
	const restartTimer = () => {
		clearTimeout(timer);
		timer = setTimeout(() => abort(appError("upload-stalled")), STALL_TIMEOUT_MS);
	};
	request.open(method, url);
	for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
	on(request.upload, {
		progress: ({ loaded, total }) => {
			restartTimer();
			onProgress(loaded / total);
		},
	});
	on(request, { error: () => reject(appError("upload-interrupted")), load: () => resolve(request) });
	on(signal, { abort: () => abort(signal.reason) });
	restartTimer();
	request.send(file);
	const transfer = promise.then(outcome);
	const remove = () => transfers.delete(transfer);
	transfers.add(transfer);
	transfer.then(remove, remove);
	return transfer;
}

export async function finishTransfers() {
	while (transfers.size > 0) await Promise.allSettled(transfers);
}

function outcome({ status, responseText }) {
	if (status >= 200 && status < 300) return "stored";
	if (status === 412) return "already-stored";
	if (status === 403 && !responseText.includes("SignatureDoesNotMatch")) return "expired";
	if (/BadDigest|ChecksumMismatch/.test(responseText)) throw appError("upload-changed");
	throw appError(status === 409 || status === 429 || status >= 500 ? "api-busy" : "upload-rejected");
}
