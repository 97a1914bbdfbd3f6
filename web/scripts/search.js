import { addSuggestions } from "./combobox.js";
import { byIds, listen, on, setAttributes } from "./dom.js";
import { imageStore } from "./image-store.js";
import { photoCount } from "./library.js";
import { indexOfPosition, isIncomplete, joinQuery, splitQuery, takeChips, toggleClause } from "./query.js";
import { go, route, searchUrl } from "./router.js";
import { focusLastChip, showChips } from "./search-chips.js";
import { forget, forgetAll, remember, suggestFields, suggestTerms } from "./search-suggestions.js";
import { showSidebar } from "./sidebar.js";
import { t } from "./words.js";

const TYPING_MS = 250;
const PAUSE_MS = 1_000; // before an error in what is being typed is shown

const [form, input, clearButton, errorText, order] = byIds("search-form", "search", "search-clear", "search-error", "order");
const suggestions = addSuggestions(input, { label: t("search.suggestions"), suggest, choose, opensOnFocus: true });
const chipActions = {
	remove: (index) => {
		finish(joinQuery({ chips: chips.toSpliced(index, 1), text: input.value }), { isNew: true });
		focusField();
	},
	leave: focusField,
};
let chips = [];
let current = ""; // the query whose photos are shown
let isTyping = false; // the newest entry of the history is what is being typed
let suggestsAllFields = false;
let typedAt = 0;
let shownError = null;
let searchTimer;
let errorTimer;

const typed = () => joinQuery({ chips, text: input.value });

/** True if the field contains something that wasn't searched for. */
export const isSearchTyped = () => typed() !== joinQuery(splitQuery(current));

export function showQuery(query, newOrder) {
	if (query !== current) { // of a link, or the history
		clearTimeout(searchTimer);
		isTyping = false;
		setField(splitQuery(query));
	}
	current = query;
	order.value = newOrder;
	showSidebar(query, newOrder, toggle);
}

function setField(split) {
	({ chips, text: input.value } = split);
	showChips(chips, chipActions);
	showHints();
}

function showHints() {
	const count = photoCount();
	clearButton.hidden = typed() === "";
	input.placeholder = chips.length > 0 ? t("search.placeholderMore") : count ? t("search.placeholderCount", { count }) : t("search.placeholder");
}

function focusField() {
	input.focus();
	suggestions.close();
}

/** Changes the address, which shows the photos. Returns whether it did. While `isTyping`, it replaces what was typed before. */
function search(query, newOrder = order.value) {
	clearTimeout(searchTimer);
	const url = searchUrl({ query, order: newOrder });
	if (url === (location.hash || "#/")) return false;
	current = query;
	go(url, { replace: isTyping });
	return true;
}

function searchTyped() {
	if (route()?.image) return; // was opened meanwhile
	const isNew = search(typed());
	isTyping ||= isNew;
}

/** Ends typing: the search stays in the history. With `isNew`, so does what was typed before. */
function finish(query, { isNew = false } = {}) {
	const wasTyping = isTyping;
	isTyping &&= !isNew;
	const hasMoved = search(query);
	isTyping = false;
	remember(query);
	setField(splitQuery(query));
	if (!hasMoved && shownError) showError();
	else if (!hasMoved && !wasTyping) imageStore.open(imageStore); // anew
}

const toggle = (text, state) => finish(toggleClause(typed(), text, state), { isNew: true });

function onTyped({ isComposing = false } = {}) {
	typedAt = Date.now();
	clearTimeout(errorTimer);
	clearTimeout(searchTimer);
	const taken = isComposing ? null : takeChips(input.value, input.selectionStart);
	if (taken) {
		chips.push(...taken.chips);
		input.value = taken.text;
		input.setSelectionRange(taken.caret, taken.caret);
		showChips(chips, chipActions);
	}
	showHints();
	searchTimer = setTimeout(searchTyped, isIncomplete(typed()) ? PAUSE_MS : TYPING_MS);
}

export function showQueryError(error) {
	if (error?.code !== "invalid-query") error = null;
	if (error === shownError) return;
	shownError = error;
	clearTimeout(errorTimer);
	if (error && isTyping) errorTimer = setTimeout(showError, typedAt + PAUSE_MS - Date.now());
	else showError();
}

/** Shows the whole query as text, which the error's position is for. */
function showError() {
	errorText.textContent = shownError?.message ?? "";
	setAttributes(input, { "aria-invalid": shownError ? "true" : null });
	if (!shownError) return;
	const fromEnd = input.value.length - input.selectionStart;
	setField({ chips: [], text: current });
	forget(current);
	if (document.activeElement !== input) return;
	const index = isTyping ? current.length - fromEnd : indexOfPosition(current, shownError.position);
	input.setSelectionRange(index, index);
}

async function suggest(signal) {
	if (input.value.trim()) return suggestTerms(input.value, input.selectionStart, signal);
	return suggestFields({ withRecent: chips.length === 0, isAll: suggestsAllFields });
}

function choose({ replacement, query, insert, more }) {
	if (query) return finish(query);
	if (replacement) input.setRangeText(...replacement, "end");
	else if (insert) input.value = insert;
	suggestsAllFields = Boolean(more);
	if (more || isIncomplete(input.value)) suggestions.open();
	else finish(typed());
}

on(form, {
	submit: (event) => {
		event.preventDefault();
		suggestions.close();
		finish(typed());
		if (matchMedia("(pointer: coarse)").matches) input.blur(); // closes the keyboard above the photos
	},
});
on(input, {
	input: onTyped,
	blur: () => {
		suggestsAllFields = false;
		if (isTyping) remember(current);
		isTyping = false;
	},
	keydown: (event) => {
		const isAtStart = input.selectionStart === 0 && input.selectionEnd === 0 && chips.length > 0;
		const toChips = input.matches(":dir(rtl)") ? "ArrowRight" : "ArrowLeft";
		if (event.key === "Escape") input.blur();
		else if (event.key === toChips && isAtStart) focusLastChip();
		else if (event.key === "Backspace" && isAtStart && !event.repeat) {
			setField({ chips: chips.slice(0, -1), text: input.value });
			onTyped();
		} else return;
		event.preventDefault();
		event.stopPropagation();
	},
});
on(clearButton, {
	click: () => {
		finish("", { isNew: true });
		focusField();
	},
});
on(order, { change: () => finish(typed(), { isNew: true }) });
if (input.value) onTyped(); // typed before this module was loaded: until then, the form's method keeps Enter from leaving the page
listen({
	"library-changed": showHints,
	"signed-out": () => {
		clearTimeout(searchTimer);
		suggestions.close();
		forgetAll();
		current = "";
		setField(splitQuery(""));
		showQueryError(null);
	},
});
