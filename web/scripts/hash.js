/** The SHA-256 of a file, which is also the image's id. */

import { failure } from "./failures.js";

/** In hex. `report(share)` is told how much of the file is read, 0 to 1. */
export async function sha256(file, { signal, report }) {
  if (!globalThis.crypto?.subtle) throw failure("insecure");
  const bytes = await read(file, signal, report);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function read(file, signal, report) {
  const bytes = new Uint8Array(file.size);
  let length = 0;
  try {
    const reader = file.stream().getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      signal.throwIfAborted();
      bytes.set(step.value, length);
      length += step.value.length;
      report(length / file.size);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw failure("unreadable");
  }
  return bytes;
}
