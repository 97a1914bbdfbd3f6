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
  insecure: "This page must be opened over https, or on this computer, before it can send pictures.",
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
