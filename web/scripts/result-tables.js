import { button, el, on, setAttributes, setStyle } from "./dom.js";
import { joined, percentage } from "./format.js";
import { clip, describe } from "./overlay.js";

export function createTables(groups, highlight) {
	const tables = groups.filter(({ items, error }) => items.length > 0 || error).map((group) => createTable(group, highlight));
	const empty = groups.filter(({ items, error }) => items.length === 0 && !error).map(({ title }) => title.toLowerCase());
	return {
		element: el("div", { class: "results" }, ...tables.map(({ element }) => element),
			empty.length > 0 ? el("p", { class: "hint", text: `No results for: ${joined(empty)}.` }) : null),
		update: (filter) => tables.forEach(({ update }) => update(filter)),
	};
}

function createTable({ name, title, error, items }, highlight) {
	const rows = items.map((item) => createRow(item, highlight));
	const visible = () => rows.filter(({ element }) => !element.hidden);
	const count = el("span", { class: "result-count" });
	const hint = el("p", { class: "hint" });
	const heads = ["Name", name === "properties" ? "Value" : "Confidence", "Position"].map((text) => el("th", { scope: "col", text }));
	const element = el("section", { class: "result", "data-detector": name },
		el("div", { class: "result-header" }, el("h3", { text: title }), count),
		error ? el("p", { class: "result-error", text: error }) :
		el("table", { "aria-label": title }, el("thead", { class: "visually-hidden" }, el("tr", {}, ...heads)), el("tbody", {}, ...rows.map((row) => row.element))),
		hint);
	return {
		element,
		update(filter) {
			element.hidden = !filter.isOn(name);
			for (const { item, element, notes } of rows) {
				element.hidden = !filter.shows(name, item.confidence);
				for (const note of notes) note.element.hidden = !filter.shows(name, note.confidence);
			}
			const hidden = rows.length - visible().length;
			count.textContent = visible().length || "";
			hint.textContent = hidden > 0 ? `${hidden} more below ${percentage(filter.minimum)}.` : "";
		},
	};
}

function createRow(item, highlight) {
	const { name, confidence, value, swatch, parents, boxes, bounds, words } = item;
	const measure = confidence ?? value;
	const notes = item.notes.map(createNote);
	const hasPosition = boxes.length + words.length > 0;
	const highlightOn = (start, end) => ({ [start]: () => highlight(item, "highlighted", true), [end]: () => highlight(item, "highlighted", false) });
	const positions = (bounds ? [bounds] : boxes.map(({ box }) => box)).map(clip).filter(Boolean).map(describe);
	const element = el("tr", { class: "item", "data-name": name, on: hasPosition ? highlightOn("pointerenter", "pointerleave") : {} },
		el("th", { scope: "row" },
			swatch ? setStyle(el("span", { class: "swatch" }), { "--swatch": swatch }) : null,
			hasPosition && !item.link ? createPin(item, highlight, highlightOn("focus", "blur")) : createName(item),
			parents.length > 0 ? el("span", { class: "item-parents", text: ` in ${joined(parents)}` }) : null,
			...notes.map((note) => note.element)),
		el("td", { class: "item-value", text: measure === undefined ? "" : percentage(measure) }),
		el("td", {}, el("span", { class: "visually-hidden", text: positions.join("; ") })));
	return { item, notes, element: setStyle(element, { "--value": `${measure ?? 0}%` }) };
}

function createNote({ text, confidence }) {
	const value = confidence === undefined ? null : el("span", { class: "note-value", text: percentage(confidence) });
	return { confidence, element: el("span", { class: "note", text: ` ${text} ` }, value) };
}

function createName({ name, link: href }) {
	const attributes = { class: "item-name", dir: "auto", text: name };
	return href ? el("a", { ...attributes, href, rel: "noopener noreferrer", target: "_blank" }) : el("span", attributes);
}

function createPin(item, highlight, listeners) {
	const element = button("item-name", item.name, () => {
		const pinned = element.ariaPressed === "false";
		setAttributes(element, { "aria-pressed": pinned });
		highlight(item, "pinned", pinned);
	}, { dir: "auto", "aria-pressed": false });
	on(element, listeners);
	return element;
}
