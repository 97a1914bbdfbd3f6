/** A text field with suggestions: the combobox pattern of the ARIA Authoring Practices Guide. */

import { el, on, setAttributes } from "./dom.js";

const DELAY_MS = 150;

/**
 * `suggest(signal)` resolves to `[{text, note, label, group, match, …}]`, of which `choose` takes one. Those of a group
 * are under its name, and what `match` says is emphasized. With `opensOnFocus`, an empty field has suggestions, too.
 */
export function addSuggestions(input, { label, suggest, choose, opensOnFocus = false }) {
	const list = el("div", { id: `${input.id}-suggestions`, class: "suggestions", role: "listbox", "aria-label": label, hidden: true });
	let suggestions = [];
	let options = [];
	let active = -1;
	let abort = new AbortController();
	let timer;

	setAttributes(input, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": false, "aria-controls": list.id, autocomplete: "off" });
	input.after(list);

	const setActive = (index) => {
		active = index;
		for (const [each, option] of options.entries()) setAttributes(option, { "aria-selected": each === active });
		options[active]?.scrollIntoView({ block: "nearest" });
		setAttributes(input, { "aria-activedescendant": options[active]?.id });
	};
	const show = (found) => {
		const groups = Map.groupBy(found, ({ group = "" }) => group);
		suggestions = [...groups.values()].flat();
		options = suggestions.map(createOption);
		list.replaceChildren(...[...groups].flatMap(([group, members]) => {
			const shown = members.map((each) => options[suggestions.indexOf(each)]);
			return group ? el("div", { role: "group", "aria-label": group }, el("p", { class: "suggestion-group", "aria-hidden": true, text: group }), ...shown) : shown;
		}));
		list.hidden = found.length === 0;
		list.scrollTop = 0;
		setAttributes(input, { "aria-expanded": !list.hidden });
		setActive(-1);
	};
	const close = () => {
		clearTimeout(timer);
		abort.abort();
		show([]);
	};
	const take = (suggestion) => {
		close();
		choose(suggestion);
	};
	const createOption = ({ text, note = "", label: name, match }, index) => el("div", {
		id: `${list.id}-${index}`, class: "suggestion", role: "option", "aria-selected": false, "aria-label": name,
		on: { pointerdown: (event) => event.preventDefault(), click: () => take(suggestions[index]) }, // keeps the focus
	}, el("span", { dir: "auto" }, ...emphasize(text, match)), el("span", { class: "suggestion-note", text: note }));
	const load = async () => {
		clearTimeout(timer);
		abort.abort();
		abort = new AbortController();
		const { signal } = abort;
		const found = await suggest(signal).catch(() => []); // optional
		if (!signal.aborted) show(found);
	};
	const loadSoon = () => {
		clearTimeout(timer);
		timer = setTimeout(load, DELAY_MS);
	};
	const openIfEmpty = () => opensOnFocus && list.hidden && !input.value && load();

	on(input, {
		input: loadSoon,
		blur: close,
		focus: openIfEmpty,
		click: openIfEmpty,
		keydown: (event) => {
			const { key } = event;
			const { length } = suggestions;
			const isOpen = !list.hidden;
			const step = { ArrowDown: 1, ArrowUp: -1 }[key];
			if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
			if (step && !isOpen && key === "ArrowDown") load();
			else if (step && isOpen) setActive(((active + step + length + 2) % (length + 1)) - 1); // -1 is the text itself
			else if (key === "Enter" && active >= 0) take(suggestions[active]);
			else if (key === "Escape" && isOpen) close();
			else return;
			event.preventDefault();
			event.stopImmediatePropagation(); // else Enter searches, and Escape clears the selection
		},
	});
	return { close, open: load };
}

/** Marks where a word begins with `match`. */
function emphasize(text, match = "") {
	const [lower, wanted] = [text.toLowerCase(), match.toLowerCase()];
	let start = -1;
	do start = lower.indexOf(wanted, start + 1);
	while (start > 0 && /[\p{L}\p{N}]/u.test(lower[start - 1]));
	if (!wanted || start < 0) return [text];
	const end = start + wanted.length;
	return [text.slice(0, start), el("mark", { text: text.slice(start, end) }), text.slice(end)];
}
