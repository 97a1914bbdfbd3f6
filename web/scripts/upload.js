import { createUpload, deleteImage } from "./api.js";
import { emit } from "./dom.js";
import { AppError, appError, reasonText, toError } from "./errors.js";
import { displayName } from "./format.js";
import { checkFormat, isSuspect } from "./formats.js";
import { HELD, holdSignal, isHeld, whenResumed } from "./hold.js";
import { activeUploads, isRetryable, pollImage, pollNewImage, retry, retryRecognition, sleep, unsentIds } from "./polling.js";
import { oneAtATime, withSlot } from "./slots.js";
import { mediaType, put, sha256 } from "./transfer.js";

const MAX_HASHED_BYTES = 256 * 1024 * 1024;
const NO_HASH = "0".repeat(64);
const LIMITS = ["quota-exceeded", "ceiling-reached"]; // for a day or a month
const PERMANENT = ["invalid-request", "unsupported-type", "unsupported-format", "not-an-image", "broken", "empty", "too-large", "too-many-pixels", "too-narrow", "too-complex"];

let pause; // while the API limits the rate
let refusal; // the last error of LIMITS

/** Whether another attempt with the same file can succeed. */
export const canRetry = ({ code }) => !PERMANENT.includes(code);

export class Upload extends EventTarget {
	#abort = new AbortController();
	#created;
	#knownRefusal;
	#needsHash = true;
	#isStored = false;
	#isRetryable = false;
	id;
	state = { phase: "waiting" };

	constructor(file) {
		super();
		this.file = file;
		this.name = displayName(file.name);
	}

	async run() {
		this.#setState({ phase: "waiting" });
		this.#knownRefusal = refusal;
		const { signal } = this.#abort;
		activeUploads.add(this);
		let isSent = false;
		try {
			if (isSuspect(this.file)) await checkFormat(this.file);
			const known = await retry(() => withSlot(() => this.#sendUnlessHeld()), signal, (error) => this.#setState({ phase: "retrying", error }));
			isSent = true;
			this.#setState({ phase: "recognizing", known });
			const { image, links } = await (known ? pollImage : pollNewImage)(this.id, signal);
			emit("image-changed", { image: { ...image, thumbnailUrl: links?.thumbnail } });
			if (image.status === "failed") {
				this.#isStored = false;
				this.#isRetryable = isRetryable(image);
				throw new AppError(image.reason.code, reasonText(image.reason));
			}
			this.#setState({ phase: "done", known, image });
		} catch (error) {
			if (error.code === "not-found") this.#isStored = false;
			this.#setState(signal.aborted ? { phase: "canceled" } : { phase: "failed", error: toError(error), isSent });
		} finally {
			activeUploads.delete(this);
			if (this.#isStored && this.state.phase !== "done") emit("image-changed", this.#created); // the grid polls now
		}
	}

	get isUnsent() {
		return ["waiting", "hashing", "uploading", "retrying"].includes(this.state.phase);
	}

	cancel() {
		this.#abort.abort();
		activeUploads.delete(this);
		const { id } = this;
		const isShared = () => [...activeUploads].some((upload) => upload.id === id);
		if (unsentIds.has(id) && !isShared() && unsentIds.delete(id)) deleteImage(id).then(() => emit("image-deleted", { id }), () => {});
	}

	async #sendUnlessHeld() {
		for (;;) {
			if (isHeld()) {
				this.#setState({ phase: "waiting" });
				await whenResumed();
			}
			try {
				return await this.#send();
			} catch (error) {
				if (error !== HELD) throw error;
			}
		}
	}

	/** True if already uploaded. */
	async #send() {
		if (this.#isRetryable) await this.#retry();
		if (this.#isStored) return false;
		this.#throwIfStopped();
		if (this.file.size > MAX_HASHED_BYTES) await this.#create(NO_HASH);
		if (this.#needsHash) {
			this.#setState({ phase: "hashing" });
			await checkFormat(this.file);
			this.id = await sha256(this.file);
			this.#needsHash = false;
		}
		return oneAtATime(this.id, () => this.#sendHashed());
	}

	async #retry() {
		try {
			await retryRecognition(this.id);
			this.#isStored = true;
		} catch (error) {
			if (!["not-retryable", "not-found"].includes(error.code)) throw error;
		}
		this.#isRetryable = false;
	}

	async #sendHashed() {
		this.#created = await this.#create(this.id);
		const { image, upload } = this.#created;
		this.#isStored = !upload && image.status === "pending";
		if (upload || this.#isStored) emit("image-changed", this.#created);
		if (!upload) return true;
		if (await this.#hasExpired(upload)) {
			const { upload: renewed } = await this.#create(this.id);
			if (renewed && (await this.#hasExpired(renewed))) throw appError("upload-expired");
		}
		unsentIds.delete(this.id);
		this.#isStored = true;
		return false;
	}

	/** Fails without a request if another upload was refused since this one was started. */
	#throwIfStopped() {
		this.#abort.signal.throwIfAborted();
		holdSignal().throwIfAborted();
		if (refusal !== this.#knownRefusal) throw refusal;
	}

	async #create(id) {
		const { signal } = this.#abort;
		const created = await this.#request({ fileName: this.name, contentType: mediaType(this.file), size: this.file.size, sha256: id });
		unsentIds[created.upload ? "add" : "delete"](id);
		if (signal.aborted) this.cancel();
		signal.throwIfAborted();
		return created;
	}

	/** Waits for all uploads while the API limits the rate. */
	async #request(request) {
		for (let wait; (wait = pause?.until - performance.now()) > 0; ) {
			this.#setState({ phase: "waiting", error: pause.error });
			await sleep(wait, this.#abort.signal);
		}
		this.#throwIfStopped();
		try {
			return await createUpload(request);
		} catch (error) {
			if (error.code === "rate-limited") {
				pause = { error, until: performance.now() + error.waitMs };
				return this.#request(request);
			}
			if (LIMITS.includes(error.code)) {
				refusal = error;
				emit("labels-changed"); // shows the quota
			}
			throw error;
		}
	}

	/** True if the link has expired. */
	async #hasExpired(upload) {
		const onProgress = (ratio) => this.#setState({ phase: "uploading", ratio });
		onProgress(0);
		try {
			return (await put(this.file, upload, AbortSignal.any([this.#abort.signal, holdSignal()]), onProgress)) === "expired";
		} catch (error) {
			this.#needsHash = true;
			throw error;
		}
	}

	#setState(state) {
		this.state = state;
		this.dispatchEvent(new Event("change"));
	}
}
