/** Reads and changes the text of a query: `label:Cat -tag:"to do" after:2026-10`. */

const TOKEN = /(?:"[^"]*"?|[^\s"])+/g; // an open quote reaches to the end
export const KINDS = ["label", "text", "tag", "name", "color", "camera", "people", "flag", "celebrity", "missing", "is", "status"];

const QUOTES = /[“”„]/g; // as phones type them

export const straighten = (query) => query.replace(QUOTES, '"').trim();
const tokens = (query) => straighten(query).match(TOKEN) ?? [];
const isSame = (a, b) => a.toLowerCase() === b.toLowerCase();

/** Leaves out characters that have a meaning in a query. */
export function clause(kind, value) {
	const text = value.replace(/["“”„*]/g, " ").replace(/^[-\s]+/, "").trim();
	return `${kind}:${/^[\p{L}\p{N}.#_-]+$/u.test(text) ? text : `"${text}"`}`;
}

export const hasClause = (query, text) => tokens(query).some((token) => isSame(token, text));

export function toggleClause(query, text) {
	const others = tokens(query).filter((token) => !isSame(token, text));
	return (hasClause(query, text) ? others : [...others, text]).join(" ");
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
