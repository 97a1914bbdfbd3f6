/** The one place that talks to the API. Answers come back as they are; every refusal is thrown as a Failure. */

import { config } from "./config.js";
import { Failure, failure } from "./failures.js";
import { bearer } from "./session.js";

const PATIENCE = 30_000; // the API itself answers or gives up within 30 s

/** POST /uploads: `{image, upload?}`; no upload when the picture is known already. */
export async function createUpload(request, signal) {
  return (await call("POST", "/uploads", { body: request, signal, expect: isImage })).body;
}

/** GET /images/{id}: `{image, result, links}` and how many milliseconds to wait before asking again. */
export async function getImage(id, signal) {
  const { body, response } = await call("GET", `/images/${encodeURIComponent(id)}`, { signal, expect: isImage });
  return { ...body, wait: retryAfter(response) };
}

/** GET /images: `{images, cursor}`, newest first; `cursor` is null at the end. */
export async function listImages({ label, limit, cursor } = {}, signal) {
  const asked = Object.entries({ label, limit, cursor }).filter(([, value]) => value !== undefined && value !== null);
  const query = asked.length > 0 ? `?${new URLSearchParams(asked)}` : "";
  return (await call("GET", `/images${query}`, { signal, expect: ({ images }) => Array.isArray(images) })).body;
}

/** GET /labels: `{labels: [{name, count}], thisMonth}`, most frequent first. */
export async function listLabels(signal) {
  return (await call("GET", "/labels", { signal, expect: ({ labels }) => Array.isArray(labels) })).body;
}

/** DELETE /images/{id}: everything about the picture is gone; throws "not-found" when it was before. */
export async function deleteImage(id, signal) {
  await call("DELETE", `/images/${encodeURIComponent(id)}`, { signal });
}

const isImage = ({ image }) => typeof image?.id === "string";

/** `expect(body)` says whether the answer is one that the page understands. */
async function call(method, path, { body, signal, expect = () => true }) {
  const { apiUrl } = await config();
  const options = { method, headers: {}, keepalive: method === "DELETE" }; // which may be the last thing a page does
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer = await send(apiUrl + path, options, signal);
  if (answer.response.status === 401) answer = await send(apiUrl + path, options, signal, answer.token);
  const { response, text } = answer;
  const parsed = parse(text);
  if (!response.ok) throw refusal(response.status, parsed);
  if (!expect(parsed ?? {})) throw failure("api-unclear");
  return { body: parsed, response };
}

/** `refused` is a token that the API did not take; the request goes out with another one. */
async function send(url, options, signal, refused) {
  const token = await bearer({ refused, signal });
  const headers = token ? { ...options.headers, Authorization: `Bearer ${token}` } : options.headers;
  const stop = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)].filter(Boolean));
  try {
    const response = await fetch(url, { ...options, headers, signal: stop });
    return { token, response, text: await response.text() };
  } catch (error) {
    if (signal?.aborted) throw error;
    throw failure("api-unreachable");
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A problem (RFC 9457) speaks for itself; a gateway's own answer has no sentence for people. */
function refusal(status, problem) {
  if (problem?.code && problem.detail) return new Failure(problem.code, problem.detail);
  if (status === 401) return failure("signed-out");
  if (status === 429 || status === 503) return failure("api-busy");
  return failure(status >= 500 ? "api-broken" : "api-unclear");
}

/** Retry-After in milliseconds, one second where there is none. */
function retryAfter(response) {
  const seconds = Number.parseFloat(response.headers.get("Retry-After"));
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0.2), 60) * 1000 : 1000;
}
