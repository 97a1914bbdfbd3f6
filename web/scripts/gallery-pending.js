/** Keeps what is seen up to date: pictures still in work, and links that have run out. Not while nobody looks. */

import { isWaitedFor } from "./waiting.js";
import { getImage } from "./api.js";

const AT_ONCE = 4;
const FIRST = 1500;
const SLOWER = 1.5;
const LONGEST = 20_000;

export class Watch {
  #pictures;
  #visible;
  #ended;
  #waits = new Map(); // id → {wait, at}
  #queue = new Set();
  #busy = 0;
  #timer;
  #stop = new AbortController();

  /** `visible()` gives the pictures in the document; `ended()` hears that one of them is no longer in work. */
  constructor(pictures, visible, ended) {
    this.#pictures = pictures;
    this.#visible = visible;
    this.#ended = ended;
    document.addEventListener("visibilitychange", () => this.follow());
  }

  /** Looks which pictures are still in work; to be called when others come into view. */
  follow() {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    const now = performance.now();
    const pending = this.#visible().filter(({ status, id }) => status === "pending" && !this.#queue.has(id) && !isWaitedFor(id));
    for (const { id } of pending) if (!this.#waits.has(id)) this.#waits.set(id, { wait: FIRST, at: now + FIRST });
    const due = pending.map(({ id }) => ({ id, ...this.#waits.get(id) })).sort((a, b) => a.at - b.at);
    for (const { id, wait, at } of due) {
      if (at > now) break;
      const longer = Math.min(wait * SLOWER, LONGEST);
      this.#waits.set(id, { wait: longer, at: now + longer });
      this.refresh(id);
    }
    const next = due.find(({ at }) => at > now) ?? due[0];
    if (next) this.#timer = setTimeout(() => this.follow(), Math.max(next.at - now, FIRST));
  }

  /** Asks about one picture anew, a few at a time. */
  refresh(id) {
    this.#queue.add(id);
    if (this.#busy < AT_ONCE) this.#work();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#queue.clear();
    this.#waits.clear();
  }

  async #work() {
    this.#busy += 1;
    const { signal } = this.#stop;
    for (const id of this.#queue) {
      this.#queue.delete(id);
      await this.#ask(id, signal);
    }
    this.#busy -= 1;
  }

  async #ask(id, signal) {
    try {
      const { image, links } = await getImage(id, signal);
      if (signal.aborted) return;
      if (image.status === "pending") return;
      if (this.#waits.delete(id)) this.#ended();
      this.#pictures.put({ ...image, thumbnailUrl: links.thumbnail ?? null });
    } catch (error) {
      if (error.code === "not-found") this.#pictures.drop(id);
      // whatever else it was: it is asked again, later
    }
  }
}
