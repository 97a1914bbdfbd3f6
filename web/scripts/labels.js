/** The labels of the whole collection as bars, narrowed by typing. */

import { listLabels } from "./api.js";
import { announce, button, el, hear, on, parts, style } from "./dom.js";
import { go, labelAddress } from "./router.js";
import { count, dollars } from "./wording.js";

const DOLLARS_A_CALL = 0.001; // Rekognition's list price
const SETTLED = 1500;

const [section, input, list, none, month] = parts("labels", "search", "bars", "bars-none", "month");
const wide = matchMedia("(min-width: 60rem)");

let labels = [];
let chosen;
let timer;

const same = (one, other) => one?.toLowerCase() === other?.toLowerCase();
const find = (label) => labels.find(({ name }) => same(name, label));
const typed = () => input.value.trim();
const fitting = () => labels.filter(({ name }) => name.toLowerCase().includes(typed().toLowerCase()));
const openWhereWide = () => (section.open = wide.matches);

/** Undefined where it is not known. */
export const countOf = (label) => find(label)?.count;

export function chooseLabel(label) {
	chosen = label;
	draw();
}

function draw() {
	const focused = list.contains(document.activeElement) && document.activeElement.dataset.name;
	none.textContent = labels.length > 0 ? "No label fits." : "The labels of your pictures will stand here, the most frequent first.";
	none.hidden = fitting().length > 0;
	list.replaceChildren(...fitting().map(bar));
	[...list.querySelectorAll("button")].find(({ dataset }) => dataset.name === focused)?.focus({ preventScroll: true });
}

function bar({ name, count: many }) {
	const isChosen = same(name, chosen);
	const words = [
		el("span", { dir: "auto", text: name }), " ",
		el("span", { class: "bar-count", text: many.toLocaleString(), "aria-label": count(many, "picture"), role: "img" }),
		style(el("span", { class: "bar-line", "aria-hidden": true }), { "--share": `${(many / labels[0].count) * 100}%` }),
	];
	return el("li", {}, button("bar", words, () => take(isChosen ? null : name), { "data-name": name, "aria-pressed": isChosen }));
}

function take(name) {
	input.value = "";
	draw();
	go(labelAddress(name));
}

async function load() {
	timer = clearTimeout(timer);
	const counted = await listLabels().catch(() => null); // without labels the pictures are still there
	if (!counted) return;
	const { images, billedCalls } = counted.thisMonth;
	labels = counted.labels;
	month.textContent = `This month: ${count(images, "picture")} recognised, about ${dollars(billedCalls * DOLLARS_A_CALL)}. ` +
		`An estimate of Amazon Rekognition’s price, at $${DOLLARS_A_CALL} for each of ${count(billedCalls, "call")}.`;
	draw();
}

const loadSoon = () => (timer ??= setTimeout(load, SETTLED));

on(wide, { change: openWhereWide });
openWhereWide();
on(input, {
	input: () => {
		section.open = true;
		draw();
		if (typed()) announce(`${count(fitting().length, "label fits", "labels fit")}.`);
	},
	keydown: ({ key }) => key === "Enter" && typed() && take((find(typed()) ?? fitting()[0])?.name ?? typed()),
});
hear({
	"images-counted": loadSoon,
	"image-changed": ({ image }) => image.status === "done" && loadSoon(),
	"image-deleted": loadSoon,
	"signed-in": load,
	"signed-out": () => {
		timer = clearTimeout(timer);
		labels = [];
		draw();
	},
});
