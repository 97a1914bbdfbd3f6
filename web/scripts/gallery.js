import { announce, button, byIds, el, errorBox, icon, listen, on } from "./dom.js";
import { createEmptyState } from "./empty-state.js";
import { plural } from "./format.js";
import { focusTile } from "./grid.js";
import { imageStore } from "./image-store.js";
import { labelOf } from "./query.js";
import { go, imageUrl, route } from "./router.js";
import { closeReview, openReview } from "./review.js";
import { showQuery, showQueryError } from "./search.js";
import { closeViewer, openViewer, viewedId } from "./viewer.js";

const [section, title, clearLink, status, end] = byIds("gallery", "gallery-title", "gallery-clear", "gallery-status", "gallery-end");
const pageTitle = document.title;
const endObserver = new IntersectionObserver((entries) => {
	if (entries.at(-1).isIntersecting && imageStore.state === "ready") imageStore.loadMore();
}, { rootMargin: "0px 0px 150% 0px" });

let emptyState;
let lastViewedId;
let opener;

function showRoute() {
	if (document.body.dataset.session !== "in") return;
	const { image, review, ...search } = route() ?? imageStore;
	if (image) return view(image);
	section.hidden = Boolean(review);
	const wasViewing = viewedId();
	closeViewer();
	if (review) return openReview();
	closeReview();
	if (search.query !== imageStore.query || search.order !== imageStore.order || !imageStore.started) find(search);
	document.title = search.query ? `${labelOf(search.query) ?? search.query} – ${pageTitle}` : pageTitle;
	if (wasViewing) returnFocus();
}

function view(id) {
	const fromGallery = imageStore.started;
	if (!viewedId()) opener = document.activeElement;
	if (!fromGallery) find(imageStore);
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

async function find({ query, order }) {
	const label = labelOf(query);
	showQuery(query, order);
	title.textContent = label ? `Photos with ${label}` : query ? "Search results" : "Your photos";
	if (!query && document.activeElement === clearLink) title.focus();
	clearLink.hidden = !query;
	const hadQuery = imageStore.query !== "";
	await imageStore.open({ query, order });
	if (imageStore.query === query && imageStore.state === "ready" && (query || hadQuery)) announce(`${countText(label)}.`);
}

function countText(label) {
	const { shown, complete } = imageStore;
	return `${complete ? "" : "More than "}${plural(shown.length, "photo")}${label ? ` with ${label}` : ""}`;
}

function showStatus() {
	const { state, shown, query, error } = imageStore;
	const isEmpty = state === "ready" && shown.length === 0;
	section.toggleAttribute("data-empty", isEmpty && !query);
	showQueryError(state === "failed" ? error : null);
	if (state === "failed" && error.code === "invalid-query") status.replaceChildren();
	else if (state === "failed") status.querySelector("button") ?? showError(error);
	else if (state === "loading") status.replaceChildren(el("p", { class: "hint", text: "Loading…" }));
	else if (!isEmpty) status.replaceChildren();
	else if (query || !emptyState?.isConnected) status.replaceChildren(...emptyMessage(query)); // else a sample would lose the focus
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

function emptyMessage(query) {
	if (!query) return [(emptyState ??= createEmptyState())];
	return [
		el("p", { class: "gallery-empty", text: `No photos with “\u2068${labelOf(query) ?? query}\u2069”` }),
		el("p", { class: "hint", text: "Try fewer or other words. An asterisk finds the start of a word: moun*." }),
	];
}

on(imageStore, { change: showStatus });
on(window, { hashchange: showRoute });
listen({
	"image-changed": ({ image }) => imageStore.put(image),
	"image-deleted": ({ id }) => imageStore.remove(id),
	"image-restored": ({ id }) => (viewedId() ? go(imageUrl(id), { replace: true }) : focusImage(id)),
	"signed-in": showRoute,
	"signed-out": () => {
		document.title = pageTitle;
		closeViewer();
		imageStore.clear();
	},
});
