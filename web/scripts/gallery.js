import { announce, button, byIds, el, errorBox, icon, listen, on } from "./dom.js";
import { plural } from "./format.js";
import { focusTile } from "./grid.js";
import { imageStore } from "./image-store.js";
import { countOf, selectLabel } from "./labels.js";
import { go, imageUrl, route } from "./router.js";
import { createSamples } from "./samples.js";
import { closeViewer, openViewer, viewedId } from "./viewer.js";

const ASSUMED = "assumed";

const [section, title, clearLink, status, end] = byIds("gallery", "gallery-title", "gallery-clear", "gallery-status", "gallery-end");
const pageTitle = document.title;
const endObserver = new IntersectionObserver((entries) => {
	if (entries.at(-1).isIntersecting && imageStore.state === "ready") imageStore.loadMore();
}, { rootMargin: "0px 0px 150% 0px" });

let samples;
let lastViewedId;
let opener;

function showRoute() {
	if (section.hidden) return;
	const { image, label = null } = route() ?? imageStore;
	if (image) return view(image);
	const wasViewing = viewedId();
	closeViewer();
	if (label !== imageStore.label || !imageStore.started) filter(label);
	document.title = label ? `${label} – ${pageTitle}` : pageTitle;
	if (wasViewing) returnFocus();
}

function view(id) {
	const fromGallery = imageStore.started;
	if (!viewedId()) opener = document.activeElement;
	if (!fromGallery) filter(imageStore.label);
	lastViewedId = id;
	openViewer(id, fromGallery);
}

function returnFocus() {
	const hasMoved = opener?.hash && !opener.hash.endsWith(lastViewedId);
	if (opener?.isConnected && opener !== document.body && !hasMoved && !opener.closest("#grid")) opener.focus();
	else focusImage(lastViewedId);
}

function focusImage(id) {
	if (!focusTile(id)) title.focus();
}

async function filter(label) {
	selectLabel(label);
	title.textContent = label ? `Photos with ${label}` : "Your photos";
	if (!label && document.activeElement === clearLink) title.focus();
	clearLink.hidden = !label;
	const oldLabel = imageStore.label;
	await imageStore.open(label);
	if (imageStore.label === label && imageStore.state === "ready" && (label || oldLabel)) announce(`${countText()}.`);
}

function countText() {
	const { shown, complete, label } = imageStore;
	const count = complete ? shown.length : countOf(label);
	return (count === undefined ? "Photos" : plural(count, "photo")) + (label ? ` with ${label}` : "");
}

function showStatus() {
	const { dataset } = document.body;
	const { state, shown, label, error } = imageStore;
	const isEmpty = state === "ready" && shown.length === 0;
	section.toggleAttribute("data-empty", isEmpty && !label);
	if (shown.length > 0) dataset.compact ??= ASSUMED;
	else if (isEmpty && !label && dataset.compact === ASSUMED) delete dataset.compact;
	if (state === "failed") status.querySelector("button") ?? showError(error);
	else if (state === "loading") status.replaceChildren(el("p", { class: "hint", text: "Loading…" }));
	else if (!isEmpty) status.replaceChildren();
	else if (label || !samples?.isConnected) status.replaceChildren(...emptyMessage(label)); // else a sample would lose the focus
	endObserver.unobserve(end);
	endObserver.observe(end); // fires again, until the window is full
}

function showError({ message, action }) {
	status.replaceChildren(errorBox(message, button("button", [icon("retry"), action], () => {
		focusImage(imageStore.shown.at(-1)?.id);
		imageStore.loadMore();
	})));
	announce(message);
}

function emptyMessage(label) {
	const [text, hint, ...more] = label
		? [`No photos with “\u2068${label}\u2069”`, "Try another word, or choose a label."]
		: ["No photos yet", "Your photos will appear here, newest first. Or try one of these:", (samples ??= createSamples())];
	return [el("p", { class: "gallery-empty", text }), el("p", { class: "hint", text: hint }), ...more];
}

on(imageStore, { change: showStatus });
on(window, { hashchange: showRoute });
listen({
	"image-changed": ({ image }) => imageStore.put(image),
	"image-deleted": ({ id }) => imageStore.remove(id),
	"image-restored": ({ id }) => (viewedId() ? go(imageUrl(id), { replace: true }) : focusImage(id)),
	"signed-in": () => {
		document.body.dataset.compact ??= ASSUMED;
		section.hidden = false;
		showRoute();
	},
	"signed-out": () => {
		section.hidden = true;
		document.title = pageTitle;
		closeViewer();
		imageStore.clear();
	},
});
