/** The way of one file: hash, ask, send, wait. It can be stopped, and it goes on from where it failed. */

import { createUpload, deleteImage } from "./api.js";
import { asFailure, failure, Failure } from "./failures.js";
import { sha256 } from "./hash.js";
import { mediaType } from "./mediatypes.js";
import { put } from "./put.js";
import { persist } from "./retrying.js";
import { waitFor } from "./waiting.js";

const TOO_MUCH_TO_READ = 256 * 1024 * 1024; // far above what any deployment takes
const UNREAD = "0".repeat(64);
const SENDING = new Set(["waiting", "hashing", "uploading", "retrying"]);

const underWay = new Set();
const turns = new Map(); // id → the last that sends it

/** Tells "change" whenever `state` is another: {phase, share?, known?, answer?, failure?}.
 *  Tells the document "image-changed" {image} when the record is made, and when it is done or failed,
 *  and "image-deleted" {id} when a cancelled one is taken back. */
export class Upload extends EventTarget {
  #limit;
  #stop = new AbortController();
  #id;
  #recorded; // the image as the API answered, when it is still to be sent
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
    const { signal } = this.#stop;
    underWay.add(this);
    try {
      const retrying = (failure) => this.#become({ phase: "retrying", failure });
      const known = await persist(() => this.#limit(() => this.#send()), signal, retrying);
      this.#become({ phase: "recognising", known });
      const answer = await waitFor(this.#id, signal);
      changed({ ...answer.image, thumbnailUrl: answer.links?.thumbnail ?? null });
      if (answer.image.status === "failed") throw this.#rejection(answer);
      this.#become({ phase: "done", known, answer });
    } catch (error) {
      if (error.code === "not-found") this.#arrived = false; // deleted meanwhile
      this.#become(signal.aborted ? { phase: "stopped" } : { phase: "failed", failure: asFailure(error) });
    } finally {
      underWay.delete(this);
    }
  }

  /** True while closing the page would cut it off. */
  get sending() {
    return SENDING.has(this.state.phase);
  }

  /** Stops, and takes back the record of a picture whose bytes did not arrive. */
  stop() {
    this.#stop.abort();
    const twin = [...underWay].some((other) => other !== this && other.#recorded?.id === this.#recorded?.id);
    if (this.#recorded && !this.#arrived && !twin) takeBack(this.#recorded);
    this.#recorded = undefined;
  }

  /** True when nothing had to be sent. */
  async #send() {
    this.#stop.signal.throwIfAborted();
    if (this.#arrived) return false;
    // Hashing reads the whole file into memory. What is refused for its size needs no hash to be refused.
    if (this.file.size > TOO_MUCH_TO_READ) await this.#request(UNREAD);
    this.#id ??= await this.#hash();
    return inTurn(this.#id, () => this.#sendHashed());
  }

  async #sendHashed() {
    this.#stop.signal.throwIfAborted();
    const first = await this.#request(this.#id);
    if (!first.upload) return true;
    this.#recorded = first.image;
    changed(first.image);
    const again = await this.#put(first.upload);
    if (again) {
      const second = await this.#request(this.#id); // the first permission ran out, as when a laptop slept meanwhile
      if (second.upload && (await this.#put(second.upload))) throw failure("upload-expired");
    }
    this.#arrived = true;
    return false;
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
    this.#recorded = undefined; // it says why it failed: it stays
    return new Failure(image.reason?.code ?? "failed", image.reason?.message ?? "The picture could not be recognised.");
  }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const changed = (image) => tell("image-changed", { image });

function takeBack({ id }) {
  deleteImage(id).then(() => tell("image-deleted", { id }), () => {}); // else it expires by itself
}

/** One after the other for the same picture: of copies in a folder only the first is sent. */
async function inTurn(id, work) {
  const mine = Promise.allSettled([turns.get(id)]).then(work);
  turns.set(id, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(id) === mine) turns.delete(id);
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
