/** Reads and changes the text of a query: `label:Cat -tag:"to do" after:2026-10`. */

const TOKEN = /(?:"[^"]*"?|[^\s"])+/g; // an open quote reaches to the end
const COMPLETE = /^(-?)(?:(\w+):)?(?:"([^"]+)"|([^\s":]+))$/;
export const KINDS = ["label", "text", "tag", "name", "color", "camera", "people", "flag", "celebrity", "missing", "is", "status"];
const FIELDS = [...KINDS, "before", "after"];

const QUOTES = /[“”„]/g; // as phones type them

export const straighten = (query) => query.replace(QUOTES, '"').trim();
const tokens = (query) => straighten(query).match(TOKEN) ?? [];
const key = (token) => token.replaceAll('"', "").toLowerCase();

/** Leaves out characters that have a meaning in a query. */
export function clause(kind, value) {
	const text = value.replace(/["“”„*]/g, " ").replace(/^[-\s]+/, "").trim();
	return `${kind}:${/^[\p{L}\p{N}.#_-]+$/u.test(text) ? text : `"${text}"`}`;
}

/** "included", "excluded", or null. */
export function clauseState(query, text) {
	const found = tokens(query).map(key);
	if (found.includes(key(text))) return "included";
	return found.includes(`-${key(text)}`) ? "excluded" : null;
}

/** Makes the state of a clause `state`, or null if it is that already. */
export function toggleClause(query, text, state = "included") {
	const others = tokens(query).filter((token) => ![key(text), `-${key(text)}`].includes(key(token)));
	const added = { included: text, excluded: `-${text}` }[clauseState(query, text) === state ? null : state] ?? [];
	return others.concat(added).join(" ");
}

/** `{kind, value, isExcluded}` of a complete token with a field or a minus, which the search field shows as a chip; else null. */
export function readChip(token) {
	const [, minus, field, quoted, word] = COMPLETE.exec(token) ?? [];
	const kind = field?.toLowerCase() ?? "";
	if (!(minus || kind) || (kind && !FIELDS.includes(kind))) return null;
	return quoted || word ? { kind, value: quoted ?? word, isExcluded: minus === "-" } : null;
}

/** The tokens that are chips, and the rest of the text. */
export function splitQuery(query) {
	const all = tokens(query);
	return { chips: all.filter(readChip), text: all.filter((token) => !readChip(token)).join(" ") };
}

export const joinQuery = ({ chips, text }) => [...chips, straighten(text)].filter(Boolean).join(" ");

/** Takes the chips that a space before the caret completes out of `text`: `{chips, text, caret}`, or null. */
export function takeChips(text, caret) {
	const before = text.slice(0, caret);
	const { chips, text: rest } = splitQuery(before);
	if (!/\s$/.test(before) || isIncomplete(before) || chips.length === 0) return null;
	const kept = rest && `${rest} `;
	return { chips, text: kept + text.slice(caret), caret: kept.length };
}

/** Whether the last token can't be searched for yet, or hardly: `label:`, `-`, an open quote, or one letter. */
export function isIncomplete(query) {
	const last = tokens(query).at(-1) ?? "";
	return /[:-]$|^\p{L}$/u.test(last) || last.split('"').length % 2 === 0;
}

/** The label, if the query is nothing else. */
export function labelOf(query) {
	const [, quoted, word] = /^label:(?:"([^"*]+)"|([^\s"*]+))$/.exec(query) ?? [];
	return quoted ?? word ?? null;
}

/** The token that ends at the caret: `{start, sign, kind, prefix}`, or null. `kind` is "" for a bare word. */
export function tokenAt(query, caret) {
	const start = [...query.slice(0, caret).matchAll(TOKEN)].find(({ index, 0: text }) => index + text.length === caret)?.index;
	if (start === undefined) return null;
	const [, sign, field = "", text] = /^(-?)(?:(\w+):)?(.*)$/s.exec(query.slice(start, caret));
	const kind = field.toLowerCase();
	if (kind && !KINDS.includes(kind)) return null;
	return { start, sign, kind, prefix: text.replace(/["*]/g, "") };
}

/** Converts a position as the API counts, in characters from 1, to an index. */
export const indexOfPosition = (query, position) => [...query].slice(0, position - 1).join("").length;
