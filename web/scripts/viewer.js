import { deleteWithUndo } from "./deletions.js";
import { announce, button, byId, el, icon, on, setAttributes } from "./dom.js";
import { download } from "./download.js";
import { AppError, toError } from "./errors.js";
import { percentage } from "./format.js";
import { imageStore } from "./image-store.js";
import { ImageView } from "./image-view.js";
import { leaveOwnData } from "./own-data.js";
import { createPanel } from "./panel.js";
import { checkImage, isRetryable, pollResult, retryRecognition } from "./polling.js";
import { go, imageUrl, searchUrl } from "./router.js";
import { ABANDONED, isAbandoned } from "./tile.js";
import { createZoom } from "./zoom.js";

const ZOOM_STEP = 1.5;
const MAX_PAGES = 10; // of the list, to find the neighbors
const viewer = setAttributes(byId("viewer"), { tabindex: -1 }); // for keys after a click
const title = el("h2", { id: "viewer-title", tabindex: -1, dir: "auto" });
const position = el("p", { class: "viewer-position" });
const errorText = el("p", { class: "viewer-error", role: "status" });
const stage = el("div", { class: "viewer-stage" });
const panel = createPanel();
const scale = iconButton("Fit to window", "", () => zoom.reset(), "viewer-scale");
const previous = iconButton("Previous photo", "chevron", () => step(-1), "viewer-arrow previous", "ArrowLeft");
const next = iconButton("Next photo", "chevron", () => step(1), "viewer-arrow next", "ArrowRight");
const zoom = createZoom(stage, { onScale: showScale, onSwipe: (direction) => step(direction * forward()) });
const deleteButton = iconButton("Delete", "delete", deleteCurrent, "", "Delete");
const tools = [
	el("div", { class: "viewer-zoom", role: "group", "aria-label": "Zoom" },
		iconButton("Zoom out", "minus", () => zoom.by(1 / ZOOM_STEP)), scale, iconButton("Zoom in", "add", () => zoom.by(ZOOM_STEP))),
	iconButton("Download photo", "download", () => attempt((signal) => download(id, "original", signal))),
	iconButton("Download JSON", "{ }", () => attempt((signal) => download(id, "result", signal))),
];
const content = [
	el("header", { class: "viewer-bar" },
		iconButton("Close", "close", leave, "", "Escape"), el("div", { class: "viewer-heading" }, title, position), ...tools, deleteButton),
	el("div", { class: "viewer-main" }, stage, previous, next, errorText),
	panel.element,
];

let abort = new AbortController();
let id;
let image;
let imageView;
let canGoBack = false; // whether Back leads to the gallery

export const viewedId = () => id;

export async function openViewer(newId, fromGallery, prepare) {
	abort.abort();
	abort = new AbortController();
	const { signal } = abort;
	if (!id) canGoBack = fromGallery;
	id = newId;
	setOpen(true);
	reset();
	if (viewer.contains(document.activeElement)) announce(title.textContent);
	else title.focus();
	loadNeighbors(signal);
	try {
		await prepare?.();
		let response = await checkImage(id, signal);
		setImage(response.image);
		if (isAbandoned(image)) return showError({ message: ABANDONED });
		if (image.status === "pending") {
			panel.showMessage("Recognizing… Results will appear here.");
			response = await pollResult(id, signal);
			setImage(response.image);
		}
		const retry = () => openViewer(id, fromGallery, () => retryRecognition(id));
		if (isRetryable(image)) return showError(new AppError(image.reason.code, image.reason.message), retry);
		if (image.status === "failed") return showError(image.reason);
		await panel.showResult(response, imageView, () => attempt(recognizeAgain));
		if (!signal.aborted) viewer.dataset.ready = "";
	} catch (error) {
		if (!signal.aborted) showError(toError(error), () => openViewer(id, fromGallery, prepare));
	}
}

export function closeViewer() {
	abort.abort();
	leaveOwnData();
	id = undefined;
	delete viewer.dataset.ready;
	setOpen(false);
}

function leave() {
	if (canGoBack) history.back();
	else go(searchUrl(imageStore), { replace: true });
}

