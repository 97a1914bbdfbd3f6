import { listLabels } from "./api.js";
import { announce, button, byIds, el, listen, on, setStyle } from "./dom.js";
import { plural } from "./format.js";
import { showUsage } from "./quota.js";
import { go, labelUrl } from "./router.js";

const RELOAD_DELAY_MS = 1_500;

const [section, search, list, emptyHint] = byIds("labels", "search", "label-list", "labels-empty");
const isWide = matchMedia("(min-width: 60rem)");

let labels = [];
let selected;
let timer;

const isSame = (a, b) => a?.toLowerCase() === b?.toLowerCase();
const find = (label) => labels.find(({ name }) => isSame(name, label));
const query = () => search.value.trim();
const matches = () => labels.filter(({ name }) => name.toLowerCase().includes(query().toLowerCase()));
const openIfWide = () => (section.open = isWide.matches);

export const countOf = (label) => find(label)?.count;

export function selectLabel(label) {
	selected = label;
	render();
}

function render() {
	const focusedName = list.contains(document.activeElement) && document.activeElement.dataset.name;
	emptyHint.textContent = labels.length > 0 ? "No matching labels" : "Labels found in your photos will appear here.";
	emptyHint.hidden = matches().length > 0;
	list.replaceChildren(...matches().map(createBar));
	[...list.querySelectorAll("button")].find(({ dataset }) => dataset.name === focusedName)?.focus({ preventScroll: true });
}

function createBar({ name, count }) {
	const isSelected = isSame(name, selected);
	const content = [
		el("span", { dir: "auto", text: name }), " ",
		el("span", { class: "label-count", text: count.toLocaleString(), "aria-label": plural(count, "photo"), role: "img" }),
		setStyle(el("span", { class: "label-bar", "aria-hidden": true }), { "--share": `${(count / labels[0].count) * 100}%` }),
	];
	return el("li", {}, button("label", content, () => open(isSelected ? null : name), { "data-name": name, "aria-pressed": isSelected }));
}

function open(name) {
	search.value = "";
	render();
	go(labelUrl(name));
}

async function load() {
	timer = clearTimeout(timer);
	const response = await listLabels().catch(() => null); // optional
	if (!response) return;
	labels = response.labels;
	showUsage(response);
	render();
}

const loadSoon = () => (timer ??= setTimeout(load, RELOAD_DELAY_MS));

on(isWide, { change: openIfWide });
openIfWide();
on(search, {
	input: () => {
		section.open = true;
		render();
		if (query()) announce(`${plural(matches().length, "matching label")}.`);
	},
	keydown: ({ key }) => key === "Enter" && query() && open((find(query()) ?? matches()[0])?.name ?? query()),
});
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
