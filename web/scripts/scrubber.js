/** The timeline at the edge: years, and a dot for each month. A click, a drag or a key jumps to a month. */

import { byId, el, listen, on, setAttributes, setStyle } from "./dom.js";
import { firstVisible, showFirst } from "./grid.js";
import { monthName, monthOf } from "./groups.js";
import { imageStore } from "./image-store.js";
import { t } from "./words.js";

const JUMP_DELAY_MS = 250; // after the last key
const SHOW_MS = 1_500; // on phones, after scrolling
const MIN_YEAR_SPACE = 0.045; // between years, of the whole height

const scrubber = setAttributes(byId("scrubber"), {
	role: "slider", tabindex: 0, "aria-orientation": "vertical", "aria-label": t("scrubber.label"), "aria-valuemin": 0,
});
const marks = el("div", { class: "scrubber-marks", "aria-hidden": true });
const bubble = el("p", { class: "scrubber-bubble", "aria-hidden": true });
const thumb = el("div", { class: "scrubber-thumb", "aria-hidden": true });
let allMonths = { added: [], taken: [] };
let months = []; // `{month, count, at}`, newest first; `at` is its place, from 0 to 1
let current = 0;
let isDragging = false;
let timer;
let scrollTimer;
let frame;

scrubber.append(marks, thumb, bubble);

function show() {
	const { query, order, shown } = imageStore;
	const counts = allMonths[order];
	scrubber.hidden = query !== "" || shown.length === 0 || counts.length < 2;
	if (months.source === counts) return;
	const total = counts.reduce((sum, { count }) => sum + count, 0);
	let before = 0;
	months = counts.map(({ month, count }, index) => {
		const at = (before / total + index / counts.length) / 2; // a month with few photos has a place, too
		before += count;
		return { month, count, at };
	});
	months.source = counts;
	let lastYearAt = -1;
	marks.replaceChildren(...months.map(({ month, at }, index) => {
		const isYear = month.slice(0, 4) !== months[index - 1]?.month.slice(0, 4) && at - lastYearAt > MIN_YEAR_SPACE;
		if (isYear) lastYearAt = at;
		return setStyle(el("span", isYear ? { text: month.slice(0, 4) } : {}), { top: `${at * 100}%` });
	}));
	setAttributes(scrubber, { "aria-valuemax": months.length - 1 });
	follow();
}

function setCurrent(index) {
	const { month, count, at } = months[index];
	current = index;
	bubble.textContent = monthName(month);
	for (const element of [bubble, thumb]) setStyle(element, { top: `${at * 100}%` });
	setAttributes(scrubber, { "aria-valuenow": index, "aria-valuetext": t("scrubber.value", { month: monthName(month), count }) });
}

/** Shows the month that is seen, and loads newer photos above it in time. */
function follow() {
	frame = undefined;
	if (scrubber.hidden || isDragging || timer || imageStore.isStale) return;
	const image = firstVisible();
	if (!image) return;
	const month = monthOf(image, imageStore.order);
	setCurrent(Math.max(0, months.findIndex((each) => each.month <= month)));
	if (!imageStore.until || imageStore.state !== "ready" || scrollY > innerHeight) return;
	const first = months.findIndex((each) => each.month <= imageStore.until);
	imageStore.loadNewer(first > 1 ? months[first - 1].month : "");
}

/** The month that is nearest to a place, from 0 to 1. */
function nearest(at) {
	const distance = (index) => Math.abs(months[index].at - at);
	return months.reduce((best, _, index) => (distance(index) < distance(best) ? index : best), 0);
}

async function jump() {
	timer = clearTimeout(timer);
	const { month } = months[current];
	const { order } = imageStore;
	const find = () => imageStore.shown.find((image) => monthOf(image, order) <= month);
	const isLoaded = find() && (!imageStore.until || month <= imageStore.until);
	if (!isLoaded) await imageStore.open({ query: "", order, until: current > 0 ? month : "" });
	const image = find();
	if (image) showFirst(image);
}

function pointAt({ clientY }) {
	const { top, height } = marks.getBoundingClientRect();
	setCurrent(nearest((clientY - top) / height));
}

function stop() {
	if (!isDragging) return;
	isDragging = false;
	scrubber.removeAttribute("data-dragging");
	jump();
}

on(scrubber, {
	pointerdown: (event) => {
		isDragging = true;
		scrubber.setPointerCapture(event.pointerId);
		scrubber.setAttribute("data-dragging", "");
		pointAt(event);
	},
	pointermove: (event) => isDragging && pointAt(event),
	pointerup: stop,
	pointercancel: stop,
	keydown: (event) => {
		const year = (direction) => {
			const other = months.findIndex(({ month }, index) => (index - current) * direction > 0 && month.slice(0, 4) !== months[current].month.slice(0, 4));
			return other < 0 ? (direction > 0 ? months.length - 1 : 0) : other;
		};
		const steps = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 };
		const to = { Home: () => 0, End: () => months.length - 1, PageDown: () => year(1), PageUp: () => year(-1) }[event.key]?.() ?? (event.key in steps ? current + steps[event.key] : null);
		if (to === null || event.ctrlKey || event.metaKey || event.altKey) return;
		event.preventDefault();
		setCurrent(Math.min(Math.max(to, 0), months.length - 1));
		clearTimeout(timer);
		timer = setTimeout(jump, JUMP_DELAY_MS);
	},
});
on(window, {
	scroll: () => {
		frame ??= requestAnimationFrame(follow);
		scrubber.setAttribute("data-scrolling", "");
		clearTimeout(scrollTimer);
		scrollTimer = setTimeout(() => scrubber.removeAttribute("data-scrolling"), SHOW_MS);
	},
}, { passive: true });
on(imageStore, {
	change: () => {
		show();
		frame ??= requestAnimationFrame(follow);
	},
});
listen({
	"library-changed": ({ library }) => {
		allMonths = library?.months ?? { added: [], taken: [] };
		show();
	},
	"signed-out": () => {
		allMonths = { added: [], taken: [] };
	},
});
