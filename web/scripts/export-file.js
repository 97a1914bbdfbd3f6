import { saveFile } from "./dom.js";
import { appError } from "./errors.js";

const CHUNK_BYTES = 4_000_000; // are written at once
const isCancellation = ({ name }) => name === "AbortError";

/** Where the bytes of an export go: to a file that the person chooses, or else to a Blob that is downloaded. */
export class ExportFile {
	#handle;
	#stream;
	#parts = [];
	#size = 0;
	#blobs = [];

	/** Asks for the file, if that is possible. Throws AbortError if the person cancels. Needs a recent click or key. */
	async choose(suggestedName, type) {
		if (!globalThis.showSaveFilePicker) return;
		try {
			const accept = { [type]: [`.${suggestedName.split(".").at(-1)}`] };
			this.#handle = await showSaveFilePicker({ id: "export", startIn: "downloads", suggestedName, types: [{ accept }] });
			this.#stream = await this.#handle.createWritable();
		} catch (error) {
			if (isCancellation(error)) throw error;
			this.#handle = undefined; // not permitted: it is downloaded
		}
	}

	async write(...parts) {
		for (const part of parts) {
			this.#parts.push(part);
			this.#size += part.length;
		}
		if (this.#size >= CHUNK_BYTES) await this.#flush();
	}

	/** Browsers can move a Blob to the disk, but not the parts. */
	async #flush() {
		const blob = new Blob(this.#parts);
		this.#parts = [];
		this.#size = 0;
		if (this.#stream) await this.#save(() => this.#stream.write(blob));
		else this.#blobs.push(blob);
	}

	/** Returns the file's name. */
	async close(name, type) {
		await this.#flush();
		if (this.#stream) await this.#save(() => this.#stream.close());
		else saveFile(new Blob(this.#blobs, { type }), name);
		return this.#handle?.name ?? name;
	}

	/** Leaves no file behind. */
	async discard() {
		this.#parts = this.#blobs = [];
		try {
			await this.#stream?.abort();
			if ((await this.#handle?.getFile())?.size === 0) await this.#handle.remove?.();
		} catch (error) {
			console.error(error);
		}
	}

	async #save(work) {
		try {
			await work();
		} catch (error) {
			throw error.name === "QuotaExceededError" ? appError("disk-full") : error;
		}
	}
}
