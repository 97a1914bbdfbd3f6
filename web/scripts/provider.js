/** The sign-in provider: its addresses by discovery, its tokens and its keys. */

import { config } from "./config.js";
import { failure } from "./failures.js";

const PATIENCE = 20_000;

let finding;

/** `{clientId, issuer, authorization_endpoint, …}` as discovery tells; loaded once, a failure is not kept. */
export function provider() {
  finding ??= find().catch((error) => {
    finding = undefined;
    throw error;
  });
  return finding;
}

async function find() {
  const { issuer, clientId } = (await config()).signIn;
  const { status, body } = await ask(`${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`);
  const complete = ["authorization_endpoint", "token_endpoint", "jwks_uri"].every((name) => typeof body?.[name] === "string");
  if (status !== 200 || body?.issuer !== issuer || !complete) throw failure("sign-in-unclear");
  return { ...body, clientId };
}

/** The answer of the token endpoint. "sign-in-ended" when the code or the refresh token is good no more. */
export async function requestTokens(fields) {
  const { token_endpoint, clientId } = await provider();
  const { status, body } = await ask(token_endpoint, { method: "POST", body: new URLSearchParams({ client_id: clientId, ...fields }) });
  if (body?.error === "invalid_grant") throw failure("sign-in-ended");
  if (status === 429 || status >= 500) throw failure("sign-in-unreachable");
  if (status !== 200 || typeof body?.id_token !== "string") throw failure("sign-in-unclear");
  return body;
}

/** The public keys that ID tokens are signed with. */
export async function publicKeys() {
  const { body } = await ask((await provider()).jwks_uri, { cache: "no-cache" });
  return Array.isArray(body?.keys) ? body.keys : [];
}

/** Takes a refresh token back; whether that works makes no difference to the page. */
export async function revoke(token) {
  const { revocation_endpoint, clientId } = await provider();
  if (!revocation_endpoint) return;
  const body = new URLSearchParams({ client_id: clientId, token });
  fetch(revocation_endpoint, { method: "POST", body, keepalive: true }).catch(() => {});
}

/** Where signing out of the provider itself is done, and the way back from there. */
export async function signOutAddress(back) {
  const { end_session_endpoint, authorization_endpoint, clientId } = await provider();
  const url = new URL(end_session_endpoint ?? new URL("/logout", authorization_endpoint));
  // Cognito's own name for the way back, and OpenID Connect's
  for (const [name, value] of Object.entries({ client_id: clientId, logout_uri: back, post_logout_redirect_uri: back })) {
    url.searchParams.set(name, value);
  }
  return url.href;
}

async function ask(url, options) {
  let response;
  let text;
  try {
    response = await fetch(url, { ...options, credentials: "omit", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(PATIENCE) });
    text = await response.text();
  } catch {
    throw failure("sign-in-unreachable");
  }
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    return { status: response.status, body: null };
  }
}
