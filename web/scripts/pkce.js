/** What the code flow needs of cryptography: unguessable words, the challenge of PKCE, and base64url. */

const LENGTH = 32; // bytes: 256 bits

export const random = () => encode(crypto.getRandomValues(new Uint8Array(LENGTH)));

/** The S256 challenge that goes with a verifier. */
export async function challenge(verifier) {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

function encode(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes behind base64url; throws for anything else. */
export function decode(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
