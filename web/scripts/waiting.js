/** Waits for an image's result: as often as the API asks, not at all while nobody looks. */

import { getImage } from "./api.js";
import { failure } from "./failures.js";
import { passes, sleep } from "./retrying.js";

const PATIENCE = 180_000;
const BAD_ANSWERS = 3; // in a row; a single one is a hiccup of the connection
const AT_ONCE = 6; // with more pictures than these, each is asked for less often

const waiting = []; // ids; one may be there twice

/** Whether somebody waits for this image here already, so that nobody else need ask. */
export const isWaitedFor = (id) => waiting.includes(id);

/** The answer of GET /images/{id} once the image is done or failed. */
export async function waitFor(id, signal) {
  waiting.push(id);
  try {
    return await answerFor(id, signal);
  } finally {
    waiting.splice(waiting.indexOf(id), 1);
  }
}

async function answerFor(id, signal) {
  let deadline = performance.now() + PATIENCE * share();
  let bad = 0;
  for (;;) {
    deadline += await visible(signal);
    let wait = 1000 * 2 ** bad;
    try {
      const answer = await getImage(id, signal);
      if (answer.image.status !== "pending") return answer;
      bad = 0;
      wait = answer.wait * share();
    } catch (error) {
      bad += 1;
      if (signal.aborted || !passes(error) || bad === BAD_ANSWERS) throw error;
    }
    if (performance.now() + wait > deadline) throw failure("still-working");
    await sleep(wait, signal);
  }
}

const share = () => Math.max(1, waiting.length / AT_ONCE);

/** Resolves as soon as the tab is looked at, with the milliseconds that took. */
async function visible(signal) {
  const since = performance.now();
  while (document.hidden) {
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
  signal.throwIfAborted();
  return performance.now() - since;
}
