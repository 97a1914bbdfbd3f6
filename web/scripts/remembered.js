/** What the browser remembers of a sign-in: the ID token, for a reload of the tab, and that there was one. See `first.js`. */

const TOKEN = "token"; // in sessionStorage
const RETURNING_S = 2_592_000; // as long as Cognito remembers a person by default

/** `session` is `{token, claims, lifetime, receivedAt, usableUntil}`, with times in milliseconds. */
export const keepToken = (session) => sessionStorage.setItem(TOKEN, JSON.stringify(session));
export const dropToken = () => sessionStorage.removeItem(TOKEN);

/** A person's session, unless its token is due to be renewed. */
export function keptToken(sub) {
	const session = JSON.parse(sessionStorage.getItem(TOKEN));
	return session?.claims.sub === sub && Date.now() < session.usableUntil ? session : null;
}

/** Remembers that this browser has signed in, so that its new tabs try to sign in by themselves. */
export const setReturning = (isReturning) => (document.cookie = `returning=1; Max-Age=${isReturning ? RETURNING_S : 0}; SameSite=Strict${location.protocol === "https:" ? "; Secure" : ""}`);
export const isReturning = () => /\breturning=1/.test(document.cookie);
