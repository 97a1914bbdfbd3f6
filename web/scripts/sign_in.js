/** The code flow with PKCE (OpenID Connect). */

import { config, once } from "./config.js";
import { Failure, failure } from "./failures.js";

const BEGUN = "sign-in-begun";
const PATIENCE = 20_000;
const LEEWAY = 120; // seconds between two clocks

const home = () => new URL("./", location.href).href;

const provider = once(async () => {
	const { issuer, clientId } = (await config()).signIn;
	const { status, body } = await ask(`${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`);
	if (status !== 200 || body?.issuer !== issuer || !body.authorization_endpoint || !body.token_endpoint) throw failure("api-unclear");
	return { ...body, clientId };
});

export async function leaveToSignIn(prompt) {
	if (!globalThis.crypto?.subtle) throw failure("insecure");
	const { authorization_endpoint, clientId: client_id, scopes_supported = [] } = await provider();
	const [state, nonce, verifier] = [random(), random(), random()];
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
	sessionStorage.setItem(BEGUN, JSON.stringify({ state, nonce, verifier, prompt, place: location.hash }));
	location.assign(withQuery(authorization_endpoint, {
		response_type: "code", client_id, redirect_uri: home(), state, nonce,
		scope: `openid email${scopes_supported.includes("offline_access") ? " offline_access" : ""}`,
		code_challenge: base64url(new Uint8Array(digest)), code_challenge_method: "S256", ...(prompt && { prompt }),
	}));
}

export function takeAnswer() {
	const answer = Object.fromEntries(new URLSearchParams(location.search));
	if (!answer.state || !(answer.code || answer.error)) return null;
	const begun = JSON.parse(sessionStorage.getItem(BEGUN));
	sessionStorage.removeItem(BEGUN);
	const mine = begun?.state === answer.state;
	history.replaceState(null, "", location.pathname + (mine ? begun.place : location.hash));
	return { ...answer, begun: mine ? begun : null };
}

export async function exchange({ code, error, error_description, begun }) {
	if (!begun) throw failure("sign-in-unsafe");
	if (error && begun.prompt) throw failure("sign-in-ended");
	if (error) throw new Failure("sign-in-refused", `The sign-in was not finished: ${error_description || error}.`.replace("..", "."));
	const tokens = await request({ grant_type: "authorization_code", code, code_verifier: begun.verifier, redirect_uri: home() });
	return { tokens, claims: await checkedClaims(tokens.id_token, { nonce: begun.nonce }) };
}

export async function renew(refresh_token, sub) {
	const tokens = await request({ grant_type: "refresh_token", refresh_token });
	const claims = await checkedClaims(tokens.id_token, { sub });
	return { tokens: { refresh_token, ...tokens }, claims };
}

export async function leaveToSignOut(token) {
	const { revocation_endpoint, end_session_endpoint, authorization_endpoint, clientId: client_id } = await provider();
	if (revocation_endpoint) fetch(revocation_endpoint, { method: "POST", body: new URLSearchParams({ client_id, token }), keepalive: true }).catch(() => {});
	const address = end_session_endpoint ?? new URL("/logout", authorization_endpoint);
	location.assign(withQuery(address, { client_id, logout_uri: home(), post_logout_redirect_uri: home() }));
}

async function request(fields) {
	const { token_endpoint, clientId: client_id } = await provider();
	const { status, body } = await ask(token_endpoint, { method: "POST", body: new URLSearchParams({ client_id, ...fields }) });
	if (body?.error === "invalid_grant") throw failure("sign-in-ended");
	if (status === 429 || status >= 500) throw failure("api-unreachable");
	if (status !== 200 || !body?.id_token) throw failure("api-unclear");
	return body;
}

async function checkedClaims(token, { nonce, sub }) {
	const { issuer, clientId } = await provider();
	const claims = read(token);
	const audience = [claims.aud].flat();
	const right = claims.iss === issuer && audience.includes(clientId) && (audience.length === 1 || claims.azp === clientId) &&
		(claims.token_use ?? "id") === "id" && claims.sub && claims.sub === (sub ?? claims.sub) && claims.nonce === (nonce ?? claims.nonce);
	if (!right) throw failure("sign-in-unsafe");
	const now = Date.now() / 1000;
	if (!(claims.exp > now - LEEWAY && claims.iat < now + LEEWAY)) throw failure("sign-in-clock");
	return claims;
}

function read(token) {
	try {
		const letters = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
		return JSON.parse(new TextDecoder().decode(Uint8Array.from(letters, (letter) => letter.charCodeAt(0))));
	} catch {
		throw failure("api-unclear");
	}
}

async function ask(url, options) {
	try {
		const response = await fetch(url, { ...options, credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
		return { status: response.status, body: await response.json().catch(() => null) };
	} catch {
		throw failure("api-unreachable");
	}
}

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function withQuery(address, fields) {
	const url = new URL(address);
	for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
	return url.href;
}
