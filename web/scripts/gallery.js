import { config } from "./config.js";
import { announce, button, byIds, el, errorBox, icon, listen, on, setAttributes } from "./dom.js";
import { createEmptyState } from "./empty-state.js";
import { number } from "./format.js";
import "./grid-input.js";
import { focusTile, tileOf } from "./grid.js";
import { imageStore } from "./image-store.js";
import { stepThrough } from "./neighbors.js";
import { labelOf } from "./query.js";
import { closeReview, isReviewing, openReview, reviewQueue } from "./review.js";
import { ATTENTION, go, imageUrl, route, searchUrl } from "./router.js";
import "./rubber-band.js";
import "./scrubber.js";
import { showQuery, showQueryError } from "./search.js";
import { morph } from "./transition.js";
import { closeViewer, openViewer, viewedId } from "./viewer.js";
import { t } from "./words.js";

const VIEWS = { "": "all", "is:favorite": "favorites", "is:hidden": "hidden", "is:waiting": "waiting", [ATTENTION]: "failed" };
const [section, title, count, status, modelsSection] = byIds("gallery", "gallery-title", "gallery-count", "gallery-status", "models");
const pageTitle = document.title;

let emptyState;
let lastViewedId;
let opener;
let library;
let place = imageStore; // the last route that isn't a photo

const isInModels = () => !modelsSection.hidden;
const imgOf = (id) => tileOf(id)?.img;

function showRoute() {
	if (document.body.dataset.session !== "in") return;
	const { image, review, models, ...search } = route() ?? place;
	if (image) return view(image);
	place = route() ?? place;
	section.hidden = Boolean(review || models);
	const hadFocus = [review ? false : closeReview(), models ? false : closeModels()].includes(true);
	if (review || models) showQuery("", imageStore.order);
	if (models) return showModels(models);
	if (review) {
		const id = viewedId();
		closeViewer();
		return openReview(id);
	}
	if (hadFocus) title.focus({ preventScroll: true });
	const wasViewing = viewedId();
	if (search.query !== imageStore.query || search.order !== imageStore.order || !imageStore.started) find(search);
	document.title = search.query ? `${titleOf(search.query)} – ${pageTitle}` : pageTitle;
	if (!wasViewing) return closeViewer();
	return morph(null, () => {
		closeViewer();
		returnFocus();
		return imgOf(lastViewedId);
	});
}

async function showModels({ id }) {
	const isReturning = Boolean(viewedId());
	closeViewer();
	modelsSection.hidden = false;
	if (!(await config()).models) return go(searchUrl({}), { replace: true });
	const { openModels } = await import("./models.js");
	if (!isInModels()) return;
	openModels(id);
	if (isReturning && opener?.isConnected) opener.focus();
}

function closeModels() {
	const hadFocus = modelsSection.contains(document.activeElement);
	modelsSection.hidden = true;
	return hadFocus;
}

function view(id) {
	const fromPage = imageStore.started || isReviewing() || isInModels();
	const isOpen = viewedId();
	if (!isOpen) opener = document.activeElement;
	if (!fromPage) find(imageStore);
	lastViewedId = id;
	stepThrough(isReviewing() ? reviewQueue() : imageStore);
	const open = () => void openViewer(id, fromPage);
	if (isOpen) open();
	else morph(imgOf(id), open);
}

function returnFocus() {
	const hasMoved = opener?.hash && !opener.hash.endsWith(lastViewedId);
	if (opener?.isConnected && opener !== document.body && !hasMoved && !opener.closest("#grid")) opener.focus();
	else focusImage(lastViewedId);
}

function focusImage(id) {
	if (!focusTile(id)) title.focus();
}

const titleOf = (query) => (Object.hasOwn(VIEWS, query) ? t(`sidebar.${VIEWS[query]}`) : labelOf(query) ?? t("gallery.results"));

async function find({ query, order }) {
	showQuery(query, order);
	setAttributes(title, { dir: labelOf(query) ? "auto" : null }).textContent = titleOf(query);
	const hadQuery = imageStore.query !== "";
	await imageStore.open({ query, order });
	if (imageStore.query === query && imageStore.state === "ready" && (query || hadQuery)) announce(`${titleOf(query)}: ${countText()}.`);
}

function countText() {
	const { shown, complete } = imageStore;
	return t(complete ? "gallery.count" : "gallery.countMore", { count: shown.length });
}

/** The number of all photos of the view, if it is known. */
function showCount() {
	const { query, shown, complete, isStale } = imageStore;
	const known = query ? library?.[VIEWS[query]] : library && library.images - library.failed;
	if (complete) count.textContent = number(shown.length);
	else if (known) count.textContent = number(known);
	else if (!isStale) count.textContent = shown.length > 0 ? t("gallery.atLeast", { count: shown.length }) : "";
}

function showStatus() {
	const { state, shown, query, error } = imageStore;
	const isEmpty = state === "ready" && shown.length === 0;
	section.toggleAttribute("data-empty", isEmpty && !query);
	showQueryError(state === "failed" ? error : null);
	showCount();
	if (state === "failed" && error.code === "invalid-query") status.replaceChildren();
	else if (state === "failed") status.querySelector("button") ?? showError(error);
	else if (!isEmpty) status.replaceChildren();
	else if (query) status.replaceChildren(...emptyMessage(query));
	else if (!emptyState?.isConnected) status.replaceChildren((emptyState ??= createEmptyState())); // else a sample would lose the focus
}

function showError({ message, action }) {
	status.replaceChildren(errorBox(message, button("button secondary", [icon("retry"), action], () => {
		focusImage(imageStore.shown.at(-1)?.id);
		imageStore.loadMore();
	})));
	announce(message);
}

function emptyMessage(query) {
	if (query === ATTENTION) return [el("p", { class: "gallery-empty", text: t("gallery.nothingFailed") })];
	return [
		el("p", { class: "gallery-empty", text: t("gallery.nothingFound", { query: `\u2068${labelOf(query) ?? query}\u2069` }) }),
		el("p", { class: "hint", text: t("gallery.fewerWords") }),
		el("a", { class: "button secondary", href: searchUrl({ order: imageStore.order }), text: t("search.clear") }),
	];
}

on(imageStore, { change: showStatus });
on(window, { hashchange: showRoute });
on(status, { click: ({ target }) => target.closest("a") && title.focus() }); // the link disappears
listen({
	"connection-restored": () => imageStore.state === "failed" && imageStore.loadMore(),
	"image-changed": ({ image }) => imageStore.put(image),
	"image-deleted": ({ id }) => imageStore.remove(id),
	"image-restored": ({ id }) => {
		if (viewedId()) go(imageUrl(id), { replace: true });
		else if (!section.hidden) focusImage(id);
	},
	"library-changed": (response) => {
		({ library } = response);
		showCount();
	},
	"signed-in": showRoute,
	"signed-out": () => {
		library = undefined;
		place = imageStore;
		document.title = pageTitle;
		closeModels();
		closeViewer();
		imageStore.clear();
	},
});
