import { config } from "./config.js";
import { emit, on } from "./dom.js";
import { appError, toError } from "./errors.js";
import { exchangeCode, redirectToSignIn, redirectToSignOut, refreshTokens, takeRedirectResponse } from "./oidc.js";
import { dropToken, isReturning, keepToken, keptToken, setReturning } from "./remembered.js";
import { REFRESH_TOKEN, forgetRefreshTokens, newestRefreshToken, replaceRefreshToken } from "./shared-token.js";

// in sessionStorage
const USER = "user"; // the token's subject, while this tab has a session
const RENEWING = "renewing"; // the provider may have replaced the refresh token
// of the token's lifetime
const RENEW_AT = 0.8;
const LEAVE_AT = 0.9;
const USABLE_UNTIL = 0.95;
const CHECK_EVERY = 0.02;
const MAX_CHECK_MS = 30_000;
const NAVIGATION_TIMEOUT_MS = 20_000;
const FINAL = ["sign-in-expired", "sign-in-invalid"];
const signOuts = new BroadcastChannel("signed-out");

const page = { dropFiles() {}, finishTransfers() {}, saveUploads() {}, isInUse() {}, isUploading() {}, confirmSignOut: () => true }; // until `app` is loaded
let current;
let renewal;
let timer;

const age = () => (Date.now() - current.receivedAt) / current.lifetime;
const get = (key) => sessionStorage.getItem(key);
const remove = (...keys) => keys.forEach((key) => sessionStorage.removeItem(key));

export const setUpSession = (hooks) => Object.assign(page, hooks);

export async function startSession() {
	const response = takeRedirectResponse();
	try {
		const { sub = get(USER) } = response?.request ?? {}; // a renewal is for one user, who may have signed out meanwhile
		if (!(await config()).signIn) await admit(null);
		else if (response && sub === get(USER) && (response.request || !sub)) await complete(response);
		else if (!get(USER) && isReturning() && !response) await leave();
		else if (!get(USER)) end();
		else if (get(RENEWING)) await leaveToRenew();
		else if (!response && restore()) await admit(current.claims);
		else await renew();
	} catch (error) {
		const isExpected = error.code === "sign-in-expired" && !(get(USER) && response?.request?.isRenewal);
		end(isExpected ? undefined : toError(error));
	}
}

async function complete(response) {
	try {
		const signedIn = await exchangeCode(response);
		if (response.request.sub && !get(USER)) throw appError("sign-in-expired"); // signed out meanwhile
		await store(signedIn, response.request.isRejected);
	} catch (error) {
		if (error.code !== "sign-in-expired" || !get(RENEWING)) throw error;
		await refresh();
	}
}

on(signOuts, {
	message: () => {
		page.dropFiles();
		if (!get(USER)) return;
		end();
		history.replaceState(null, "", location.pathname); // what was searched for is the person's
	},
});

export async function getToken(rejected) {
	if (!(await config()).signIn) return null;
	const isRejected = current && current.token === rejected;
	if (isRejected) dropToken();
	if (isRejected && current.isRejected) return rejected;
	if (!current || isRejected || age() > USABLE_UNTIL) await renew(isRejected);
	return current.token;
}

function renew(isRejected) {
	renewal ??= renewOnce(isRejected).finally(() => (renewal = undefined));
	return renewal;
}

async function renewOnce(isRejected) {
	try {
		if (get(REFRESH_TOKEN)) return await refresh();
	} catch (error) {
		if (error.code !== "sign-in-expired") throw error;
	}
	await leaveToRenew(isRejected);
}

function refresh() {
	return navigator.locks.request("refresh", async () => {
		const [used, sub] = [await newestRefreshToken(), get(USER)];
		sessionStorage.setItem(RENEWING, "yes");
		try {
			const renewed = await refreshTokens(used, sub);
			if (!get(USER)) throw appError("sign-in-expired"); // signed out meanwhile
			replaceRefreshToken(used, renewed.tokens.refresh_token);
			await store(renewed);
		} catch (error) {
			if (error.code === "sign-in-expired") remove(REFRESH_TOKEN, RENEWING);
			throw error;
		}
	});
}

async function leaveToRenew(isRejected) {
	await page.finishTransfers();
	const sub = get(USER);
	if (!sub) throw appError("sign-in-expired");
	const save = async () => {
		await page.saveUploads(sub);
		if (get(USER) !== sub) throw appError("sign-in-expired"); // signed out meanwhile
	};
	await leave({ save, sub, isRejected, isRenewal: Boolean(current) });
}

/** Goes to the provider, which comes back at once, signed in or not. */
async function leave(context) {
	await redirectToSignIn({ prompt: "none", ...context });
	await new Promise((resolve) => setTimeout(resolve, NAVIGATION_TIMEOUT_MS));
	page.dropFiles(); // the page goes on with its own
	throw appError("api-unreachable");
}

async function admit(claims) {
	setReturning(true);
	await page.load();
	if (current || !claims) emit("signed-in", { claims }); // else signed out meanwhile
}

async function store({ tokens, claims }, isRejected) {
	const isNew = !current;
	const [lifetime, receivedAt] = [(claims.exp - claims.iat) * 1000, Date.now()];
	const session = { token: tokens.id_token, claims, lifetime, receivedAt, usableUntil: receivedAt + lifetime * RENEW_AT };
	sessionStorage.setItem(USER, claims.sub);
	keepToken(session);
	remove(RENEWING, REFRESH_TOKEN);
	if (tokens.refresh_token) sessionStorage.setItem(REFRESH_TOKEN, tokens.refresh_token);
	use({ ...session, isRejected });
	if (isNew) await admit(claims);
}

/** Goes on with the token that this tab has kept, unless another tab has signed out. */
function restore() {
	const kept = isReturning() && keptToken(get(USER));
	return Boolean(kept && use(kept));
}

function use(session) {
	clearInterval(timer); // an interval, because a timeout stands still while the device sleeps
	timer = setInterval(check, Math.min(session.lifetime * CHECK_EVERY, MAX_CHECK_MS));
	return (current = session);
}

async function check() {
	if (age() < RENEW_AT || (!get(REFRESH_TOKEN) && age() < LEAVE_AT && page.isInUse())) return;
	const error = renewal ? appError("api-unreachable") : await renew().catch(toError);
	if (error && current && age() > 1 && !page.isUploading()) end(error);
}

export async function signOut() {
	if (!page.confirmSignOut()) return;
	const tokens = [get(REFRESH_TOKEN), current?.token];
	page.dropFiles();
	end();
	signOuts.postMessage(null);
	await redirectToSignOut(...tokens);
}

function end(error) {
	clearInterval(timer);
	current = undefined;
	dropToken();
	if (!error || FINAL.includes(error.code)) {
		remove(USER, RENEWING);
		forgetRefreshTokens();
		setReturning(false);
	}
	emit("signed-out", { error });
}
