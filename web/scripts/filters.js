/** Buttons that add a clause to the search, exclude what it finds, or remove it. Their states follow the query. */

import { button, el, icon, on, setAttributes } from "./dom.js";
import { number } from "./format.js";
import { clause, clauseState } from "./query.js";
import { hasWords, t } from "./words.js";

let query = "";
let onToggle;

/** `toggle(clause, state)` makes the state "included" or "excluded", or none if it is that already. */
export function showFilters(newQuery, toggle) {
	query = newQuery;
	onToggle = toggle;
	for (const each of document.querySelectorAll("[data-clause]")) showState(each);
}

export const isActive = (kind, name) => clauseState(query, clause(kind, name)) !== null;

/** The name of a value, as people read it. */
export function valueName(kind, value) {
	const key = kind === "color" ? `color.${value}` : `search.value.${value}`;
	return ["color", "is", "status"].includes(kind) && hasWords(key) ? t(key) : value;
}

export function createFilter(kind, { name, count }, { className = "facet", isExcludable = true } = {}) {
	const text = clause(kind, name);
	const shown = valueName(kind, name);
	const toggle = (state) => onToggle(text, state ?? clauseState(query, text) ?? "included");
	const main = button(`${className}-button`, [
		el("span", { class: "filter-name", dir: "auto", text: shown }), " ",
		el("span", { class: "filter-count", role: "img", text: number(count), "aria-label": t("gallery.count", { count }) }),
	], ({ altKey }) => toggle(altKey ? "excluded" : null), { "data-clause": text, "data-name": name, "aria-keyshortcuts": isExcludable ? "-" : null });
	const minus = isExcludable ? button("filter-exclude", icon("minus"), () => toggle("excluded"), {
		tabindex: -1, "aria-label": t("sidebar.exclude", { name: shown }), title: t("sidebar.exclude", { name: shown }),
	}) : null;
	on(main, { keydown: ({ key }) => key === "-" && toggle("excluded") });
	const item = el("li", { class: className }, main, minus);
	showState(main);
	return item;
}

function showState(main) {
	const state = clauseState(query, main.dataset.clause);
	setAttributes(main, { "aria-pressed": state === "included", "data-state": state, "aria-description": state === "excluded" ? t("sidebar.excluded") : null });
	if (main.nextSibling) setAttributes(main.nextSibling, { "aria-pressed": state === "excluded" });
}

/** Replaces the children of `parent`, and keeps the focus on the same filter. */
export function replaceFilters(parent, children) {
	const { clause: focused } = (parent.contains(document.activeElement) && document.activeElement.dataset) || {};
	parent.replaceChildren(...children);
	if (focused) [...parent.querySelectorAll("[data-clause]")].find(({ dataset }) => dataset.clause === focused)?.focus({ preventScroll: true });
}

/** `[{name, labels}]`: by Rekognition's category, that of the most frequent label first, and those without one last. */
export function groupLabels(labels) {
	return [...Map.groupBy(labels, ({ category }) => category ?? "")]
		.map(([category, all]) => ({ category, name: categoryName(category), labels: all }))
		.sort((a, b) => !a.category - !b.category);
}

function categoryName(category) {
	const key = `category.${category.replaceAll(" ", "") || "Other"}`;
	return hasWords(key) ? t(key) : category;
}
