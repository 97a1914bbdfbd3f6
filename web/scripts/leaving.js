/** Asks before the page is left while uploads are under way, and only then. */

import { confirmLeaving } from "./account.js";
import { count } from "./wording.js";

const sending = new Set();

const ask = (event) => event.preventDefault();

export function guard(upload) {
  const follow = () => {
    if (upload.sending) sending.add(upload);
    else sending.delete(upload);
    if (sending.size > 0) addEventListener("beforeunload", ask);
    else removeEventListener("beforeunload", ask);
  };
  upload.addEventListener("change", follow);
  follow();
}

/** Before a sign-out: false when the person rather stays. */
export async function mayLeave() {
  if (sending.size === 0) return true;
  const text = `${count(sending.size, "picture is", "pictures are")} still being sent. If you sign out now, that is cut off.`;
  const yes = await confirmLeaving("Sign out?", text);
  if (yes) stopAll();
  return yes;
}

export function stopAll() {
  for (const upload of [...sending]) upload.stop();
  sending.clear();
  removeEventListener("beforeunload", ask);
}
