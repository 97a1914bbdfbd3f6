/** Numbers and lists in words. */

const language = document.documentElement.lang;
const number = (value, options) => new Intl.NumberFormat(language, options).format(value);
const unit = (value, name, maximumFractionDigits) => number(value, { style: "unit", unit: name, maximumFractionDigits });
const list = new Intl.ListFormat(language, { type: "conjunction" });
const dates = new Intl.DateTimeFormat(language, { dateStyle: "long" });
const percents = new Intl.NumberFormat(language, { style: "percent" });

export const percentage = (percent) => percents.format(percent / 100);
export const joined = (words) => list.format(words);
export const count = (many, one, more = `${one}s`) => `${number(many)} ${many === 1 ? one : more}`;
export const day = (time) => dates.format(new Date(time));

export function bytes(size) {
	if (size < 1e3) return count(size, "byte");
	return size < 1e6 ? unit(size / 1e3, "kilobyte", 0) : unit(size / 1e6, "megabyte", 1);
}

export function dollars(amount) {
	return number(amount, { style: "currency", currency: "USD", maximumFractionDigits: amount > 0 && amount < 1 ? 3 : 2 });
}

export function readable(term = "") {
	const words = term.replaceAll("_", " ").toLowerCase();
	return words.charAt(0).toUpperCase() + words.slice(1);
}
