/** The API: answers as they are, refusals as a Failure. */

import { config } from "./config.js";
import { Failure, failure } from "./failures.js";
import { bearer } from "./session.js";

const PATIENCE = 30_000; // the API gives up within 30 s

const path = (id) => `/images/${encodeURIComponent(id)}`;
const isImage = ({ image }) => typeof image?.id === "string";

export async function createUpload(request) {
	return (await call("POST", "/uploads", isImage, { body: JSON.stringify(request) })).body;
}

export async function getImage(id, signal) {
	const { body, response } = await call("GET", path(id), isImage, { signal });
	const seconds = Number.parseFloat(response.headers.get("Retry-After")) || 1;
	return { ...body, wait: Math.min(Math.max(seconds, 0.2), 60) * 1000 };
}

export async function listImages(query) {
	const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
	return (await call("GET", `/images?${asked}`, ({ images }) => Array.isArray(images))).body;
}

export async function listLabels() {
	return (await call("GET", "/labels", ({ labels }) => Array.isArray(labels))).body;
}

export async function deleteImage(id) {
	await call("DELETE", path(id), () => true, { keepalive: true });
}

async function call(method, path, expected, options) {
	const url = (await config()).apiUrl + path;
	let answer = await send(url, { method, ...options });
	if (answer.response.status === 401) answer = await send(url, { method, ...options }, answer.token);
	const { response, body } = answer;
	if (!response.ok) throw refusal(response.status, body);
	if (!expected(body ?? {})) throw failure("api-unclear");
	return answer;
}

async function send(url, { signal, ...options }, refused) {
	const token = await bearer(refused);
	const headers = { ...(token && { Authorization: `Bearer ${token}` }), ...(options.body && { "Content-Type": "application/json" }) };
	const stop = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)].filter(Boolean));
	try {
		const response = await fetch(url, { ...options, headers, signal: stop });
		const text = await response.text();
		return { token, response, body: parsed(text) };
	} catch (error) {
		throw signal?.aborted ? error : failure("api-unreachable");
	}
}

function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** A problem (RFC 9457) speaks for itself. */
function refusal(status, problem) {
	if (problem?.code && problem.detail) return new Failure(problem.code, problem.detail);
	if (status === 401) return failure("signed-out");
	if (status === 429 || status === 503) return failure("api-busy");
	return failure(status >= 500 ? "api-broken" : "api-unclear");
}
