/** The code flow with PKCE: to the provider, and back with a code that becomes tokens. */

import { Failure, failure } from "./failures.js";
import { checkedClaims } from "./id_token.js";
import { challenge, random } from "./pkce.js";
import { provider, requestTokens } from "./provider.js";

const BEGUN = "sign-in-begun"; // in this tab's storage, until the answer is there
const IN_WINDOW = "window.";
const CHANNEL = "sign-in-answers";

/** The page's own address without query and fragment, where the provider sends people back to. */
export const home = () => new URL("./", location.href).href;

/** Leaves for the provider; the place in the page is kept for the way back. */
export async function leaveToSignIn() {
  const { url, begun } = await prepare();
  sessionStorage.setItem(BEGUN, JSON.stringify({ ...begun, place: location.hash }));
  location.assign(url);
}

/** What the provider sent along, if it sent anything; the address is clean afterwards. */
export function takeAnswer() {
  const answer = new URLSearchParams(location.search);
  if (!answer.has("state") || !(answer.has("code") || answer.has("error"))) return null;
  const begun = JSON.parse(sessionStorage.getItem(BEGUN));
  sessionStorage.removeItem(BEGUN); // it works once
  const mine = begun?.state === answer.get("state");
  history.replaceState(null, "", location.pathname + (mine ? begun.place : location.hash));
  return { ...Object.fromEntries(answer), begun: mine ? begun : null };
}

/** The tokens and the checked claims for an answer. */
export async function exchange({ code, error, error_description: description, begun }) {
  if (!begun) throw failure("sign-in-mixed-up");
  if (error) throw new Failure("sign-in-refused", `The sign-in was not finished: ${description || error}.`.replace(/\.\.$/, "."));
  const { verifier, nonce } = begun;
  const tokens = await requestTokens({ grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri: home() });
  return { tokens, claims: await checkedClaims(tokens.id_token, { nonce }) };
}

/** New tokens for a refresh token. The provider may change that too, or leave it as it is. */
export async function renew(refreshToken, sub) {
  const tokens = await requestTokens({ grant_type: "refresh_token", refresh_token: refreshToken });
  const claims = await checkedClaims(tokens.id_token, { sub }); // a renewed token answers no request: it has no nonce
  return { tokens: { refresh_token: refreshToken, ...tokens }, claims };
}

/** Signs in in a window of its own, so that nothing on this page is lost; resolves when that is done. */
export async function signInBeside(hint) {
  const beside = window.open("", "sign-in", "popup,width=520,height=720"); // at once, else the browser blocks it
  if (!beside) throw failure("window-blocked");
  const { url, begun } = await prepare(IN_WINDOW, hint);
  beside.location.replace(url);
  const channel = new BroadcastChannel(CHANNEL);
  try {
    return await exchange({ ...(await answerFor(begun.state, channel)), begun });
  } finally {
    channel.close();
  }
}

function answerFor(state, channel) {
  return new Promise((resolve) => {
    channel.addEventListener("message", ({ data }) => data.state === state && resolve(data));
  });
}

/** In the window beside: gives the answer to the page that waits for it. True when this is that window. */
export function handOver() {
  const answer = Object.fromEntries(new URLSearchParams(location.search));
  if (!answer.state?.startsWith(IN_WINDOW)) return false;
  history.replaceState(null, "", location.pathname);
  new BroadcastChannel(CHANNEL).postMessage(answer);
  window.close();
  return true;
}

async function prepare(prefix = "", hint) {
  if (!globalThis.crypto?.subtle) throw failure("insecure");
  const { authorization_endpoint, clientId, scopes_supported = [] } = await provider();
  const begun = { state: prefix + random(), nonce: random(), verifier: random() };
  const url = new URL(authorization_endpoint);
  const asked = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: home(),
    scope: ["openid", "email", scopes_supported.includes("offline_access") && "offline_access"].filter(Boolean).join(" "),
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: await challenge(begun.verifier),
    code_challenge_method: "S256",
    ...(hint && { login_hint: hint }),
  };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return { url: url.href, begun };
}
