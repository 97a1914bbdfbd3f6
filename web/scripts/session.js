/** Who is signed in, and the token for the API: in memory only, renewed before it runs out.
 *  Tells the document "signed-in" {claims}, "signed-out" {failure?} and "sign-in-lapsed" {claims}. */

import { config } from "./config.js";
import { asFailure, failure } from "./failures.js";
import { revoke, signOutAddress } from "./provider.js";
import { exchange, home, renew, signInBeside, takeAnswer } from "./sign_in.js";

const REFRESH = "refresh-token"; // in this tab's storage, so that a reload does not sign out
const RENEW_AT = 0.8; // of a token's life
const LEAST = 0.05; // of a token's life: with less left it is not used any more
const tabs = new BroadcastChannel("signed-out");

let current; // {token, claims, until, life}
let renewing;
let lapsed; // while the person has to sign in again
let timer;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

/** Takes up the provider's answer, or what a reload left; afterwards it is told who is signed in, or that nobody is. */
export async function start() {
  try {
    const answer = takeAnswer(); // before anything is waited for: the code must not stay in the address
    if (!(await config()).signIn) return tell("signed-in", { claims: null });
    if (answer && (answer.begun || !sessionStorage.getItem(REFRESH))) keep(await exchange(answer));
    else if (sessionStorage.getItem(REFRESH)) await renewed();
    else return tell("signed-out", {});
    return tell("signed-in", { claims: current.claims });
  } catch (error) {
    return tell("signed-out", { failure: error.code === "sign-in-ended" ? undefined : asFailure(error) });
  }
}

tabs.addEventListener("message", () => current && forget());

/** The token for the API; null where there is no sign-in. `refused` is one that the API did not take. */
export async function bearer({ refused, signal } = {}) {
  if (!(await config()).signIn) return null;
  signal?.throwIfAborted();
  const good = current && current.token !== refused && Date.now() < current.until - current.life * LEAST;
  if (!good) await unlessAborted(renewed(), signal);
  return current.token;
}

/** Renews once for all who ask meanwhile. */
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
    if (error.code !== "sign-in-ended") throw error;
    sessionStorage.removeItem(REFRESH);
    if (!current) throw error;
    await lapse();
  }
}

/** Everybody who needs a token waits until the person has signed in again. */
function lapse() {
  lapsed = Promise.withResolvers();
  tell("sign-in-lapsed", { claims: current.claims });
  return lapsed.promise;
}

/** Signs the same person in again, in a window beside. */
export async function signInAgain() {
  const { claims } = current;
  const found = await signInBeside(claims.email);
  if (found.claims.sub !== claims.sub) throw failure("sign-in-other");
  keep(found);
  lapsed?.resolve();
}

function keep({ tokens, claims }) {
  const life = (claims.exp - claims.iat) * 1000; // by this computer's clock, which may differ from the provider's
  current = { token: tokens.id_token, claims, life, until: Date.now() + life };
  clearTimeout(timer);
  if (!tokens.refresh_token) return;
  sessionStorage.setItem(REFRESH, tokens.refresh_token);
  timer = setTimeout(() => renewed().catch(() => {}), life * RENEW_AT); // whoever needs it next tries again
}

/** Forgets everything here, tells the other tabs, and goes to the provider to be signed out there as well. */
export async function signOut() {
  const refresh = sessionStorage.getItem(REFRESH);
  forget();
  tabs.postMessage(null);
  const address = await signOutAddress(home());
  if (refresh) await revoke(refresh);
  location.assign(address);
}

function forget() {
  clearTimeout(timer);
  sessionStorage.clear();
  lapsed?.reject(failure("signed-out"));
  current = lapsed = undefined;
  tell("signed-out", {});
}

function unlessAborted(work, signal) {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
