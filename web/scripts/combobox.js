/** A text field with suggestions: the combobox pattern of the ARIA Authoring Practices Guide. */

import { el, on, setAttributes } from "./dom.js";

const DELAY_MS = 150;

/** `suggest(signal)` resolves to `[{text, note, label, …}]`, of which `choose` takes one. Returns `{close}`. */
export function addSuggestions(input, { label, suggest, choose }) {
	const list = el("ul", { id: `${input.id}-suggestions`, class: "suggestions", role: "listbox", "aria-label": label, hidden: true });
	let suggestions = [];
	let active = -1;
	let abort = new AbortController();
	let timer;

	setAttributes(input, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": false, "aria-controls": list.id, autocomplete: "off" });
	input.after(list);

	const setActive = (index) => {
		active = index;
		for (const [each, option] of [...list.children].entries()) setAttributes(option, { "aria-selected": each === active });
		list.children[active]?.scrollIntoView({ block: "nearest" });
		setAttributes(input, { "aria-activedescendant": list.children[active]?.id });
	};
	const show = (found) => {
		suggestions = found;
		list.replaceChildren(...found.map(createOption));
		list.hidden = found.length === 0;
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
	const createOption = (suggestion, index) => el("li", {
		id: `${list.id}-${index}`, class: "suggestion", role: "option", "aria-selected": false, "aria-label": suggestion.label,
		on: { pointerdown: (event) => event.preventDefault(), click: () => take(suggestion) }, // keeps the focus
	}, el("span", { dir: "auto", text: suggestion.text }), el("span", { class: "suggestion-note", text: suggestion.note }));
	const load = async () => {
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

	on(input, {
		input: loadSoon,
		blur: close,
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
	return { close };
}
