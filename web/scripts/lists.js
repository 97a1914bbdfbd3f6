/** What was found, a table for each detector. */

import { clip, place } from "./boxes.js";
import { button, el, on, set, style } from "./dom.js";
import { count, joined, percentage } from "./wording.js";

export function drawLists(all, light) {
	const tables = all.filter(({ items, error }) => items.length > 0 || error).map((one) => table(one, light));
	const none = all.filter(({ items, error }) => items.length === 0 && !error).map(({ title }) => title.toLowerCase());
	return {
		element: el("div", { class: "findings" }, ...tables.map(({ element }) => element),
			none.length > 0 ? el("p", { class: "hint", text: `Nothing found for: ${joined(none)}.` }) : null),
		update: (filter) => tables.forEach(({ update }) => update(filter)),
	};
}

function table({ name, title, error, items }, light) {
	const rows = items.map((item) => row(item, light));
	const visible = () => rows.filter(({ element }) => !element.hidden);
	const number = el("span", { class: "finding-count" });
	const hint = el("p", { class: "hint" });
	const heads = ["What", name === "properties" ? "How much" : "How sure", "Where"].map((head) => el("th", { scope: "col", text: head }));
	const element = el("section", { class: "finding", "data-detector": name },
		el("div", { class: "finding-head" }, el("h3", { text: title }), number),
		error ? el("p", { class: "finding-error", text: error }) :
		el("table", { "aria-label": title }, el("thead", { class: "unseen" }, el("tr", {}, ...heads)), el("tbody", {}, ...rows.map((one) => one.element))),
		hint);
	return {
		element,
		update(filter) {
			element.hidden = !filter.isOn(name);
			for (const { item, element, notes } of rows) {
				element.hidden = !filter.shows(name, item.confidence);
				for (const note of notes) note.element.hidden = !filter.shows(name, note.confidence);
			}
			const less = rows.length - visible().length;
			number.textContent = visible().length || "";
			hint.textContent = less > 0 ? `${count(less, "is", "are")} less sure than ${percentage(filter.minimum)}.` : "";
		},
	};
}

function row(item, light) {
	const { name, confidence, share, swatch, parents, boxes, where, words } = item;
	const measure = confidence ?? share;
	const notes = item.notes.map(drawNote);
	const hasPlace = boxes.length + words.length > 0;
	const lights = (start, end) => ({ [start]: () => light(item, "lit", true), [end]: () => light(item, "lit", false) });
	const places = (where ? [where] : boxes.map(({ box }) => box)).map(clip).filter(Boolean).map(place);
	const element = el("tr", { class: "item", "data-name": name, on: hasPlace ? lights("pointerenter", "pointerleave") : {} },
		el("th", { scope: "row" },
			swatch ? style(el("span", { class: "swatch" }), { "--swatch": swatch }) : null,
			hasPlace && !item.link ? pin(item, light, lights("focus", "blur")) : nameOf(item),
			parents.length > 0 ? el("span", { class: "item-parents", text: ` in ${joined(parents)}` }) : null,
			...notes.map((note) => note.element)),
		el("td", { class: "item-measure", text: measure === undefined ? "" : percentage(measure) }),
		el("td", {}, el("span", { class: "unseen", text: places.join("; ") })));
	return { item, notes, element: style(element, { "--measure": `${measure ?? 0}%` }) };
}

function drawNote({ text, confidence }) {
	const sure = confidence === undefined ? null : el("span", { class: "note-measure", text: percentage(confidence) });
	return { confidence, element: el("span", { class: "note", text: ` ${text} ` }, sure) };
}

function nameOf({ name, link: href }) {
	const attributes = { class: "item-name", dir: "auto", text: name };
	return href ? el("a", { ...attributes, href, rel: "noopener noreferrer", target: "_blank" }) : el("span", attributes);
}

function pin(item, light, listeners) {
	const element = button("item-name", item.name, () => {
		const pinned = element.ariaPressed === "false";
		set(element, { "aria-pressed": pinned });
		light(item, "pinned", pinned);
	}, { dir: "auto", "aria-pressed": false });
	on(element, listeners);
	return element;
}
