import { button, el, icon, on, setAttributes, setStyle } from "./dom.js";
import { joined, percentage } from "./format.js";
import { clip, describe } from "./overlay.js";
import { searchUrl } from "./router.js";
import { t } from "./words.js";

const MAX_ROWS = 6; // until "more" is clicked

/** `highlight(item, state, on)` highlights an item's boxes. Returns `{element, update, mark}`. */
export function createTables(groups, filter, highlight) {
	const tables = groups.filter(({ items, error }) => items.length > 0 || error).map((group) => createTable(group, filter, highlight));
	const empty = groups.filter(({ items, error }) => items.length === 0 && !error).map(({ title }) => title);
	const rows = new Map(tables.flatMap((table) => table.rows.map((row) => [row.item, row])));
	return {
		element: el("div", { class: "results" }, ...tables.map(({ element }) => element),
			empty.length > 0 ? el("p", { class: "hint section", text: t("viewer.nothing", { kinds: joined(empty) }) }) : null),
		update: () => tables.forEach(({ update }) => update()),
		/** With `reveal`, also a row behind "more". */
		mark(item, state, isOn, reveal) {
			const { element, name } = rows.get(item);
			element.toggleAttribute(`data-${state}`, isOn);
			if (state === "pinned" && name.matches("button")) setAttributes(name, { "aria-pressed": isOn });
			if (!reveal) return;
			element.hidden = false;
			element.scrollIntoView({ block: "nearest" });
		},
	};
}

function createTable({ name, title, error, items }, filter, highlight) {
	const rows = items.map((item) => createRow(item, highlight));
	const count = el("span", { class: "number", "aria-hidden": true });
	const hint = el("p", { class: "hint" });
	const heads = ["viewer.name", "viewer.confidence", "viewer.positionColumn"].map((key) => el("th", { scope: "col", text: t(key) }));
	const list = error ? el("p", { class: "error-text", text: error }) :
		el("table", { "aria-label": title }, el("thead", { class: "visually-hidden" }, el("tr", {}, ...heads)), el("tbody", {}, ...rows.map((row) => row.element)));
	const more = button("link-button", "", () => {
		const next = rows.filter((row) => !row.element.hidden).length;
		isLong = true;
		update();
		const { name: first } = rows.filter((row) => !row.element.hidden)[next];
		(first.matches("a, button") ? first : toggle).focus();
	});
	const toggle = button("section-toggle", [el("span", { text: title }), count, icon("chevron")], () => filter.toggle(name));
	const body = el("div", {}, list, more, hint);
	const element = el("section", { class: "result section", "data-detector": name }, el("h3", {}, toggle), body);
	let isLong = false;

	const update = () => {
		body.hidden = !filter.isOn(name);
		setAttributes(toggle, { "aria-expanded": filter.isOn(name) });
		const passed = rows.filter(({ item }) => filter.shows(name, item.confidence));
		const shown = passed.slice(0, isLong || passed.length <= MAX_ROWS + 1 ? Infinity : MAX_ROWS);
		for (const row of rows) {
			row.element.hidden = !shown.includes(row);
			for (const note of row.notes) note.element.hidden = !filter.shows(name, note.confidence);
		}
		const below = rows.length - passed.length;
		count.textContent = passed.length > 1 ? passed.length : "";
		more.hidden = shown.length === passed.length;
		more.textContent = t("viewer.more", { count: passed.length - shown.length });
		hint.textContent = below > 0 ? t("viewer.below", { count: below, minimum: percentage(filter.minimum) }) : "";
	};
	return { element, rows, update };
}

function createRow(item, highlight) {
	const { confidence, parents, boxes, bounds, words } = item;
	const notes = item.notes.map(createNote);
	const positions = (bounds ? [bounds] : boxes.map(({ box }) => box)).map(clip).filter(Boolean).map(describe);
	const hasPosition = boxes.length + words.length > 0;
	const name = createName(item, hasPosition);
	const element = el("tr", { class: "item", "data-name": item.name },
		el("th", { scope: "row" }, name, " ", createLink(item),
			parents.length > 0 ? el("span", { class: "secondary-text" }, el("span", { class: "visually-hidden", text: t("viewer.in") }), ` ${joined(parents)}`) : null,
			notes.length > 0 ? el("span", { class: "notes" }, ...notes.map((note) => note.element)) : null),
		el("td", { class: "item-value number", text: confidence === undefined ? "" : percentage(confidence) }),
		el("td", {}, el("span", { class: "visually-hidden", text: positions.join("; ") })));
	if (hasPosition) {
		const mark = (isOn) => () => highlight(item, "highlighted", isOn);
		on(element, { pointerenter: mark(true), pointerleave: mark(false), focusin: mark(true), focusout: mark(false), click: ({ target }) => target.closest("a") || highlight(item, "pinned", !("pinned" in element.dataset)) });
	}
	return { item, name, notes, element: setStyle(element, { "--value": `${confidence ?? 0}%` }) };
}

function createNote({ text, confidence }) {
	const value = confidence === undefined ? null : el("span", { class: "visually-hidden", text: percentage(confidence) });
	return { confidence, element: el("span", { class: "note", text: `${text} ` }, value, value && " ") };
}

/** A link to the photos with the same, or else a button for what can be highlighted. */
function createName({ name, query }, hasPosition) {
	const attributes = { class: "item-name", dir: "auto", text: name };
	if (query) return el("a", { ...attributes, href: searchUrl({ query }) });
	return hasPosition ? el("button", { ...attributes, type: "button", "aria-pressed": false }) : el("span", attributes);
}

const createLink = ({ name, link: href }) => (href ? el("a", { class: "item-link", href, rel: "noopener noreferrer", target: "_blank", "aria-label": t("viewer.about", { name }), text: "↗" }) : null);