const forward = () => (viewer.matches(":dir(rtl)") ? -1 : 1);
const show = (other) => go(imageUrl(other.id), { replace: true });

async function step(direction) {
	const from = id;
	if (direction > 0 && !imageStore.neighbor(from, 1)) await imageStore.loadMore();
	const to = imageStore.neighbor(from, direction);
	if (id !== from) return;
	if (to) show(to);
	else announce(`This is the ${direction > 0 ? "last" : "first"} photo.`);
}

function deleteCurrent() {
	if (!image) return;
	const neighbor = imageStore.neighbor(id, 1) ?? imageStore.neighbor(id, -1);
	deleteWithUndo(image);
	if (neighbor) show(neighbor);
	else leave();
}

/** Keeps the photo and its results if it fails. */
async function attempt(work) {
	const { signal } = abort;
	errorText.textContent = "";
	await work(signal).catch((error) => signal.aborted || (errorText.textContent = toError(error).message));
}

const recognizeAgain = (signal) => retryRecognition(id).then(() => signal.aborted || openViewer(id, canGoBack));

function iconButton(name, symbol, onClick, className = "", keys) {
	return button(`icon-button ${className}`, /^\w/.test(symbol) ? icon(symbol) : symbol, onClick, { "aria-label": name, title: name, "aria-keyshortcuts": keys });
}

function showScale(factor) {
	scale.textContent = percentage(factor * 100);
	setAttributes(scale, { "aria-label": `${scale.title}, ${scale.textContent}` });
}

function setOpen(open) {
	if (viewer.hidden !== open) return;
	viewer.hidden = !open;
	viewer.replaceChildren(...(open ? content : []));
	document.documentElement.toggleAttribute("data-viewer-open", open);
	for (const element of document.querySelectorAll("body > :is(.skip-link, #layout, #upload-list)")) element.inert = open;
}

function reset() {
	imageView = new ImageView();
	stage.replaceChildren(imageView.element);
	zoom.attach(imageView.frame);
	delete viewer.dataset.ready;
	errorText.textContent = "";
	panel.showMessage("Loading…");
	setImage(imageStore.get(id));
	showPosition();
	if (image?.thumbnailUrl) imageView.showThumbnail(image);
}

function setImage(newImage) {
	image = newImage;
	title.textContent = image?.fileName ?? "Photo";
	if (image) document.title = `${image.fileName} – Glimpse`;
	for (const tool of tools) tool.hidden = image?.status !== "done";
	deleteButton.hidden = !image;
}

function showError(error, retry) {
	imageView.showMessage("No photo to show");
	panel.showError(error, retry);
	announce(error.message);
}

function showPosition() {
	const { shown, complete } = imageStore;
	const index = shown.findIndex((each) => each.id === id);
	position.textContent = index < 0 ? "" : `${index + 1}${complete ? ` of ${shown.length}` : ""}`;
	setAttributes(previous, { "aria-disabled": index <= 0 });
	setAttributes(next, { "aria-disabled": index < 0 || (complete && index === shown.length - 1) });
}

async function loadNeighbors(signal) {
	for (let page = 0; page < MAX_PAGES && !signal.aborted && !imageStore.get(id) && imageStore.state !== "failed"; page += 1) await imageStore.loadMore();
}

on(imageStore, { change: showPosition });
on(viewer, {
	keydown: (event) => {
		const { key, target } = event;
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (key !== "Escape" && target.closest("input, textarea, [role=region]")) return;
		const pan = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
		const action = {
			Escape: leave,
			"+": () => zoom.by(ZOOM_STEP),
			"=": () => zoom.by(ZOOM_STEP),
			"-": () => zoom.by(1 / ZOOM_STEP),
			0: zoom.reset,
			Delete: deleteCurrent,
			ArrowRight: () => step(forward()),
			ArrowLeft: () => step(-forward()),
		}[key];
		const hasPanned = pan && zoom.pan(...pan);
		if (hasPanned || action) event.preventDefault();
		if (!hasPanned) action?.();
	},
});
