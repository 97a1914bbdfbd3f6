/** What a person sees of sign-in: the welcome, the name in the header, and the question to sign in again. */

import { el } from "./dom.js";
import { asFailure } from "./failures.js";
import { signInAgain, signOut, start } from "./session.js";
import { leaveToSignIn } from "./sign_in.js";

const PASSING = new Set(["settings-missing", "sign-in-unreachable"]); // the person is signed in, or may be
const part = (id) => document.getElementById(id);

/** `leaving()` is asked before a sign-out; false keeps the person here. */
export function account({ leaving }) {
  const problem = part("welcome-problem");
  const button = part("sign-in");
  let act = leaveToSignIn;

  const show = (state) => {
    document.body.dataset.session = state;
    part("choose").hidden = state !== "in";
    part("welcome").hidden = state !== "out";
  };
  const complain = (failure) => (problem.textContent = failure?.message ?? "");

  document.addEventListener("signed-in", ({ detail: { claims } }) => {
    part("account").hidden = claims === null;
    part("account-name").textContent = claims?.email ?? claims?.name ?? claims?.sub;
    show("in");
  });
  document.addEventListener("signed-out", ({ detail: { failure } }) => {
    part("account").hidden = true;
    act = PASSING.has(failure?.code) ? start : leaveToSignIn;
    button.textContent = act === start ? "Try again" : "Sign in";
    show("out");
    complain(failure);
  });
  button.addEventListener("click", async () => {
    complain();
    button.disabled = true; // a second click would begin a second sign-in
    await act().catch((error) => complain(asFailure(error)));
    button.disabled = false;
  });
  part("sign-out").addEventListener("click", async () => (await leaving()) && leave());
  document.addEventListener("sign-in-lapsed", ({ detail: { claims } }) => askAgain(claims));
}

const leave = () => signOut().catch((error) => (part("welcome-problem").textContent = asFailure(error).message));

/** Stays until the person is signed in again, or out for good. */
function askAgain({ email }) {
  const problem = el("p", { class: "problem", role: "alert" });
  const again = async () => {
    problem.textContent = "";
    try {
      await signInAgain();
      dialog.remove();
    } catch (error) {
      problem.textContent = asFailure(error).message;
    }
  };
  const dialog = open("Sign in again", [
    `The sign-in of ${email ?? "this page"} has run out. Sign in again to go on; what is under way waits.`,
    problem,
  ], [["Sign in again", again], ["Sign out", leave]]);
  dialog.addEventListener("cancel", (event) => event.preventDefault()); // nothing on the page works until then
  dialog.addEventListener("close", () => dialog.isConnected && dialog.showModal());
  document.addEventListener("signed-out", () => dialog.remove(), { once: true });
}

/** Asks whether to go although something would be lost. */
export function confirmLeaving(title, text) {
  const { promise, resolve } = Promise.withResolvers();
  const dialog = open(title, [text], [["Sign out", () => dialog.close("yes")], ["Stay", () => dialog.close()]]);
  dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  });
  return promise;
}

function open(title, content, choices) {
  const words = content.map((one) => (typeof one === "string" ? el("p", { text: one }) : one));
  const buttons = choices.map(([text, click], index) => el("button", { type: "button", class: index === 0 ? "button" : "button quiet", text, on: { click } }));
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "dialog-title" },
    el("h2", { id: "dialog-title", text: title }), ...words, el("div", { class: "dialog-actions" }, ...buttons));
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
