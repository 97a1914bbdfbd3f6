/** The dialog with all labels, by category. */

import { button, el, icon, listen, on } from "./dom.js";
import { createFilter, groupLabels, replaceFilters } from "./filters.js";
import { library } from "./library.js";
import { t } from "./words.js";

const search = el("input", { type: "text", "aria-label": t("labels.search"), placeholder: t("labels.search"), autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
const title = el("h2", { id: "label-dialog-title" });
const list = el("div", { class: "label-dialog-list" });
const empty = el("p", { class: "hint", role: "status" });
const dialog = el("dialog", { class: "label-dialog", "aria-labelledby": title.id },
	el("header", {}, title, button("icon-button", icon("close"), () => dialog.close(), { "aria-label": t("labels.close"), title: t("labels.close") })),
	search, empty, list);

document.body.append(dialog);

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function openLabels() {
	search.value = "";
	render();
	dialog.showModal();
	list.scrollTop = 0;
	search.focus();
}

function render() {
	const { labels } = library();
	title.textContent = t("sidebar.allLabels", { count: labels.length });
	replaceFilters(list, groupLabels(labels).map((group) => el("section", {},
		el("h3", { class: "filter-heading", text: group.name }),
		el("ul", { class: "label-columns", role: "list" }, ...group.labels.map((label) => createFilter("label", label))))));
	filter();
}

/** Shows the labels that contain what is in the field, and all of a category that does. */
function filter() {
	const text = search.value.trim();
	const matches = ({ textContent }) => fold(textContent).includes(fold(text));
	for (const section of list.children) {
		const [heading, items] = section.children;
		const hasAll = matches(heading);
		for (const item of items.children) item.hidden = !hasAll && !matches(item.querySelector(".filter-name"));
		section.hidden = [...items.children].every((item) => item.hidden);
	}
	empty.textContent = filters().length > 0 ? "" : t("labels.none", { text });
	setTabStop(filters()[0]);
}

const filters = () => [...list.querySelectorAll("li:not([hidden]) > [data-clause]")];

/** One tab stop for all of them; arrow keys move among them. */
function setTabStop(filter) {
	for (const each of list.querySelectorAll("[data-clause]")) each.tabIndex = each === filter ? 0 : -1;
}

function moveFocus(event) {
	const all = filters();
	const index = all.indexOf(document.activeElement); // -1 is the field
	const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: all.length - 1 }[event.key];
	const isEditing = index < 0 && event.key !== "ArrowDown";
	if (to === undefined || isEditing || event.altKey || event.ctrlKey || event.metaKey) return;
	event.preventDefault();
	const target = to < 0 ? search : (all[to] ?? all.at(-1));
	target?.focus();
	if (to >= 0) setTabStop(target);
}

on(search, { input: filter });
on(dialog, {
	keydown: moveFocus,
	click: ({ target }) => target === dialog && dialog.close(), // the backdrop
});
listen({
	"library-changed": () => dialog.open && render(),
	"signed-out": () => dialog.close(),
});
