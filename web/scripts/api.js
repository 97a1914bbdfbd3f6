import { config } from "./config.js";
import { reportReach } from "./connection.js";
import { appError, problemError } from "./errors.js";
import { getToken } from "./session.js";

const TIMEOUT_MS = 30_000; // API Gateway's
const EARLY_MS = 10_000; // after which what `first.js` has requested may be outdated

const imagePath = (id) => `/images/${encodeURIComponent(id)}`;
const json = (value) => JSON.stringify(value).replaceAll("\ufffd", "\\ufffd"); // unescaped, it stands for invalid UTF-8
const modelPath = (id) => `/models/${encodeURIComponent(id)}`;
const hasImage = ({ image }) => typeof image?.id === "string";
const hasModel = ({ model }) => typeof model?.id === "string";

export const createUpload = (request) => load("POST", "/uploads", hasImage, { body: json(request) });
export const listLabels = () => load("GET", "/labels", ({ labels }) => Array.isArray(labels));
export const listTerms = (query, signal) => load("GET", `/terms?${toParams(query)}`, ({ terms }) => Array.isArray(terms), { signal });
export const retryImage = (id) => load("POST", `${imagePath(id)}/retry`, hasImage);
export const sendBatch = (request, signal) => load("POST", "/images/batch", ({ results }) => Array.isArray(results), { body: json(request), signal });
export const listSimilar = (id, cursor, signal) => load("GET", `${imagePath(id)}/similar?${toParams({ cursor })}`, ({ images }) => Array.isArray(images), { signal });
export const deleteImage = (id) => load("DELETE", imagePath(id), () => true, { keepalive: true });

export const listModels = (signal) => load("GET", "/models", ({ models }) => Array.isArray(models), { signal });
export const getModel = (id, signal) => load("GET", modelPath(id), hasModel, { signal });
/** `{estimate}`, or with `confirm`, `{model}`. */
export const createModel = (request, signal) => load("POST", "/models", ({ estimate, model }) => Boolean(estimate ?? model), { body: json(request), signal });
export const startModel = (id) => load("POST", `${modelPath(id)}/start`, hasModel);
export const stopModel = (id) => load("POST", `${modelPath(id)}/stop`, hasModel);
export const deleteModel = (id) => load("DELETE", modelPath(id), hasModel);

/** Fails with code "changed" if the image has another revision by now. */
export const patchImage = ({ id, revision }, changes) => load("PATCH", imagePath(id), hasImage, { body: json(changes), headers: { "If-Match": `"${revision}"` }, keepalive: true });

export async function getImage(id, signal) {
	const { body, response } = await call("GET", imagePath(id), hasImage, { signal });
	return { ...body, waitMs: waitMs(response) };
}

/** Without results. Up to 100. */
export async function getImages(ids) {
	const { body, response } = await call("POST", "/images/batch", ({ results }) => Array.isArray(results), { body: json({ action: "get", ids }) });
	return { ...body, waitMs: waitMs(response) };
}

export function listImages(query, signal) {
	return load("GET", `/images?${toParams(query)}`, ({ images }) => Array.isArray(images), { signal });
}

const toParams = (query) => new URLSearchParams(Object.entries(query).filter(([, value]) => value));
const load = async (...request) => (await call(...request)).body;

async function call(method, path, isValid, options) {
	const url = (await config()).apiUrl + path;
	let result = await send(url, { method, ...options });
	if (result.response.status === 401) result = await send(url, { method, ...options }, result.token);
	const { response, body } = result;
	if (!response.ok) throw errorFrom(response, body);
	if (!isValid(body ?? {})) throw appError("api-unexpected");
	return result;
}

async function send(url, { signal, headers: moreHeaders, ...options }, rejectedToken) {
	const token = await getToken(rejectedToken);
	const headers = { ...(token && { Authorization: `Bearer ${token}` }), ...(options.body && { "Content-Type": "application/json" }), ...moreHeaders };
	const anySignal = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)].filter(Boolean));
	try {
		const response = await (takeEarly(url, token, options) ?? fetch(url, { ...options, headers, signal: anySignal }));
		const text = await response.text();
		signal?.throwIfAborted(); // an early request doesn't know the signal
		reportReach(true);
		return { token, response, body: parseJson(text) };
	} catch (error) {
		if (signal?.aborted) throw error;
		reportReach(false);
		throw appError("api-unreachable");
	}
}

/** The response to the request that `first.js` has made, once. */
function takeEarly(url, token, { method }) {
	const { early } = globalThis;
	if (method !== "GET" || early?.url !== url || early.token !== token) return null;
	delete globalThis.early;
	return performance.now() < EARLY_MS ? early.response : null;
}

function waitMs({ headers }) {
	const seconds = Number.parseFloat(headers.get("Retry-After")) || 1;
	return Math.min(Math.max(seconds, 0.2), 60) * 1000;
}

function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** From an RFC 9457 problem, if there is one. */
function errorFrom(response, problem) {
	const { status } = response;
	if (problem?.code && problem.detail) return Object.assign(problemError(problem), { waitMs: waitMs(response), position: problem.position });
	if (status === 401) return appError("token-rejected");
	if (status === 429 || status === 503) return appError("api-busy");
	return appError(status >= 500 ? "api-error" : "api-unexpected");
}
