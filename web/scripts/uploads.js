/** The way of one file: hash, ask, send, wait. */

import { createUpload, deleteImage } from "./api.js";
import { tell } from "./dom.js";
import { asFailure, failure, Failure } from "./failures.js";
import { persist, recorded, underWay, waitFor } from "./patience.js";
import { mediaType, put, sha256 } from "./sending.js";

const AT_ONCE = 6;
const TOO_MUCH_TO_READ = 256 * 1024 * 1024; // more than anybody takes
const UNREAD = "0".repeat(64);

const turns = new Map();
const queue = [];
let free = AT_ONCE;

export class Upload extends EventTarget {
	#stop = new AbortController();
	#begun; // what the API answered
	#unread = true;
	#arrived = false; // only the result is missing
	id;
	state = { phase: "waiting" };

	constructor(file) {
		super();
		this.file = file;
	}

	async run() {
		this.#become({ phase: "waiting" });
		const { signal } = this.#stop;
		underWay.add(this);
		try {
			const known = await persist(() => limited(() => this.#send()), signal, (failure) => this.#become({ phase: "retrying", failure }));
			this.#become({ phase: "recognising", known });
			const { image, links } = await waitFor(this.id, signal);
			tell("image-changed", { image: { ...image, thumbnailUrl: links?.thumbnail } });
			if (image.status === "failed") {
				this.#arrived = false;
				throw new Failure(image.reason.code, image.reason.message);
			}
			this.#become({ phase: "done", known, image });
		} catch (error) {
			if (error.code === "not-found") this.#arrived = false;
			this.#become(signal.aborted ? { phase: "stopped" } : { phase: "failed", failure: asFailure(error) });
		} finally {
			underWay.delete(this);
			if (this.#arrived && this.state.phase !== "done") tell("image-changed", this.#begun); // the gallery waits now
		}
	}

	get sending() {
		return ["waiting", "hashing", "uploading", "retrying"].includes(this.state.phase);
	}

	stop() {
		this.#stop.abort();
		underWay.delete(this);
		const { id } = this;
		const needed = [...underWay].some((other) => other.id === id);
		if (!needed && recorded.delete(id)) deleteImage(id).then(() => tell("image-deleted", { id }), () => {});
	}

	async #send() {
		if (this.#arrived) return false;
		this.#stop.signal.throwIfAborted();
		if (this.file.size > TOO_MUCH_TO_READ) await this.#request(UNREAD);
		if (this.#unread) {
			this.#become({ phase: "hashing" });
			this.id = await sha256(this.file);
			this.#unread = false;
		}
		return inTurn(this.id, () => this.#sendHashed());
	}

	async #sendHashed() {
		this.#begun = await this.#request(this.id);
		if (!this.#begun.upload) return true;
		tell("image-changed", this.#begun);
		if (await this.#put(this.#begun.upload)) {
			const second = await this.#request(this.id); // the first one ran out
			if (second.upload && (await this.#put(second.upload))) throw failure("upload-expired");
		}
		recorded.delete(this.id);
		this.#arrived = true;
		return false;
	}

	async #request(sha) {
		const { signal } = this.#stop;
		signal.throwIfAborted();
		const { name, size } = this.file;
		const begun = await createUpload({ fileName: name, contentType: mediaType(this.file), size, sha256: sha });
		recorded[begun.upload ? "add" : "delete"](sha);
		if (signal.aborted) this.stop(); // takes it back
		signal.throwIfAborted();
		return begun;
	}

	async #put(permission) {
		const report = (share) => this.#become({ phase: "uploading", share });
		report(0);
		try {
			return (await put(this.file, permission, this.#stop.signal, report)) === "expired";
		} catch (error) {
			this.#unread = true; // the file may have changed
			throw error;
		}
	}

	#become(state) {
		this.state = state;
		this.dispatchEvent(new Event("change"));
	}
}

async function inTurn(id, work) {
	const mine = Promise.allSettled([turns.get(id)]).then(work);
	turns.set(id, mine);
	try {
		return await mine;
	} finally {
		if (turns.get(id) === mine) turns.delete(id);
	}
}

async function limited(work) {
	free -= 1;
	if (free < 0) await new Promise((resolve) => queue.push(resolve));
	try {
		return await work();
	} finally {
		free += 1;
		queue.shift()?.();
	}
}
