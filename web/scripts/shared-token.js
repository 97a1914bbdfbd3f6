import { on } from "./dom.js";

// Duplicated tabs have the same refresh token. A provider that accepts it once may end the session when it is used again,
// so each tab tells the others what has replaced it, at once or when a tab asks that was away meanwhile.

// in sessionStorage
export const REFRESH_TOKEN = "refresh-token";
const REPLACED = "replaced-tokens"; // the last ones that this tab had before, also after a reload

const MAX_REPLACED = 10;
const ANSWER_MS = 500; // a frozen tab doesn't answer
const TAB = `tab ${Math.random()}`; // also the name of the lock that this tab has while it is open
const [inbox, outbox] = [new BroadcastChannel("refresh"), new BroadcastChannel("refresh")];
const answered = new Set(); // names of other tabs
let isUpToDate = false; // it has asked, and has received all messages since
let release;
let received;

const get = () => sessionStorage.getItem(REFRESH_TOKEN);
const replaced = () => JSON.parse(sessionStorage.getItem(REPLACED)) ?? [];
const holdLock = () => navigator.locks.request(TAB, () => new Promise((resolve) => (release = resolve)));

holdLock();
on(window, {
	pageshow: ({ persisted }) => {
		if (!persisted) return;
		isUpToDate = false; // it has received nothing meanwhile
		holdLock();
	},
	pagehide: () => release?.(), // pages with locks aren't kept for the way back
});
on(inbox, {
	message: ({ data: { used, refreshToken, asked, from, to } }) => {
		if (used && used === get()) keep(used, refreshToken);
		if (asked && from !== TAB) outbox.postMessage({ from: TAB, to: from, ...(replaced().includes(asked) && get() && { used: asked, refreshToken: get() }) });
		if (to !== TAB) return;
		answered.add(from);
		received?.();
	},
});

/** Returns the newest refresh token. Call it while no other tab renews. */
export async function newestRefreshToken() {
	let asked;
	while (asked !== get()) await ask((asked = get())); // an answer may be old, from a tab that was away too
	isUpToDate = true;
	return asked;
}

async function ask(asked) {
	const expected = [TAB, ...(isUpToDate ? [] : await otherTabs())];
	const isComplete = () => expected.every((tab) => answered.has(tab));
	const timeout = AbortSignal.timeout(ANSWER_MS);
	timeout.onabort = () => received?.();
	answered.clear();
	outbox.postMessage({ asked, from: TAB, to: TAB }); // its own message comes after the earlier ones of others
	while (!isComplete() && !timeout.aborted) await new Promise((resolve) => (received = resolve));
}

export function replaceRefreshToken(used, refreshToken) {
	if (used === refreshToken) return; // not every provider replaces it
	keep(used, refreshToken);
	outbox.postMessage({ used, refreshToken });
}

/** Another person may sign in next, whose tokens are not for the tabs of this one. */
export function forgetRefreshTokens() {
	for (const key of [REFRESH_TOKEN, REPLACED]) sessionStorage.removeItem(key);
}

function keep(used, refreshToken) {
	sessionStorage.setItem(REPLACED, JSON.stringify([...replaced(), used].slice(-MAX_REPLACED)));
	sessionStorage.setItem(REFRESH_TOKEN, refreshToken);
}

async function otherTabs() {
	const { held } = await navigator.locks.query();
	return held.map(({ name }) => name).filter((name) => name.startsWith("tab ") && name !== TAB);
}
