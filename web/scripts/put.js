/** Sends a file to the presigned address. XMLHttpRequest, as fetch does not tell how much is sent. */

import { failure } from "./failures.js";

const STALLED = 60_000;

/** Resolves with "stored", "already-there" or "expired"; all else is a Failure. `report(share)` counts real bytes. */
export function put(file, { method, url, headers }, { signal, report }) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    let stall;
    const settle = (act, value) => {
      clearTimeout(stall);
      signal.removeEventListener("abort", abort);
      act(value);
    };
    const abort = () => {
      request.abort();
      settle(reject, signal.reason);
    };
    const watch = () => {
      clearTimeout(stall);
      stall = setTimeout(() => {
        request.abort();
        settle(reject, failure("upload-stalled"));
      }, STALLED);
    };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      watch();
      if (event.lengthComputable) report(event.loaded / event.total);
    });
    request.addEventListener("error", () => settle(reject, failure("upload-cut-off")));
    request.addEventListener("load", () => {
      const answer = outcome(request);
      settle(typeof answer === "string" ? resolve : reject, answer);
    });
    signal.addEventListener("abort", abort);
    watch();
    request.send(file);
  });
}

function outcome({ status, responseText }) {
  if (status >= 200 && status < 300) return "stored";
  if (status === 412) return "already-there"; // another tab, or an upload whose answer was lost
  const code = /<Code>(\w+)<\/Code>/.exec(responseText)?.[1];
  if (status === 403 && code !== "SignatureDoesNotMatch") return "expired";
  if (code === "BadDigest" || code === "XAmzContentChecksumMismatch") return failure("upload-changed");
  if (status === 409 || status === 429 || status >= 500) return failure("api-busy"); // 409: the same picture is being sent elsewhere
  return failure("upload-refused");
}
