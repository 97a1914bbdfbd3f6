import { listLabels } from "./api.js";
import { button, byIds, el, emit, listen, on, setStyle } from "./dom.js";
import { plural } from "./format.js";
import { clause, hasClause, toggleClause } from "./query.js";
import { showUsage } from "./quota.js";

const RELOAD_DELAY_MS = 1_500;

const [section, list, emptyHint] = byIds("labels", "label-list", "labels-empty");
const isWide = matchMedia("(min-width: 60rem)");

let labels = [];
let query = "";
let search;
let timer;

const openIfWide = () => (section.open = isWide.matches);

/** Shows which labels a query contains. `onSearch` gets the query with a label more or less. */
export function showLabels(newQuery, onSearch) {
	query = newQuery;
	search = onSearch;
	render();
}

function render() {
	const focusedName = list.contains(document.activeElement) && document.activeElement.dataset.name;
	emptyHint.hidden = labels.length > 0;
	list.replaceChildren(...labels.map(createBar));
	[...list.querySelectorAll("button")].find(({ dataset }) => dataset.name === focusedName)?.focus({ preventScroll: true });
}

function createBar({ name, count }) {
	const text = clause("label", name);
	const content = [
		el("span", { dir: "auto", text: name }), " ",
		el("span", { class: "label-count", text: count.toLocaleString(), "aria-label": plural(count, "photo"), role: "img" }),
		setStyle(el("span", { class: "label-bar", "aria-hidden": true }), { "--share": `${(count / labels[0].count) * 100}%` }),
	];
	return el("li", {}, button("label", content, () => search(toggleClause(query, text)), { "data-name": name, "aria-pressed": hasClause(query, text) }));
}

async function load() {
	timer = clearTimeout(timer);
	const response = await listLabels().catch(() => null); // optional
	if (!response) return;
	labels = response.labels;
	emit("library-changed", response);
	showUsage(response);
	render();
}

const loadSoon = () => (timer ??= setTimeout(load, RELOAD_DELAY_MS));

on(isWide, { change: openIfWide });
openIfWide();
listen({
	"labels-changed": loadSoon,
	"image-changed": loadSoon,
	"image-deleted": loadSoon,
	"signed-in": load,
	"signed-out": () => {
		timer = clearTimeout(timer);
		labels = [];
		render();
	},
});
