/** Failures in words, where neither API nor record has any. */

export class Failure extends Error {
	constructor(code, message) {
		super(message);
		this.code = code;
	}

	get action() {
		return this.code === "still-working" ? "Keep waiting" : "Try again";
	}
}

const SENTENCES = {
	"settings-missing": "This page could not load its settings (config.json). Check the connection, and that the page was set up completely.",
	"api-unreachable": "The service cannot be reached. Check the connection.",
	"api-busy": "The service has too much to do at the moment. Wait a little.",
	"api-broken": "The service had a fault of its own. It usually passes in a moment.",
	"api-unclear": "The service gave an answer that this page does not understand.",
	unreadable: "The file could not be read. It may have been moved or changed; choose it once more.",
	"signed-out": "The service did not take your sign-in. Sign out, and in again.",
	"sign-in-unsafe": "That was not the answer to a sign-in from here, so it was not used. Sign in again.",
	"sign-in-clock": "The sign-in is of another time. Check that this computer's clock is right.",
	"sign-in-ended": "The sign-in has run out. Sign in again.",
	insecure: "This page must be opened over https to sign you in and send pictures.",
	"upload-cut-off": "The upload was cut off. Check the connection.",
	"upload-stalled": "The upload stood still for a minute and was stopped. Check the connection.",
	"upload-expired": "The permission to upload ran out twice. Check that this computer's clock is right.",
	"upload-changed": "What arrived was not what was read from the file. It may have changed meanwhile.",
	"upload-refused": "The picture store did not take the file.",
	"still-working": "This takes longer than usual. The picture has arrived, and nothing will be lost.",
};

export const failure = (code) => new Failure(code, SENTENCES[code]);

export function asFailure(error) {
	if (error instanceof Failure) return error;
	console.error(error);
	return new Failure("page-fault", `This page made a mistake: ${error.message}`);
}
