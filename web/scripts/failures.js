/** Failures in words. The API's and the record's own sentences are shown as they are; these are for where neither speaks. */

export class Failure extends Error {
  /** `action` is what the button says that goes on from here. */
  constructor(code, message, action = "Try again") {
    super(message);
    this.name = "Failure";
    this.code = code;
    this.action = action;
  }
}

const SENTENCES = {
  "settings-missing":
    "This page could not load its settings (config.json). Check the connection; if that is fine, the page was not set up completely.",
  "api-unreachable": "The service cannot be reached. Check the connection.",
  "api-busy": "The service has too much to do at the moment. Wait a little.",
  "api-broken": "The service had a fault of its own. It usually passes in a moment.",
  "api-unclear": "The service gave an answer that this page does not understand.",
  unreadable: "The file could not be read. It may have been moved, renamed or changed since it was chosen; choose it once more.",
  "signed-out": "The service did not take your sign-in. Sign out, and in again.",
  "sign-in-unreachable": "The sign-in service cannot be reached. Check the connection.",
  "sign-in-unclear": "The sign-in service gave an answer that this page does not understand.",
  "sign-in-unsafe": "The sign-in service's answer is not meant for this page, so it was not used. Sign in again.",
  "sign-in-clock": "The sign-in is of another time. Check that this computer's clock is right, then sign in again.",
  "sign-in-mixed-up": "That was the answer to a sign-in that did not begin here, so it was not used. Sign in again.",
  "sign-in-ended": "The sign-in has run out. Sign in again.",
  "sign-in-other": "That is somebody else. Sign in as the same person to go on, or sign out.",
  "window-blocked": "The browser blocked the sign-in window. Allow this page to open windows, then try once more.",
  insecure: "This page must be opened over https, or on this computer, before it can sign you in or send pictures.",
  "upload-cut-off": "The upload was cut off. Check the connection.",
  "upload-stalled": "The upload stood still for a minute and was stopped. Check the connection.",
  "upload-expired": "The permission to upload ran out twice. Check that this computer's clock is right.",
  "upload-changed": "What arrived was not what was read from the file. It may have changed meanwhile.",
  "upload-refused": "The picture store did not take the file.",
  "still-working": "This takes longer than usual. The picture has arrived, and its result will not be lost.",
};

const ACTIONS = { "still-working": "Keep waiting" };

export function failure(code) {
  return new Failure(code, SENTENCES[code], ACTIONS[code]);
}

/** Whatever was thrown, as a Failure; a mistake of the page's own is also left in the console for its makers. */
export function asFailure(error) {
  if (error instanceof Failure) return error;
  console.error(error);
  return new Failure("page-fault", `This page made a mistake: ${error.message}`);
}
