/** One picture, large, over the page. */

import { getImage } from "./api.js";
import { remove } from "./deletions.js";
import { announce, button, el, icon, on, part, save, set } from "./dom.js";
import { asFailure, failure } from "./failures.js";
import { panel } from "./panel.js";
import { waitFor } from "./patience.js";
import { Picture } from "./picture.js";
import { pictures } from "./pictures.js";
import { go, imageAddress, labelAddress } from "./router.js";
import { isCutOff, NOT_ARRIVED } from "./tile.js";
import { percentage } from "./wording.js";
import { zoomIn } from "./zoom.js";

const STEP = 1.5;
const LOOKED_THROUGH = 10;
const viewer = set(part("viewer"), { tabindex: -1 }); // a click in it keeps the keys
const title = el("h2", { id: "viewer-title", tabindex: -1, dir: "auto" });
const place = el("p", { class: "viewer-place" });
const note = el("p", { class: "viewer-note", role: "status" });
const stage = el("div", { class: "viewer-stage" });
const found = panel();
const scale = tool("Whole picture", "", () => zoom.reset(), "viewer-scale");
const previous = tool("Previous picture", "chevron", () => step(-1), "viewer-step before", "ArrowLeft");
const next = tool("Next picture", "chevron", () => step(1), "viewer-step after", "ArrowRight");
const zoom = zoomIn(stage, { scaled: showScale, swiped: (by) => step(by * forward()) });
const deleting = tool("Delete", "bin", bin, "", "Delete");
const tools = [
	el("div", { class: "viewer-zoom", role: "group", "aria-label": "Zoom" },
		tool("Zoom out", "minus", () => zoom.by(1 / STEP)), scale, tool("Zoom in", "add", () => zoom.by(STEP))),
	tool("Download the picture", "save", () => download("original")),
	tool("Download the JSON", "{ }", () => download("result")),
];
const content = [
	el("header", { class: "viewer-bar" },
		tool("Close", "close", leave, "", "Escape"), el("div", { class: "viewer-words" }, title, place), ...tools, deleting),
	el("div", { class: "viewer-middle" }, stage, previous, next, note),
	found.element,
];

let asked = new AbortController();
let id;
let image;
let picture;
let stepsInside = false; // whether Back leads to the gallery

export const viewed = () => id;

export async function openViewer(wanted, inside) {
	asked.abort();
	asked = new AbortController();
	const { signal } = asked;
	if (!id) stepsInside = inside;
	id = wanted;
	cover(true);
	begin();
	if (viewer.contains(document.activeElement)) announce(title.textContent);
	else title.focus();
	findPlace(signal);
	try {
		let answer = await getImage(id, signal);
		know(answer.image);
		if (isCutOff(image)) return fail({ message: NOT_ARRIVED });
		if (image.status === "pending") {
			found.say("This picture is not recognised yet. What is in it will stand here as soon as it is.");
			answer = await waitFor(id, signal);
			know(answer.image);
		}
		if (image.status === "failed") return fail(image.reason);
		await found.show(answer, picture);
		if (!signal.aborted) viewer.dataset.drawn = "";
	} catch (error) {
		if (!signal.aborted) fail(asFailure(error));
	}
}

export function closeViewer() {
	asked.abort();
	id = undefined;
	delete viewer.dataset.drawn;
	cover(false);
}

function leave() {
	if (stepsInside) history.back();
	else go(labelAddress(pictures.label), { replace: true });
}

const forward = () => (viewer.matches(":dir(rtl)") ? -1 : 1);
const show = (other) => go(imageAddress(other.id), { replace: true });

async function step(by) {
	const from = id;
	if (by > 0 && !pictures.beside(from, 1)) await pictures.load();
	const to = pictures.beside(from, by);
	if (id !== from) return;
	if (to) show(to);
	else announce(by > 0 ? "This is the last picture." : "This is the first picture.");
}

function bin() {
	if (!image) return;
	const neighbour = pictures.beside(id, 1) ?? pictures.beside(id, -1);
	remove(image);
	if (neighbour) show(neighbour);
	else leave();
}

async function download(kind) {
	const { signal } = asked;
	try {
		const { links, image: { fileName } } = await getImage(id, signal);
		const response = await fetch(links[kind], { signal, cache: "no-store" }).catch(() => null); // the drawn one is not for scripts
		if (!response?.ok) throw failure("api-unreachable");
		save(await response.blob(), kind === "original" ? fileName : `${fileName.replace(/\.[^.]+$/, "")}.json`);
	} catch (error) {
		if (!signal.aborted) note.textContent = asFailure(error).message;
	}
}

function tool(name, symbol, click, kind = "", keys) {
	return button(`tool ${kind}`, /^\w/.test(symbol) ? icon(symbol) : symbol, click, { "aria-label": name, title: name, "aria-keyshortcuts": keys });
}

function showScale(factor) {
	scale.textContent = percentage(factor * 100);
	set(scale, { "aria-label": `${scale.title}, ${scale.textContent}` });
}

function cover(open) {
	if (viewer.hidden !== open) return;
	viewer.hidden = !open;
	viewer.replaceChildren(...(open ? content : []));
	document.documentElement.toggleAttribute("data-viewing", open);
	for (const other of document.querySelectorAll("body > :is(.skip, header, main, footer)")) other.inert = open;
}

function begin() {
	picture = new Picture();
	stage.replaceChildren(picture.element);
	zoom.follow(picture.frame);
	delete viewer.dataset.drawn;
	note.textContent = "";
	found.say("Loading …");
	know(pictures.get(id));
	showPlace();
	if (image?.thumbnailUrl) picture.preview(image);
}

function know(known) {
	image = known;
	title.textContent = image?.fileName ?? "Picture";
	if (image) document.title = `${image.fileName} – Image recognition`;
	for (const one of tools) one.hidden = image?.status !== "done";
	deleting.hidden = !image;
}

function fail(failure) {
	picture.say("There is no picture to show.");
	found.fail(failure, () => openViewer(id));
	announce(failure.message);
}

function showPlace() {
	const { shown, complete } = pictures;
	const index = shown.findIndex((one) => one.id === id);
	place.textContent = index < 0 ? "" : `${index + 1}${complete ? ` of ${shown.length}` : ""}`;
	set(previous, { "aria-disabled": index <= 0 }); // "disabled" would lose the focus
	set(next, { "aria-disabled": index < 0 || (complete && index === shown.length - 1) });
}

/** Its neighbours may be far down the list. */
async function findPlace(signal) {
	for (let pages = 0; pages < LOOKED_THROUGH && !signal.aborted && !pictures.get(id) && pictures.state !== "failed"; pages += 1) await pictures.load();
}

on(pictures, { change: showPlace });
on(viewer, {
	keydown: (event) => {
		const { key, target } = event;
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (key !== "Escape" && target.closest("input, [role=region]")) return; // the keys have a meaning there
		const pan = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
		const act = {
			Escape: leave,
			"+": () => zoom.by(STEP),
			"=": () => zoom.by(STEP),
			"-": () => zoom.by(1 / STEP),
			0: zoom.reset,
			Delete: bin,
			ArrowRight: () => step(forward()),
			ArrowLeft: () => step(-forward()),
		}[key];
		const panned = pan && zoom.pan(...pan);
		if (panned || act) event.preventDefault();
		if (!panned) act?.();
	},
});
