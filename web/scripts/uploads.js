/** The way of one file: hash, ask, send, wait. It can be stopped, and it goes on from where it failed. */

import { createUpload } from "./api.js";
import { asFailure, failure, Failure } from "./failures.js";
import { sha256 } from "./hash.js";
import { mediaType } from "./mediatypes.js";
import { put } from "./put.js";
import { waitFor } from "./waiting.js";

const TOO_MUCH_TO_READ = 256 * 1024 * 1024; // far above what any deployment takes
const UNREAD = "0".repeat(64);

/** Tells "change" whenever `state` is another: {phase, share?, known?, answer?, failure?}. */
export class Upload extends EventTarget {
  #limit;
  #stop = new AbortController();
  #id;
  #arrived = false; // the bytes are there, only the result is missing

  constructor(file, limit) {
    super();
    this.file = file;
    this.#limit = limit;
    this.state = { phase: "waiting" };
  }

  /** Starts, or goes on after a failure; never throws. */
  async run() {
    this.#become({ phase: "waiting" });
    try {
      const known = await this.#limit(() => this.#send());
      this.#become({ phase: "recognising" });
      const answer = await waitFor(this.#id, this.#stop.signal);
      if (answer.image.status === "failed") throw this.#rejection(answer);
      this.#become({ phase: "done", known, answer });
    } catch (error) {
      this.#become(this.#stop.signal.aborted ? { phase: "stopped" } : { phase: "failed", failure: asFailure(error) });
    }
  }

  stop() {
    this.#stop.abort();
  }

  /** True when nothing had to be sent. */
  async #send() {
    if (this.#arrived) return false;
    const first = await this.#ask();
    if (!first.upload) return true;
    const again = await this.#put(first.upload);
    if (again) {
      const second = await this.#ask(); // the first permission ran out, as when a laptop slept meanwhile
      if (second.upload && (await this.#put(second.upload))) throw failure("upload-expired");
    }
    this.#arrived = true;
    return false;
  }

  async #ask() {
    const { file } = this;
    // Hashing reads the whole file into memory. What is refused for its size needs no hash to be refused.
    if (file.size > TOO_MUCH_TO_READ) await this.#request(UNREAD);
    this.#id ??= await this.#hash();
    return this.#request(this.#id);
  }

  #request(sha) {
    const { name, size } = this.file;
    const request = { fileName: name, contentType: mediaType(this.file), size, sha256: sha };
    return createUpload(request, this.#stop.signal);
  }

  #hash() {
    const report = (share) => this.#become({ phase: "hashing", share });
    report(0);
    return sha256(this.file, { signal: this.#stop.signal, report });
  }

  /** True when the permission has run out. */
  async #put(permission) {
    const report = (share) => this.#become({ phase: "uploading", share });
    report(0);
    try {
      return (await put(this.file, permission, { signal: this.#stop.signal, report })) === "expired";
    } catch (error) {
      this.#id = undefined; // the file may have changed: read it again
      throw error;
    }
  }

  #rejection({ image }) {
    this.#arrived = false; // the API starts a failed image anew
    return new Failure(image.reason?.code ?? "failed", image.reason?.message ?? "The picture could not be recognised.");
  }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}

/** Lets so many pieces of work run at once; the others wait their turn. */
export function atMost(count) {
  const waiting = [];
  let free = count;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
