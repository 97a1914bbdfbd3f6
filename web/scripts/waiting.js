/** Waits for an image's result: as often as the API asks, not at all while nobody looks. */

import { getImage } from "./api.js";
import { failure } from "./failures.js";

const PATIENCE = 180_000;
const BAD_ANSWERS = 3; // in a row; a single one is a hiccup of the connection
const WORTH_ASKING_AGAIN = new Set(["api-unreachable", "api-busy", "api-broken", "internal-error"]);

/** The answer of GET /images/{id} once the image is done or failed. */
export async function waitFor(id, signal) {
  let deadline = performance.now() + PATIENCE;
  let bad = 0;
  for (;;) {
    deadline += await visible(signal);
    let wait = 1000 * 2 ** bad;
    try {
      const answer = await getImage(id, signal);
      if (answer.image.status !== "pending") return answer;
      bad = 0;
      wait = answer.wait;
    } catch (error) {
      bad += 1;
      if (signal.aborted || !WORTH_ASKING_AGAIN.has(error.code) || bad === BAD_ANSWERS) throw error;
    }
    if (performance.now() + wait > deadline) throw failure("still-working");
    await sleep(wait, signal);
  }
}

function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", abort, { once: true });
  });
}

/** Resolves as soon as the tab is looked at, with the milliseconds that took. */
async function visible(signal) {
  const since = performance.now();
  while (document.hidden) {
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
  signal.throwIfAborted();
  return performance.now() - since;
}
