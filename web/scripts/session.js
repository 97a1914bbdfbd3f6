/** Who is signed in; the token is kept in memory only. */

import { config } from "./config.js";
import { on, tell } from "./dom.js";
import { asFailure, failure } from "./failures.js";
import { exchange, leaveToSignIn, leaveToSignOut, renew, takeAnswer } from "./sign_in.js";

const REFRESH = "refresh-token"; // for a reload; no longer than the tab
const RENEW_AT = 0.8;
const LEAST = 0.05;
const tabs = new BroadcastChannel("signed-out");

let current;
let renewing;
let timer;

export async function start() {
	const answer = takeAnswer(); // the code must not stay in the address
	try {
		if (!(await config()).signIn) return tell("signed-in", { claims: null });
		const refresh = sessionStorage.getItem(REFRESH);
		if (answer && (answer.begun || !refresh)) keep(await exchange(answer));
		else if (refresh) await renewed();
		else return tell("signed-out");
		return tell("signed-in", { claims: current.claims });
	} catch (error) {
		const ended = error.code === "sign-in-ended";
		if (ended && !answer) return leaveToSignIn("none"); // a reload may have cut a renewal off
		if (ended) sessionStorage.clear(); // not before: this may be cut off as well
		return tell("signed-out", { failure: ended ? undefined : asFailure(error) });
	}
}

on(tabs, { message: () => current && forget() });

export async function bearer(refused) {
	if (!(await config()).signIn) return null;
	const good = current && current.token !== refused && Date.now() < current.until - current.life * LEAST;
	if (!good) await renewed();
	return current.token;
}

function renewed() {
	renewing ??= renewOnce().finally(() => (renewing = undefined));
	return renewing;
}

async function renewOnce() {
	const refresh = sessionStorage.getItem(REFRESH);
	try {
		if (!refresh) throw failure("sign-in-ended");
		keep(await renew(refresh, current?.claims.sub));
	} catch (error) {
		if (error.code === "sign-in-ended" && current) forget(error);
		throw error;
	}
}

function keep({ tokens, claims }) {
	const life = (claims.exp - claims.iat) * 1000; // by this computer's clock
	current = { token: tokens.id_token, claims, life, until: Date.now() + life };
	clearTimeout(timer);
	if (!tokens.refresh_token) return;
	sessionStorage.setItem(REFRESH, tokens.refresh_token);
	timer = setTimeout(() => renewed().catch(() => {}), life * RENEW_AT);
}

export async function signOut() {
	const refresh = sessionStorage.getItem(REFRESH);
	forget();
	tabs.postMessage(null);
	await leaveToSignOut(refresh ?? "");
}

function forget(failure) {
	clearTimeout(timer);
	sessionStorage.clear();
	current = undefined;
	tell("signed-out", { failure });
}
