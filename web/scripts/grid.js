/** Only the tiles near the window are in the document. */

import { getImage } from "./api.js";
import { on, part, set, style, tell } from "./dom.js";
import { isWaitedFor, waitFor } from "./patience.js";
import { pictures } from "./pictures.js";
import { isCutOff, Tile } from "./tile.js";

const AHEAD = 0.75; // windows above and below
const grid = part("grid");
const { signal } = new AbortController(); // never: who has signed out gets no more answers

let tiles = new Map();
let columns = 2;
let pitch = 200; // pixels from row to row
let scheduled;

const indexOf = (id) => pictures.shown.findIndex((image) => image.id === id);
const top = () => grid.getBoundingClientRect().top;
const soon = () => (scheduled ??= requestAnimationFrame(draw));

/** Brings a picture into the window and focuses it; false when it is not loaded. */
export function focusTile(id) {
	const index = indexOf(id);
	if (index < 0) return false;
	const at = top() + Math.floor(index / columns) * pitch;
	const room = innerHeight - pitch;
	if (at < 0 || at > room) scrollBy({ top: at < 0 || room < 0 ? at - pitch / 4 : at - room, behavior: "instant" });
	draw();
	tiles.get(id).link.focus({ preventScroll: true });
	return true;
}

function draw() {
	scheduled = cancelAnimationFrame(scheduled);
	const { shown, complete } = pictures;
	const ahead = innerHeight * AHEAD;
	const rows = Math.ceil(shown.length / columns);
	const first = Math.max(0, Math.floor((-top() - ahead) / pitch));
	const last = Math.min(rows, Math.ceil((innerHeight - top() + ahead) / pitch));
	const images = shown.slice(first * columns, last * columns);
	const old = tiles;
	tiles = new Map(images.map(({ id }) => [id, old.get(id) ?? new Tile(renew)]));
	images.forEach((image, index) => {
		const tile = tiles.get(image.id);
		tile.update(image);
		set(tile.element, { "aria-posinset": first * columns + index + 1, "aria-setsize": complete ? shown.length : -1 });
	});
	grid.hidden = rows === 0;
	style(grid, { height: `${rows * pitch}px`, "padding-top": `${first * pitch}px` });
	place([...tiles.values()].map(({ element }) => element));
	if (measure()) draw();
	else images.filter((image) => image.status === "pending" && !isWaitedFor(image.id) && !isCutOff(image)).forEach(follow);
}

function place(elements) {
	const focused = document.activeElement;
	if (elements.length === grid.children.length && elements.every((one, index) => one === grid.children[index])) return;
	grid.replaceChildren(...elements);
	if (focused !== document.activeElement && grid.contains(focused)) focused.focus({ preventScroll: true });
}

/** True when the rows are other than they were. */
function measure() {
	const { gridTemplateColumns, rowGap } = getComputedStyle(grid);
	const tall = grid.firstElementChild?.getBoundingClientRect().height;
	if (!tall) return false;
	const was = columns * pitch;
	columns = gridTemplateColumns.split(" ").length;
	pitch = tall + Math.floor(Number.parseFloat(rowGap) * 64) / 64; // as layout rounds
	return Math.abs(columns * pitch - was) > 0.01;
}

async function follow({ id }) {
	await learn(id, waitFor(id, signal));
	tell("images-counted");
}

const renew = (id) => learn(id, getImage(id));

async function learn(id, asked) {
	try {
		const { image, links } = await asked;
		if (pictures.get(id)) pictures.put({ ...image, thumbnailUrl: links.thumbnail });
	} catch ({ code }) {
		if (code === "not-found") pictures.drop(id); // else it is asked again when it comes into view again
	}
}

on(window, { scroll: soon, resize: soon }, { passive: true });
new ResizeObserver(soon).observe(grid);
on(pictures, { change: draw });
on(grid, {
	keydown: async (event) => {
		const [id] = [...tiles].find(([, { link }]) => link === event.target) ?? [];
		const forward = grid.matches(":dir(rtl)") ? -1 : 1;
		const step = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: columns, ArrowUp: -columns }[event.key];
		if (!id || !step || event.ctrlKey || event.altKey || event.metaKey) return;
		event.preventDefault();
		const index = indexOf(id) + step;
		if (index >= pictures.shown.length) await pictures.load();
		focusTile(pictures.shown[index]?.id);
	},
});
