import { getImage } from "./api.js";
import { byId, el, emit, on, setAttributes, setStyle } from "./dom.js";
import { createGroups, groupName } from "./groups.js";
import { imageStore } from "./image-store.js";
import { indexAt, justify, stack } from "./layout.js";
import { isPolled, pollImage } from "./polling.js";
import { ATTENTION } from "./router.js";
import { selection } from "./selection.js";
import { isAbandoned, Tile } from "./tile.js";

const OVERSCAN = 0.75; // window heights
const MAX_NEW_TILES = 16; // in a frame, besides the visible ones: more would make a long task
const GROUP_GAP = 24; // pixels
const LOAD_AHEAD = 2; // window heights
const SKELETONS = Array.from({ length: 30 }, (_, index) => ({ width: [4, 3, 2, 4, 3][index % 5], height: [3, 2, 3, 4, 2][index % 5] }));

const grid = byId("grid");
const { signal } = new AbortController();

let tiles = new Map();
let layout = { boxes: [], headings: [], height: 0 };
let groups;
let laidOut = {}; // for which images, width and order
let frame;

const indexOf = (id) => imageStore.shown.findIndex((image) => image.id === id);
const gridTop = () => grid.getBoundingClientRect().top;
const scheduleRender = () => (frame ??= requestAnimationFrame(render));

export const tileOf = (id) => tiles.get(id);
export const idOf = (element) => [...tiles].find(([, tile]) => tile.element.contains(element))?.[0];
/** Boxes of the shown images, relative to the grid. */
export const boxes = () => layout.boxes.slice(0, imageStore.shown.length);
/** The first image that is visible below the bar. */
export const firstVisible = () => imageStore.shown[indexAt(layout.boxes, barHeight() - gridTop() - 1)] ?? imageStore.shown.at(-1);
const barHeight = () => Number.parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);

/** Scrolls to an image and focuses it. False if not loaded. */
export function focusTile(id) {
	const index = indexOf(id);
	if (index < 0) return false;
	render();
	if (!tiles.has(id)) scrollToBox(index, innerHeight / 2);
	const { element, link } = tiles.get(id);
	element.scrollIntoView({ block: "nearest", behavior: "instant" });
	link.focus({ preventScroll: true });
	return true;
}

/** Scrolls the heading of an image's group to the top. */
export function showFirst(image) {
	const index = indexOf(image.id);
	scrollToBox(index, barHeight() + layout.boxes[index].top - layout.headings.findLast((each) => each.index <= index).top);
}

function scrollToBox(index, y) {
	scrollBy({ top: gridTop() + layout.boxes[index].top - y, behavior: "instant" });
	render();
}

function update(width) {
	const { shown, complete, state, isStale, order, until } = imageStore;
	if (laidOut.shown === shown && laidOut.width === width && laidOut.state === state) return;
	const isNew = laidOut.isStale && !isStale;
	const hasScrolled = gridTop() < 0;
	const anchorIndex = indexAt(layout.boxes, -gridTop());
	const anchor = !isNew && (hasScrolled || until !== laidOut.until) && laidOut.shown?.[anchorIndex];
	const offset = layout.boxes[anchorIndex]?.top;
	if (laidOut.order !== order) groups = createGroups(order);
	laidOut = { shown, width, state, order, until, isStale };
	const style = getComputedStyle(grid);
	const size = (name) => Number.parseFloat(style.getPropertyValue(`--${name}`));
	const isList = imageStore.query === ATTENTION;
	const images = complete || state === "failed" || isStale ? shown : [...shown, ...SKELETONS];
	const last = shown.at(-1);
	const groupOf = (image) => (image.id || last ? groups(image.id ? image : last) : "");
	layout = isList ? stack(images, { width, rowHeight: size("list-row") }) : justify(images, { width, rowHeight: size("row"), gap: size("gap"), headingHeight: size("heading"), groupGap: GROUP_GAP, groupOf });
	grid.toggleAttribute("data-list", isList);
	grid.classList.toggle("stale", isStale);
	setStyle(grid, { height: `${layout.height}px` });
	if (isNew && hasScrolled) scrollTo({ top: 0, behavior: "instant" });
	const index = anchor ? indexOf(anchor.id) : -1;
	if (index >= 0 && layout.boxes[index].top !== offset) scrollBy({ top: layout.boxes[index].top - offset, behavior: "instant" });
}

