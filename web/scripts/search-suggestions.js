/** What the search field suggests: terms of the photos, or while it is empty, recent searches and what a search can contain. */

import { listTerms } from "./api.js";
import { announce } from "./dom.js";
import { valueName } from "./filters.js";
import { number } from "./format.js";
import { clause, tokenAt } from "./query.js";
import { t } from "./words.js";

const RECENT = "recent-searches";
const MAX_TERMS = 8;
const MAX_RECENT = 5;
const YEAR = new Date().getFullYear();
const FIELDS = { color: "color:", text: "text:", tag: "tag:", people: "people:2..", after: `after:${YEAR}`, favorite: "is:favorite" };
const MORE_FIELDS = {
	label: "label:", name: "name:", camera: "camera:", celebrity: "celebrity:", before: `before:${YEAR}`, flag: "flag:*", missing: "missing:*",
	review: "is:review", hidden: "is:hidden", failed: "status:failed", exclude: "-label:", phrase: '"sports car"', start: "moun*",
};

let recent = JSON.parse(sessionStorage.getItem(RECENT) ?? "[]");

function store(queries) {
	recent = queries.slice(0, MAX_RECENT);
	if (recent.length > 0) sessionStorage.setItem(RECENT, JSON.stringify(recent));
	else sessionStorage.removeItem(RECENT);
}

const others = (query) => recent.filter((each) => each !== query);
export const remember = (query) => query && store([query, ...others(query)]);
export const forget = (query) => store(others(query));
export const forgetAll = () => store([]);

/** Each has a `query`, a text to `insert`, or is `more`. */
export function suggestFields({ withRecent, isAll }) {
	const group = t("search.fields");
	const fields = Object.entries({ ...FIELDS, ...(isAll && MORE_FIELDS) }).map(([name, text]) => {
		const note = t(`search.field.${name}`);
		return { group, text, note, label: `${text}, ${note}`, insert: text };
	});
	return [
		...(withRecent ? recent.map((query) => ({ group: t("search.recent"), text: query, query })) : []),
		...fields,
		...(isAll ? [] : [{ group, text: t("search.more"), more: true }]),
	];
}

/** The terms that go on as the word before the caret. Each has a `replacement`, for `setRangeText()`. */
export async function suggestTerms(query, caret, signal) {
	const token = tokenAt(query, caret);
	if (!token?.prefix && !token?.kind) return [];
	const { start, sign, kind, prefix } = token;
	const { terms } = await listTerms({ prefix, kind, limit: MAX_TERMS }, signal);
	if (terms.length > 0) announce(t("search.suggestionCount", { count: terms.length }));
	return terms.map((term) => {
		const group = t(`search.kind.${term.kind}`);
		const text = valueName(term.kind, term.value);
		const label = `${text}, ${group}, ${t("gallery.count", { count: term.count })}`;
		return { group, text, match: prefix, note: number(term.count), label, replacement: [sign + clause(term.kind, term.value), start, caret] };
	});
}
