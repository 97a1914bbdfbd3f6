/** The one place that talks to the API. Answers come back as they are; every refusal is thrown as a Failure. */

import { config } from "./config.js";
import { Failure, failure } from "./failures.js";

const PATIENCE = 30_000; // the API itself answers or gives up within 30 s

/** POST /uploads: `{image, upload?}`; no upload when the picture is known already. */
export async function createUpload(request, signal) {
  const { body } = await call("POST", "/uploads", { body: request, signal });
  return body;
}

/** GET /images/{id}: `{image, result, links}` and how many milliseconds to wait before asking again. */
export async function getImage(id, signal) {
  const { body, response } = await call("GET", `/images/${encodeURIComponent(id)}`, { signal });
  return { ...body, wait: retryAfter(response) };
}

async function call(method, path, { body, signal }) {
  const { apiUrl } = await config();
  const options = { method, signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]) };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  let response;
  let text;
  try {
    response = await fetch(apiUrl + path, options);
    text = await response.text();
  } catch (error) {
    if (signal.aborted) throw error;
    throw failure("api-unreachable");
  }
  const answer = parse(text);
  if (!response.ok) throw refusal(response.status, answer);
  if (typeof answer?.image?.id !== "string") throw failure("api-unclear");
  return { body: answer, response };
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
  if (status === 429 || status === 503) return failure("api-busy");
  return failure(status >= 500 ? "api-broken" : "api-unclear");
}

/** Retry-After in milliseconds, one second where there is none. */
function retryAfter(response) {
  const seconds = Number.parseFloat(response.headers.get("Retry-After"));
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0.2), 60) * 1000 : 1000;
}