function render() {
	frame = cancelAnimationFrame(frame);
	const isEmpty = imageStore.shown.length === 0 && (imageStore.complete || imageStore.state === "failed");
	grid.hidden = isEmpty;
	const width = grid.clientWidth;
	if (width === 0 && imageStore.shown.length > 0) return;
	if (width === 0) return clearTiles();
	update(width);
	const { shown, complete, state, isStale } = imageStore;
	const top = -gridTop();
	const from = top - innerHeight * OVERSCAN;
	const to = top + innerHeight * (1 + OVERSCAN);
	const first = Math.max(0, indexAt(layout.boxes, from - innerHeight / 2));
	const last = indexAt(layout.boxes, to);
	const focusedId = idOf(document.activeElement);
	const focused = focusedId ? indexOf(focusedId) : -1;
	const indices = Array.from({ length: last - first }, (_, index) => first + index);
	if (focused >= 0 && focused < first) indices.unshift(focused);
	if (focused >= last) indices.push(focused);
	const oldTiles = tiles;
	tiles = new Map();
	const elements = [];
	let created = 0;
	let isPartial = false;
	for (const index of indices) {
		const heading = layout.headings.find((each) => each.index === index);
		if (heading?.group) elements.push(headingOf(heading));
		const image = shown[index];
		if (!image) {
			elements.push(skeletonAt(index));
			continue;
		}
		const box = layout.boxes[index];
		if (!oldTiles.has(image.id)) {
			const isVisible = box.top < top + innerHeight && box.top + box.height > top;
			if (!isVisible && created >= MAX_NEW_TILES && index !== focused) {
				isPartial = true;
				continue;
			}
			created += 1;
		}
		const tile = oldTiles.get(image.id) ?? new Tile(refresh);
		tiles.set(image.id, tile);
		tile.update(image, box.top === layout.boxes[0].top ? "high" : null);
		tile.place(box);
		tile.setSelected(selection.has(image.id));
		setAttributes(tile.element, { "aria-posinset": index + 1, "aria-setsize": complete ? shown.length : -1 });
		elements.push(tile.element);
		if (image.status === "pending" && !isPolled(image.id) && !isAbandoned(image)) poll(image);
	}
	replaceTiles(elements);
	if (isPartial) scheduleRender();
	setAttributes(grid, { "aria-busy": state === "loading" });
	if (state === "ready" && !complete && !isStale && to + innerHeight * LOAD_AHEAD > (layout.boxes[shown.length]?.top ?? 0)) imageStore.loadMore();
}

function clearTiles() {
	tiles = new Map();
	replaceTiles([]);
}

const blocks = new Map(); // headings and skeletons, by what they show

function headingOf({ group, left, top, width }) {
	if (!blocks.has(group)) blocks.set(group, el("div", { role: "listitem", class: "grid-heading" }, el("h2", { text: groupName(group) })));
	return setStyle(blocks.get(group), { "inset-inline-start": `${left}px`, top: `${top}px`, width: `${width}px` });
}

function skeletonAt(index) {
	const key = index - imageStore.shown.length;
	if (!blocks.has(key)) blocks.set(key, el("div", { class: "skeleton", "aria-hidden": true }));
	const { left, top, width, height } = layout.boxes[index];
	return setStyle(blocks.get(key), { "inset-inline-start": `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
}

/** Moves only what has to move, which keeps the focus. If the focused photo is gone, the one in its place gets it. */
function replaceTiles(elements) {
	const position = document.activeElement.closest(".tile")?.getAttribute("aria-posinset");
	const kept = new Set(elements);
	for (const child of [...grid.children]) if (!kept.has(child)) child.remove();
	for (const [index, element] of elements.entries()) if (grid.children[index] !== element) grid.insertBefore(element, grid.children[index] ?? null);
	if (!position || grid.contains(document.activeElement)) return;
	const { shown } = imageStore;
	(tiles.get(shown[Math.min(position, shown.length) - 1]?.id)?.link ?? byId("gallery-title")).focus({ preventScroll: true });
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
