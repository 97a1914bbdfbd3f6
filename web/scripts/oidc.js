import { config, once } from "./config.js";
import { AppError, appError } from "./errors.js";
import { t } from "./words.js";

const REQUEST = "sign-in-request";
const TIMEOUT_MS = 20_000;
const CLOCK_SKEW = 120; // seconds

const pageUrl = () => new URL("./", location.href).href;

const provider = once(discover);

async function discover() {
	const { issuer, clientId } = (await config()).signIn;
	const { status, body } = await fetchJson(`${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`);
	if (status !== 200 || body?.issuer !== issuer || !body.authorization_endpoint || !body.token_endpoint) throw appError("api-unexpected");
	return { ...body, clientId };
}

/** `context` comes back with the response. */
export async function redirectToSignIn({ prompt, save, ...context } = {}) {
	if (!globalThis.crypto?.subtle) throw appError("insecure");
	const { authorization_endpoint, clientId: client_id, scopes_supported = [] } = await discover(); // is it reachable now?
	const [state, nonce, verifier] = [random(), random(), random()];
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
	await save?.();
	sessionStorage.setItem(REQUEST, JSON.stringify({ ...context, state, nonce, verifier, prompt, hash: location.hash }));
	location[prompt ? "replace" : "assign"](withQuery(authorization_endpoint, {
		response_type: "code", client_id, redirect_uri: pageUrl(), state, nonce,
		scope: `openid email${scopes_supported.includes("offline_access") ? " offline_access" : ""}`,
		code_challenge: base64url(new Uint8Array(digest)), code_challenge_method: "S256", ...(prompt && { prompt }),
	}));
}

/** Removes the provider's response from the URL. */
export function takeRedirectResponse() {
	const response = Object.fromEntries(new URLSearchParams(location.search));
	if (!response.state || !(response.code || response.error)) return null;
	const request = JSON.parse(sessionStorage.getItem(REQUEST));
	sessionStorage.removeItem(REQUEST);
	const isMatch = request?.state === response.state;
	history.replaceState(null, "", location.pathname + (isMatch ? request.hash : location.hash));
	return { ...response, request: isMatch ? request : null };
}

export async function exchangeCode({ code, error, error_description, request }) {
	if (!request) throw appError("sign-in-invalid");
	if (request.prompt && /_required$/.test(error)) throw appError("sign-in-expired");
	if (request.prompt && error === "temporarily_unavailable") throw appError("api-unreachable");
	if (error) throw new AppError("sign-in-failed", t("errors.sign-in-failed", { reason: `${error_description || error}.`.replace("..", ".") }));
	const tokens = await requestTokens({ grant_type: "authorization_code", code, code_verifier: request.verifier, redirect_uri: pageUrl() });
	return { tokens, claims: await verifyClaims(tokens.id_token, request) };
}

export async function refreshTokens(refresh_token, sub) {
	const tokens = await requestTokens({ grant_type: "refresh_token", refresh_token });
	const claims = await verifyClaims(tokens.id_token, { sub });
	return { tokens: { refresh_token, ...tokens }, claims };
}

export async function redirectToSignOut(token, id_token_hint) {
	const { revocation_endpoint, end_session_endpoint, authorization_endpoint, clientId: client_id } = await provider();
	if (revocation_endpoint && token) fetch(revocation_endpoint, { method: "POST", body: new URLSearchParams({ client_id, token }), keepalive: true }).catch(() => {});
	const url = end_session_endpoint ?? new URL("/logout", authorization_endpoint);
	location.assign(withQuery(url, { client_id, logout_uri: pageUrl(), post_logout_redirect_uri: pageUrl(), ...(end_session_endpoint && id_token_hint && { id_token_hint }) }));
}

async function requestTokens(fields) {
	const { token_endpoint, clientId: client_id } = await provider();
	const { status, body } = await fetchJson(token_endpoint, { method: "POST", body: new URLSearchParams({ client_id, ...fields }) });
	if (body?.error === "invalid_grant") throw appError("sign-in-expired");
	if (status === 429 || status >= 500) throw appError("api-unreachable");
	if (status !== 200 || !body?.id_token) throw appError("api-unexpected");
	return body;
}

async function verifyClaims(token, { nonce, sub }) {
	const { issuer, clientId } = await provider();
	const claims = parseClaims(token);
	const audience = [claims.aud].flat();
	const isValid = claims.iss === issuer && audience.includes(clientId) && (audience.length === 1 || claims.azp === clientId) &&
		(claims.token_use ?? "id") === "id" && claims.sub && claims.sub === (sub ?? claims.sub) && claims.nonce === (nonce ?? claims.nonce);
	if (!isValid) throw appError("sign-in-invalid");
	const now = Date.now() / 1000;
	if (!(claims.exp > now - CLOCK_SKEW && claims.iat < now + CLOCK_SKEW)) throw appError("sign-in-clock");
	return claims;
}

function parseClaims(token) {
	try {
		const letters = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
		return JSON.parse(new TextDecoder().decode(Uint8Array.from(letters, (letter) => letter.charCodeAt(0))));
	} catch {
		throw appError("api-unexpected");
	}
}

async function fetchJson(url, options) {
	try {
		const response = await fetch(url, { ...options, credentials: "omit", signal: AbortSignal.timeout(TIMEOUT_MS) });
		const body = await response.json().catch((error) => (error instanceof SyntaxError ? null : Promise.reject(error)));
		return { status: response.status, body };
	} catch {
		throw appError("api-unreachable");
	}
}

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function withQuery(address, fields) {
	const url = new URL(address);
	for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
	return url.href;
}
