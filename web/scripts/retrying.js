/** Passing faults: trying again by itself, each time a little later, and not all at the same moment. */

const PASSING = new Set(["api-unreachable", "api-busy", "api-broken", "internal-error", "sign-in-unreachable",
  "upload-cut-off", "upload-stalled"]);
const TRIES = 5;
const FIRST = 1000;

export const passes = ({ code }) => PASSING.has(code);

/** Does the work until it succeeds, fails for good, or has failed often enough. `tell(failure)` hears of each pause. */
export async function persist(work, signal, tell) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !passes(error) || tries === TRIES) throw error;
      tell(error);
      await sleep(FIRST * 2 ** (tries - 1) * (0.5 + Math.random() / 2), signal);
      if (!navigator.onLine) await online(signal);
    }
  }
}

export function sleep(milliseconds, signal) {
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

function online(signal) {
  return new Promise((resolve, reject) => {
    addEventListener("online", resolve, { once: true, signal });
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
