import { deleteWithUndo } from "./deletions.js";
import { announce, byId, listen, on, setAttributes } from "./dom.js";
import { download } from "./download.js";
import { AppError, reasonText, toError } from "./errors.js";
import { imageStore } from "./image-store.js";
import { idsAround, listedImage, loadedNeighbor, loadListUntil, neighborOf, positionOf } from "./neighbors.js";
import { favoriteButton, leaveOwnData } from "./own-data.js";
import { createPanel } from "./panel.js";
import { isRetryable, pollResult, retryRecognition } from "./polling.js";
import { loadImage, preload } from "./preload.js";
import { go, imageUrl, searchUrl } from "./router.js";
import { isPhone } from "./sheet.js";
import { ABANDONED, isAbandoned } from "./tile.js";
import { createBar } from "./viewer-bar.js";
import { addKeys } from "./viewer-keys.js";
import { createStage } from "./viewer-stage.js";
import { t } from "./words.js";

const ZOOM_STEP = 1.5;
const viewer = setAttributes(byId("viewer"), { tabindex: -1, "aria-modal": "true" }); // for keys after a click
const panel = createPanel(viewer);
const stage = createStage({ onScale: (percent) => bar.setScale(percent), onStep: step, onSwipe: swipe });
const { zoom } = stage;
const zoomIn = () => zoom.by(ZOOM_STEP);
const zoomOut = () => zoom.by(1 / ZOOM_STEP);
const bar = createBar({
	leave, togglePanel, zoomIn, zoomOut, fit: zoom.reset, showActualSize: zoom.showActualSize, remove: deleteCurrent,
	download: (kind) => attempt((signal) => download(id, kind, signal)),
	recognizeAgain: () => attempt((signal) => retryRecognition(id).then(() => signal.aborted || openViewer(id, canGoBack))),
});
const content = [bar.element, stage.element, panel.element];

let abort = new AbortController();
let id;
let image;
let canGoBack = false; // whether Back leads to the gallery
let retry; // if loading failed
let isWaiting = false; // for the result

export const viewedId = () => id;

/** Shows the thumbnail at once, then the rest. */
export async function openViewer(newId, fromGallery, prepare) {
	abort.abort();
	abort = new AbortController();
	const { signal } = abort;
	if (!id) canGoBack = fromGallery;
	id = newId;
	const wasOpen = !viewer.hidden;
	setOpen(true);
	reset();
	if (wasOpen) announce(panel.title.textContent);
	keepFocus();
	loadListUntil(id, signal);
	try {
		await prepare?.();
		let response = await loadImage(id, signal);
		setImage(response.image);
		keepFocus();
		if (isAbandoned(image)) return showError({ message: ABANDONED });
		if (image.status === "pending") {
			panel.showMessage(t("viewer.recognizing"));
			isWaiting = true;
			response = await pollResult(id, signal);
			setImage(response.image);
		}
		if (isRetryable(image)) return showError(new AppError(image.reason.code, reasonText(image.reason)), () => openViewer(id, fromGallery, () => retryRecognition(id)));
		if (image.status === "failed") return showError({ message: reasonText(image.reason) });
		const shown = panel.showResult(response, stage.view, signal);
		isWaiting = false;
		viewer.dataset.ready = "";
		await shown;
		if (!signal.aborted) preload([id, ...idsAround(id)]);
	} catch (error) {
		if (signal.aborted) return;
		retry = () => openViewer(id, fromGallery, prepare);
		showError(toError(error), retry);
	}
}

export function closeViewer() {
	abort.abort();
	leaveOwnData();
	id = retry = undefined;
	delete viewer.dataset.ready;
	setOpen(false);
}

function leave() {
	if (canGoBack) history.back();
	else go(searchUrl(imageStore), { replace: true });
}

const forward = () => (viewer.matches(":dir(rtl)") ? -1 : 1);
const show = (other) => go(imageUrl(other.id), { replace: true });
/** If what had the focus is gone. */
function keepFocus() {
	const { activeElement: focused } = document;
	if (viewer.contains(focused) && !focused.closest("[hidden]")) return;
	(viewer.dataset.panel === "closed" ? viewer : panel.title).focus({ preventScroll: true });
}

async function step(direction) {
	const from = id;
	const to = await neighborOf(from, direction);
	if (id !== from) return;
	if (to) show(to);
	else announce(t(direction > 0 ? "viewer.last" : "viewer.first"));
}

function swipe(x, y) {
	if (x) step(-x * forward());
	else if (y > 0) leave();
	else panel.sheet.raise(1);
}

function deleteCurrent() {
	if (!image) return;
	const neighbor = loadedNeighbor(id, 1) ?? loadedNeighbor(id, -1);
	deleteWithUndo(image);
	if (neighbor) show(neighbor);
	else leave();
}

/** Keeps the photo and its results if it fails. */
async function attempt(work) {
	const { signal } = abort;
	stage.showError("");
	await work(signal).catch((error) => signal.aborted || stage.showError(toError(error).message));
}

function togglePanel() {
	if (isPhone.matches) return panel.sheet.toggle();
	const isOpen = viewer.dataset.panel === "closed";
	if (!isOpen && panel.element.contains(document.activeElement)) viewer.focus();
	viewer.dataset.panel = isOpen ? "open" : "closed";
	return bar.setPanel(isOpen);
}

function setOpen(open) {
	if (viewer.hidden !== open) return;
	viewer.hidden = !open;
	viewer.replaceChildren(...(open ? content : []));
	document.documentElement.toggleAttribute("data-viewer-open", open);
	for (const element of document.querySelectorAll("body > :is(.skip-link, #layout, #upload-list, #selection-bar)")) element.inert = open;
}

function reset() {
	retry = undefined;
	isWaiting = false;
	image = undefined;
	stage.clear();
	delete viewer.dataset.ready;
	panel.showMessage(t("viewer.loading"));
	setImage(listedImage(id));
	showPosition();
	if (image?.thumbnailUrl) stage.view.showThumbnail(image.thumbnailUrl);
}

function setImage(newImage) {
	if (!image || image.width !== newImage?.width || image.height !== newImage?.height) stage.setSize(newImage);
	image = newImage;
	panel.setImage(image);
	bar.setImage(image);
	if (image) document.title = `${image.fileName} – Glimpse`;
}

function showError(error, again) {
	isWaiting = false;
	stage.view.showMessage(t("viewer.noPhoto"));
	panel.showError(error, again);
	announce(error.message);
}

function showPosition() {
	const found = positionOf(id);
	bar.setPosition(found.index);
	stage.setEnds(found);
}

bar.setPanel(true);
on(imageStore, { change: showPosition });
listen({
	"connection-restored": () => retry?.(),
	"image-changed": ({ image: { id: changed, status } }) => isWaiting && changed === id && status !== "pending" && openViewer(id, canGoBack),
});
addKeys(viewer, zoom, {
	Escape: leave,
	"+": zoomIn,
	"=": zoomIn,
	"-": zoomOut,
	0: zoom.reset,
	1: zoom.showActualSize,
	f: () => favoriteButton.click(),
	i: togglePanel,
	Delete: deleteCurrent,
	ArrowRight: () => step(forward()),
	ArrowLeft: () => step(-forward()),
});
