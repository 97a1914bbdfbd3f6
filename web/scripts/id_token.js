/** Whether an ID token is what it must be, before anything in it is used. */

import { failure } from "./failures.js";
import { decode } from "./pkce.js";
import { provider, publicKeys } from "./provider.js";

const LEEWAY = 120; // seconds that two clocks may differ
const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** The claims of a token that is signed by the issuer, meant for this page, and of now.
 *  `nonce` is the one that was asked with, `sub` the person that a renewed token must still be of. */
export async function checkedClaims(token, { nonce, sub }) {
  const { issuer, clientId } = await provider();
  const { header, claims, signed, signature } = parts(token);
  if (!(await isSigned(header, signed, signature))) throw unsafe("signature");
  if (claims.iss !== issuer) throw unsafe("issuer");
  const audience = [claims.aud].flat();
  if (!audience.includes(clientId) || (audience.length > 1 && claims.azp !== clientId)) throw unsafe("audience");
  if (claims.token_use !== undefined && claims.token_use !== "id") throw unsafe("use");
  if (typeof claims.sub !== "string" || claims.sub === "" || (sub !== undefined && claims.sub !== sub)) throw unsafe("person");
  if (nonce !== undefined && claims.nonce !== nonce) throw unsafe("nonce");
  const now = Date.now() / 1000;
  if (!(claims.exp > now - LEEWAY) || !(claims.iat < now + LEEWAY)) throw failure("sign-in-clock");
  return claims;
}

function unsafe(what) {
  console.warn(`The ID token was refused for its ${what}.`); // for whoever sets the page up
  return failure("sign-in-unsafe");
}

function parts(token) {
  try {
    const [header, claims, signature] = token.split(".");
    const read = (part) => JSON.parse(new TextDecoder().decode(decode(part)));
    const signed = new TextEncoder().encode(`${header}.${claims}`);
    return { header: read(header), claims: read(claims), signed, signature: decode(signature) };
  } catch {
    throw failure("sign-in-unclear");
  }
}

async function isSigned({ alg, kid }, signed, signature) {
  if (alg !== "RS256") return false; // never the token's own choice, least of all "none"
  const key = (await publicKeys()).find((one) => one.kty === "RSA" && one.kid === kid);
  if (!key) return false;
  const { n, e } = key;
  const imported = await crypto.subtle.importKey("jwk", { kty: "RSA", n, e }, RSA, false, ["verify"]);
  return crypto.subtle.verify(RSA.name, imported, signature, signed);
}
