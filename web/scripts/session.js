/** The ID token is kept in memory only. */

import { config } from "./config.js";
import { emit, on } from "./dom.js";
import { appError, toError } from "./errors.js";
import { exchangeCode, redirectToSignIn, redirectToSignOut, refreshTokens, takeRedirectResponse } from "./oidc.js";

const REFRESH_TOKEN = "refresh-token"; // in sessionStorage
const RENEW_AT = 0.8; // of the lifetime
const MIN_REMAINING = 0.05;
const otherTabs = new BroadcastChannel("signed-out");

let current;
let renewal;
let timer;

export async function startSession() {
	const response = takeRedirectResponse(); // first: the code must not stay in the URL
	try {
		if (!(await config()).signIn) return emit("signed-in", { claims: null });
		const refreshToken = sessionStorage.getItem(REFRESH_TOKEN);
		if (response && (response.request || !refreshToken)) store(await exchangeCode(response));
		else if (refreshToken) await renew();
		else return emit("signed-out");
		return emit("signed-in", { claims: current.claims });
	} catch (error) {
		const hasExpired = error.code === "sign-in-expired";
		if (hasExpired && !response) return redirectToSignIn("none"); // a reload may have interrupted a renewal
		if (hasExpired) sessionStorage.clear();
		return emit("signed-out", { error: hasExpired ? undefined : toError(error) });
	}
}

on(otherTabs, { message: () => current && forget() });

export async function getToken(rejected) {
	if (!(await config()).signIn) return null;
	const isValid = current && current.token !== rejected && Date.now() < current.expiresAt - current.lifetime * MIN_REMAINING;
	if (!isValid) await renew();
	return current.token;
}

function renew() {
	renewal ??= renewOnce().finally(() => (renewal = undefined));
	return renewal;
}

async function renewOnce() {
	const refreshToken = sessionStorage.getItem(REFRESH_TOKEN);
	try {
		if (!refreshToken) throw appError("sign-in-expired");
		store(await refreshTokens(refreshToken, current?.claims.sub));
	} catch (error) {
		if (error.code === "sign-in-expired" && current) forget(error);
		throw error;
	}
}

function store({ tokens, claims }) {
	const lifetime = (claims.exp - claims.iat) * 1000; // by this device's clock
	current = { token: tokens.id_token, claims, lifetime, expiresAt: Date.now() + lifetime };
	clearTimeout(timer);
	if (!tokens.refresh_token) return;
	sessionStorage.setItem(REFRESH_TOKEN, tokens.refresh_token);
	timer = setTimeout(() => renew().catch(() => {}), lifetime * RENEW_AT);
}

export async function signOut() {
	const refreshToken = sessionStorage.getItem(REFRESH_TOKEN);
	forget();
	otherTabs.postMessage(null);
	await redirectToSignOut(refreshToken ?? "");
}

function forget(error) {
	clearTimeout(timer);
	sessionStorage.clear();
	current = undefined;
	emit("signed-out", { error });
}
