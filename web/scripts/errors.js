import { hasWords, t } from "./words.js";

const TEMPORARY = ["settings-missing", "api-unreachable"];

export class AppError extends Error {
	constructor(code, message) {
		super(message);
		this.code = code;
	}

	get action() {
		return t(this.code === "slow-result" ? "errors.keepWaiting" : "errors.retry");
	}

	get isTemporary() {
		return TEMPORARY.includes(this.code);
	}
}

export const appError = (code) => new AppError(code, t(`errors.${code}`));

/** The API's sentences are English; other languages have one for each code. */
const translated = (key, sentence) => (hasWords(key) ? t(key) : sentence);

export const problemError = ({ code, detail }) => new AppError(code, translated(`api.${code}`, detail));

/** Why recognition failed: an image's `reason`. */
export const reasonText = ({ code, message }) => translated(`reasons.${code}`, message);

export function toError(error) {
	if (error instanceof AppError) return error;
	console.error(error);
	return new AppError("page-error", t("errors.page", { message: error.message }));
}
