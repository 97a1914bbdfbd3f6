import { locale as language } from "./words.js";

export const number = (value, options) => new Intl.NumberFormat(language, options).format(value);
const unit = (value, name, maximumFractionDigits) => number(value, { style: "unit", unit: name, maximumFractionDigits });
const list = new Intl.ListFormat(language, { type: "conjunction" });
const dates = new Intl.DateTimeFormat(language, { dateStyle: "long" });
const moments = new Intl.DateTimeFormat(language, { month: "long", day: "numeric", hour: "numeric", minute: "2-digit" });
const percents = new Intl.NumberFormat(language, { style: "percent" });

export const percentage = (percent) => percents.format(percent / 100);
export const joined = (words) => list.format(words);
export const date = (time) => dates.format(new Date(time));
export const moment = (time) => moments.format(new Date(time));

export function bytes(size) {
	if (size < 1e3) return number(size, { style: "unit", unit: "byte", unitDisplay: "long" });
	return size < 1e6 ? unit(size / 1e3, "kilobyte", 0) : unit(size / 1e6, "megabyte", 1);
}

export function dollars(amount) {
	return number(amount, { style: "currency", currency: "USD", maximumFractionDigits: amount > 0 && amount < 1 ? 3 : 2 });
}

const DISGUISES = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0\ufff0-\ufff8\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}]/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}\p{Cn}\p{Co}]/u;

export const displayName = (name) => name.replace(DISGUISES, "").normalize() || "picture";

/** A tag as the API would store it, apart from joiners; empty if nothing of it can be seen. */
export function cleanTag(text) {
	const tag = text.replace(/\s+/g, " ").replace(DISGUISES, "").normalize().trim();
	return VISIBLE.test(tag) ? tag : "";
}

/** "LEFT_HAND" becomes "Left hand". */
export function readable(name = "") {
	const words = name.replaceAll("_", " ").toLowerCase();
	return words.charAt(0).toUpperCase() + words.slice(1);
}
