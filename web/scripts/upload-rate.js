/** How fast bytes are sent, from the last seconds. */

const WINDOW_MS = 10_000;
const STABLE_MS = 4_000; // before that, the time left would jump

export class UploadRate {
	#samples = [];
	#moved = 0;
	#sent = 0;

	/** `sent` decreases when an upload starts again; what it had sent was sent nonetheless. */
	add(sent) {
		const now = performance.now();
		this.#moved += Math.max(sent - this.#sent, 0);
		this.#sent = sent;
		this.#samples.push({ at: now, moved: this.#moved });
		while (this.#samples[0].at < now - WINDOW_MS) this.#samples.shift();
	}

	reset() {
		this.#samples = [];
	}

	get isStable() {
		return this.#duration >= STABLE_MS;
	}

	get #duration() {
		return this.#samples.length > 1 ? this.#samples.at(-1).at - this.#samples[0].at : 0;
	}

	get bytesPerSecond() {
		return this.#duration > 0 ? ((this.#samples.at(-1).moved - this.#samples[0].moved) / this.#duration) * 1000 : 0;
	}
}
