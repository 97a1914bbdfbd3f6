const TEMPORARY = ["settings-missing", "api-unreachable"];

export class AppError extends Error {
	constructor(code, message) {
		super(message);
		this.code = code;
	}

	get action() {
		return this.code === "slow-result" ? "Keep waiting" : "Try again";
	}

	get isTemporary() {
		return TEMPORARY.includes(this.code);
	}
}

const MESSAGES = {
	"settings-missing": "Couldn't load the page's settings (config.json). Check your connection and the deployment.",
	"api-unreachable": "Can't reach the service. Check your connection.",
	"api-busy": "The service is busy. Try again in a moment.",
	"api-error": "Something went wrong on our side. Try again in a moment.",
	"api-unexpected": "The service sent an unexpected response. Try again in a moment.",
	unreadable: "Couldn't read the file. It may have been moved or changed. Choose it again.",
	"token-rejected": "The service rejected your sign-in. Sign out, then sign in again.",
	"sign-in-invalid": "Your sign-in couldn't be verified. Sign in again.",
	"sign-in-clock": "The time of the sign-in doesn't match your clock. Check that your device's clock is right.",
	"sign-in-expired": "Your sign-in has expired. Sign in again.",
	insecure: "Open this page over HTTPS to sign in and upload photos.",
	"upload-interrupted": "The upload was interrupted. Check your connection.",
	"upload-stalled": "The upload made no progress for a minute. Check your connection.",
	"upload-expired": "The upload link expired twice. Check that your device's clock is right.",
	"upload-changed": "The file may have changed during the upload. Try again, or choose it again.",
	"upload-rejected": "The file couldn't be stored.",
	"download-interrupted": "The download was interrupted. Check your connection.",
	"link-expired": "The download link expired twice. Check that your device's clock is right.",
	"file-gone": "The photo's file no longer exists.",
	"not-recognized-yet": "The photo isn't recognized yet. Try again later.",
	"result-missing": "The photo's result no longer exists.",
	"disk-full": "There isn't enough space on the disk.",
	"slow-result": "This is taking longer than usual. Your photo is uploaded and safe.",
};

export const appError = (code) => new AppError(code, MESSAGES[code]);

export function toError(error) {
	if (error instanceof AppError) return error;
	console.error(error);
	return new AppError("page-error", `Something went wrong on this page: ${error.message}`);
}
