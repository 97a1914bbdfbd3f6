import { whenModelsAreOn } from "./config.js";
import { el, byIds, listen, on, setAttributes } from "./dom.js";
import { createFilter, groupLabels, isActive, replaceFilters, showFilters } from "./filters.js";
import { number } from "./format.js";
import { library, photoCount } from "./library.js";
import { ATTENTION, MODELS_URL, REVIEW_URL, searchUrl } from "./router.js";
import { t } from "./words.js";

const MAX_GROUPS = 5;
const MAX_LABELS = 12; // of all groups together, but at least three of each
const MAX_COLORS = 12;
const MAX_QUICK = 12;
const PALETTE = ["black", "gray", "silver", "white", "red", "maroon", "pink", "orange", "brown", "beige", "yellow", "olive", "green", "teal", "blue", "purple"];
const VIEWS = [ // key of the words, of the count, and the query or else the URL
	["all", null, ""],
	["favorites", "favorites", "is:favorite"],
	["review", "review", null, REVIEW_URL],
	["waiting", "waiting", "is:waiting"],
	["failed", "failed", ATTENTION],
	["hidden", "hidden", "is:hidden"],
	["models", null, null, MODELS_URL],
];

const [views, skeleton, labelList, colorList, allButton, quick] = byIds("views", "sidebar-skeleton", "label-groups", "color-filters", "all-labels", "quick-filters");
const links = VIEWS.map(([name, , query, url]) => el("a", { class: "view", "data-view": name, href: url ?? searchUrl({ query }) },
	el("span", { text: t(`sidebar.${name}`) }), el("span", { class: "filter-count" })));

views.append(...links.map((link) => el("li", {}, link)));

let shownQuery = "";
let hasModels = false;

/** Shows which filters a query contains. */
export function showSidebar(query, order, toggle) {
	shownQuery = query;
	showFilters(query, toggle);
	for (const [index, [, , each]] of VIEWS.entries()) if (each !== null) links[index].href = searchUrl({ query: each, order });
	showViews();
	showQuick();
}

function showViews() {
	const counts = library()?.library;
	const isAt = ([, , , url]) => url && location.hash.startsWith(url);
	const current = VIEWS.find(isAt) ?? VIEWS.find(([, , query]) => query === shownQuery);
	for (const [index, view] of VIEWS.entries()) {
		const [name, key, query] = view;
		const isCurrent = view === current;
		const count = query === "" ? photoCount() : counts?.[key];
		setAttributes(links[index], { "aria-current": isCurrent ? "page" : null });
		links[index].lastChild.textContent = count ? number(count) : "";
		links[index].parentElement.hidden = !(count || isCurrent || ["all", "favorites"].includes(name) || (name === "models" && hasModels && skeleton.hidden)); // before the counts arrive, others would move it
	}
}

function showGroups({ labels }) {
	const groups = groupLabels(labels).slice(0, MAX_GROUPS);
	const limit = Math.max(3, Math.floor(MAX_LABELS / groups.length));
	replaceFilters(labelList, groups.map((group) => el("section", {},
		el("h2", { class: "filter-heading", text: group.name }),
		el("ul", { role: "list" }, ...group.labels.slice(0, limit).map((label) => createFilter("label", label))))));
	if (labels.length === 0) labelList.append(el("p", { class: "hint", text: t("sidebar.empty") }));
	allButton.hidden = labelList.querySelectorAll(".facet").length === labels.length;
	allButton.textContent = t("sidebar.allLabels", { count: labels.length });
}

function showColors({ colors = [] }) {
	const shown = colors.filter(({ name }) => PALETTE.includes(name)).slice(0, MAX_COLORS).sort((a, b) => PALETTE.indexOf(a.name) - PALETTE.indexOf(b.name));
	replaceFilters(colorList, shown.map((color) => {
		const item = createFilter("color", color, { className: "color", isExcludable: false });
		setAttributes(item.firstChild, { title: item.textContent, "data-color": color.name });
		return item;
	}));
	colorList.parentElement.hidden = shown.length === 0;
}

/** On phones: a line with the most frequent labels, after other ones that are active. */
function showQuick() {
	const labels = library()?.labels ?? [];
	const shown = [...labels.slice(MAX_QUICK).filter(({ name }) => isActive("label", name)), ...labels.slice(0, MAX_QUICK)];
	const all = el("li", {}, el("a", { class: "quick-button", href: links[0].href, text: t("sidebar.quickAll"), "aria-current": shownQuery ? null : "page" }));
	const filters = shown.map((label) => createFilter("label", label, { className: "quick", isExcludable: false }));
	replaceFilters(quick, filters.length > 0 ? [all, ...filters] : []);
	quick.hidden = photoCount() > 0 && filters.length === 0; // without photos it keeps its place, which the empty gallery fills
}

function show(response) {
	skeleton.hidden = true;
	showViews();
	showGroups(response);
	showColors(response);
	showQuick();
}

on(allButton, { click: async () => (await import("./label-dialog.js")).openLabels() });
on(window, { hashchange: showViews });
whenModelsAreOn(() => {
	hasModels = true;
	showViews();
});
listen({
	"library-changed": show,
	"library-failed": () => {
		skeleton.hidden = true;
		showViews();
	},
	"signed-out": () => {
		show({ labels: [] });
		labelList.replaceChildren();
		skeleton.hidden = false;
	},
});
