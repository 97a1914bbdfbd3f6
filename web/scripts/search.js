import { listTerms } from "./api.js";
import { addSuggestions } from "./combobox.js";
import { announce, byIds, listen, on, setAttributes } from "./dom.js";
import { plural } from "./format.js";
import { imageStore } from "./image-store.js";
import { showLabels } from "./labels.js";
import { clause, indexOfPosition, straighten, tokenAt } from "./query.js";
import { go, searchUrl } from "./router.js";

const MAX_SUGGESTIONS = 8;

const [form, input, errorText, order] = byIds("search-form", "search", "search-error", "order");
const suggestions = addSuggestions(input, { label: "Suggestions", suggest, choose });
let current = "";
let shownError;

/** True if the field contains something that wasn't searched for. */
export const isSearchTyped = () => input.value.trim() !== current;

export function showQuery(query, newOrder) {
	current = query;
	if (document.activeElement !== input || straighten(input.value) !== query) input.value = query;
	order.value = newOrder;
	showLabels(query, search);
}

export function showQueryError(error) {
	if (error?.code !== "invalid-query") error = null;
	if (error === shownError) return;
	shownError = error;
	errorText.textContent = error?.message ?? "";
	setAttributes(input, { "aria-invalid": error ? "true" : null });
	if (error?.position && document.activeElement === input && input.value === current) {
		const index = indexOfPosition(current, error.position);
		input.setSelectionRange(index, index);
	}
}

function search(text, newOrder = order.value) {
	const query = straighten(text);
	if (query === imageStore.query && newOrder === imageStore.order) imageStore.open(imageStore); // anew
	else go(searchUrl({ query, order: newOrder }));
}

async function suggest(signal) {
	const token = tokenAt(input.value, input.selectionStart);
	if (!token?.prefix) return [];
	const { start, sign, kind, prefix } = token;
	const { terms } = await listTerms({ prefix, kind, limit: MAX_SUGGESTIONS }, signal);
	if (terms.length > 0) announce(`${plural(terms.length, "suggestion")}.`);
	const end = input.selectionStart;
	return terms.map((term) => ({
		text: term.value,
		note: `${term.kind} · ${term.count.toLocaleString()}`,
		label: `${term.value}, ${term.kind}, ${plural(term.count, "photo")}`,
		replacement: { start, end, text: sign + clause(term.kind, term.value) },
	}));
}

function choose({ replacement: { start, end, text } }) {
	input.setRangeText(text, start, end, "end");
	search(input.value);
}

on(form, {
	submit: (event) => {
		event.preventDefault();
		suggestions.close();
		search(input.value);
	},
});
on(order, { change: () => search(current) });
listen({
	"signed-out": () => {
		suggestions.close();
		input.value = current = "";
		showQueryError(null);
	},
});
