/** The page's words, in the first language of the browser's that it has. */

import english from "./words/en.js";

const MORE = { de: () => import("./words/de.js") };

const languageOf = (locale) => locale.split("-")[0];
/** For dates and numbers: the browser's, with its region. */
export const locale = navigator.languages.find((each) => languageOf(each) === "en" || languageOf(each) in MORE) ?? "en";
export const language = languageOf(locale);
const words = language in MORE ? (await MORE[language]()).default : english;
const numbers = new Intl.NumberFormat(locale);
const plurals = new Intl.PluralRules(language);

/** The text of `key`. `{name}` is replaced by `values.name`; a text with several forms takes the one for `values.count`. */
export function t(key, values = {}) {
	const forms = words[key];
	const text = typeof forms === "object" ? (forms[plurals.select(values.count)] ?? forms.other) : forms;
	return text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? numbers.format(values[name]) : values[name]));
}

export const hasWords = (key) => key in words;

const ATTRIBUTES = { wordsLabel: "aria-label", wordsPlaceholder: "placeholder", wordsTitle: "title" };

/** Sets the texts of elements with `data-words`, `data-words-label`, `data-words-placeholder`, `data-words-title`. */
function translate(root) {
	for (const element of root.querySelectorAll("[data-words], [data-words-label], [data-words-placeholder], [data-words-title]")) {
		const { words: key, ...keys } = element.dataset;
		if (key) element.textContent = t(key);
		for (const [name, attribute] of Object.entries(ATTRIBUTES)) if (keys[name]) element.setAttribute(attribute, t(keys[name]));
	}
}

document.documentElement.lang = language;
translate(document);
