import { getImage } from "./api.js";
import { byId, emit, on, setAttributes, setStyle } from "./dom.js";
import { imageStore } from "./image-store.js";
import { isPolled, pollImage } from "./polling.js";
import { selection } from "./selection.js";
import { isAbandoned, Tile } from "./tile.js";

const OVERSCAN = 0.75;
const grid = byId("grid");
const { signal } = new AbortController();

let tiles = new Map();
let columns = 2;
let rowHeight = 200; // pixels, with the gap
let frame;

const bar = byId("selection-bar");
const indexOf = (id) => imageStore.shown.findIndex((image) => image.id === id);
const gridTop = () => grid.getBoundingClientRect().top;
const scheduleRender = () => (frame ??= requestAnimationFrame(render));

/** Scrolls to an image and focuses it. False if not loaded. */
export function focusTile(id) {
	const index = indexOf(id);
	if (index < 0) return false;
	const top = gridTop() + Math.floor(index / columns) * rowHeight;
	const maxTop = innerHeight - rowHeight - bar.offsetHeight;
	if (top < 0 || top > maxTop) scrollBy({ top: top < 0 || maxTop < 0 ? top - rowHeight / 4 : top - maxTop, behavior: "instant" });
	render();
	tiles.get(id).link.focus({ preventScroll: true });
	return true;
}

function render() {
	frame = cancelAnimationFrame(frame);
	const { shown, complete } = imageStore;
	const overscan = innerHeight * OVERSCAN;
	const rows = Math.ceil(shown.length / columns);
	const first = Math.max(0, Math.floor((-gridTop() - overscan) / rowHeight));
	const last = Math.min(rows, Math.ceil((innerHeight - gridTop() + overscan) / rowHeight));
	const images = shown.slice(first * columns, last * columns);
	const oldTiles = tiles;
	tiles = new Map(images.map(({ id }) => [id, oldTiles.get(id) ?? new Tile(refresh)]));
	images.forEach((image, index) => {
		const tile = tiles.get(image.id);
		tile.update(image);
		tile.setSelected(selection.has(image.id));
		setAttributes(tile.element, { "aria-posinset": first * columns + index + 1, "aria-setsize": complete ? shown.length : -1 });
	});
	grid.hidden = rows === 0;
	setStyle(grid, { height: `${rows * rowHeight}px`, "padding-top": `${first * rowHeight}px` });
	replaceTiles([...tiles.values()].map(({ element }) => element));
	if (measure()) render();
	else images.filter((image) => image.status === "pending" && !isPolled(image.id) && !isAbandoned(image)).forEach(poll);
}

function replaceTiles(elements) {
	const focused = document.activeElement;
	if (elements.length === grid.children.length && elements.every((element, index) => element === grid.children[index])) return;
	grid.replaceChildren(...elements);
	if (focused !== document.activeElement && grid.contains(focused)) focused.focus({ preventScroll: true });
}

/** True if the layout has changed. */
function measure() {
	const { gridTemplateColumns, rowGap } = getComputedStyle(grid);
	const tileHeight = grid.firstElementChild?.getBoundingClientRect().height;
	if (!tileHeight) return false;
	const old = columns * rowHeight;
	columns = gridTemplateColumns.split(" ").length;
	rowHeight = tileHeight + Math.floor(Number.parseFloat(rowGap) * 64) / 64;
	return Math.abs(columns * rowHeight - old) > 0.01;
}

async function poll({ id }) {
	await store(id, pollImage(id, signal));
	emit("labels-changed");
}

const refresh = (id) => store(id, getImage(id));

async function store(id, request) {
	try {
		const { image, links } = await request;
		if (imageStore.get(id)) imageStore.put({ ...image, thumbnailUrl: links.thumbnail });
	} catch ({ code }) {
		if (code === "not-found") imageStore.remove(id); // else it is retried when rendered
	}
}

on(window, { scroll: scheduleRender, resize: scheduleRender }, { passive: true });
new ResizeObserver(scheduleRender).observe(grid);
on(imageStore, { change: render });
on(selection, { change: () => tiles.forEach((tile, id) => tile.setSelected(selection.has(id))) });

const idOf = (element) => [...tiles].find(([, tile]) => tile.element.contains(element))?.[0];
const select = (id, isRange) => (isRange ? selection.extendTo(id) : selection.toggle(id));

async function step(id, by, isRange) {
	const index = indexOf(id) + by;
	if (index >= imageStore.shown.length) await imageStore.loadMore();
	const to = imageStore.shown[index]?.id;
	if (!to || !isRange) return focusTile(to);
	if (!selection.has(id)) selection.toggle(id);
	selection.extendTo(to);
	return focusTile(to);
}

on(grid, {
	mousedown: (event) => event.shiftKey && event.preventDefault(), // else it selects text
	click: (event) => {
		const isRange = event.shiftKey;
		if (event.target.matches(".tile-check")) select(idOf(event.target), isRange);
		else if (isRange && selection.size > 0 && event.target.closest(".tile-link")) {
			event.preventDefault();
			select(idOf(event.target), true);
		}
	},
	keydown: (event) => {
		const { key, target, shiftKey } = event;
		const forward = grid.matches(":dir(rtl)") ? -1 : 1;
		const by = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: columns, ArrowUp: -columns }[key];
		const isAll = key === "a" && (event.ctrlKey || event.metaKey);
		if (!target.matches(".tile-link") || event.altKey || ((event.ctrlKey || event.metaKey) && !isAll)) return;
		if (!by && key !== " " && !isAll) return;
		event.preventDefault();
		if (by) step(idOf(target), by, shiftKey);
		else if (isAll) selection.selectAll();
		else select(idOf(target), shiftKey);
	},
});
