/** The view of the photos that need review: flagged ones, and people without the required equipment. */

import { getImage, patchImage } from "./api.js";
import { deleteWithUndo } from "./deletions.js";
import { announce, button, byId, el, emit, errorBox, isCovered, listen, on } from "./dom.js";
import { toError } from "./errors.js";
import { createActions, createEnd, DECISIONS, showDecision, showIsFirst } from "./review-elements.js";
import { ReviewQueue } from "./review-queue.js";
import { createReasons, reasonsOf } from "./review-reasons.js";
import { imageUrl } from "./router.js";
import { selection } from "./selection.js";
import { showToast } from "./toasts.js";
import { t } from "./words.js";

const PRELOADED = 2;
const TOAST_MS = 8_000;

const section = byId("review");
const title = el("h1", { id: "review-title", tabindex: -1, text: t("sidebar.review") });
const position = el("p", { class: "gallery-count" });
const stage = el("figure", { class: "review-stage" });
const panel = el("div", { class: "review-panel" });
const body = el("div", { class: "review-body" });
section.append(el("header", { class: "gallery-header" }, title, position), body);

let queue = new ReviewQueue();
let index = 0;
const lastSave = new Map(); // promises by id
let shownId = null;

const current = () => queue.shown[index];
export const isReviewing = () => !section.hidden;
export const reviewQueue = () => queue;

/** With an id, at the photo that the viewer has shown. */
export function openReview(id) {
	document.title = `${t("sidebar.review")} – Glimpse`;
	if (isReviewing()) {
		const at = queue.indexOf(id);
		if (at >= 0 && at !== index) step(at - index);
		if (!section.contains(document.activeElement)) title.focus({ preventScroll: true });
		return;
	}
	selection.clear();
	section.hidden = false;
	[queue, index, shownId] = [new ReviewQueue(), 0, null];
	position.textContent = "";
	body.replaceChildren(el("p", { class: "hint", text: t("review.loading") }));
	title.focus({ preventScroll: true });
	load();
}

/** Returns whether it had the focus. */
export function closeReview() {
	const hadFocus = section.contains(document.activeElement);
	section.hidden = true;
	return hadFocus;
}

async function load() {
	const loaded = queue;
	try {
		await queue.loadMore();
		if (queue !== loaded || !isReviewing()) return;
		if (current()?.id === shownId) showPosition(); // the photo and the focus stay
		else show();
	} catch (error) {
		const { message } = toError(error);
		if (current()) return;
		body.replaceChildren(errorBox(message, button("button secondary", t("errors.retry"), load)));
		announce(message);
	}
}

function show() {
	const image = current();
	const { shown, complete } = queue;
	const left = shown.length - index;
	if (left <= PRELOADED && !complete) load();
	showPosition();
	shownId = image?.id ?? null;
	if (!image) return complete && showEnd();
	body.replaceChildren(stage, panel);
	showPhoto(image);
	panel.replaceChildren(el("h2", { dir: "auto" }, el("a", { href: imageUrl(image.id), text: image.fileName })), createReasons(image), createActions({ decide, remove, step }));
	showDecision(panel, image);
	showIsFirst(panel, index === 0);
	announce([image.fileName, ...reasonsOf(image)].join(". "));
	return shown.slice(index + 1, index + 1 + PRELOADED).forEach(({ id }) => queue.preview(id));
}

function showPosition() {
	const { shown, complete } = queue;
	position.textContent = current() ? t(complete ? "review.position" : "review.positionOfMore", { number: index + 1, total: shown.length }) : "";
}

async function showPhoto({ id, fileName, thumbnailUrl, width, height }) {
	const img = el("img", { src: thumbnailUrl, alt: fileName, width, height });
	stage.replaceChildren(img);
	const preview = await queue.preview(id);
	if (preview && img.isConnected) img.src = preview;
}

function showEnd() {
	const { element, text } = createEnd(queue.shown, () => step(-1));
	body.replaceChildren(element);
	announce(text);
}

function step(by) {
	index = Math.min(Math.max(index + by, 0), queue.shown.length);
	show();
	if (!section.contains(document.activeElement)) title.focus({ preventScroll: true }); // what had it is gone
}

/** Shows the next photo at once. */
function decide(value) {
	const image = current();
	if (!image) return;
	queue.put({ id: image.id, decision: { value } });
	step(1);
	lastSave.set(image.id, (lastSave.get(image.id) ?? Promise.resolve()).then(() => save(image, value)));
}

/** What can't be saved is said, with a link back to the photo. */
async function save(image, value) {
	const { revision } = queue.shown[queue.indexOf(image.id)] ?? image; // an earlier save has changed it
	try {
		const { image: changed } = await patchImage({ id: image.id, revision }, { decision: value });
		emit("image-changed", { image: changed });
	} catch (error) {
		const { image: latest } = error.code === "changed" ? await getImage(image.id).catch(() => ({})) : {};
		queue.put(latest ?? image);
		showFailure(image, toError(error));
	}
}

function showFailure({ id, fileName }, { message }) {
	const back = () => {
		toast.close();
		step(queue.indexOf(id) - index);
	};
	const toast = showToast(`${fileName}: ${message}`, button("link-button", t("review.show"), back), { timeoutMs: TOAST_MS, onTimeout: () => toast.close() });
}

const remove = () => current() && deleteWithUndo(current());

function take({ id }) {
	const at = queue.remove(id);
	if (at < 0) return;
	if (at < index) index -= 1;
	if (isReviewing()) step(0);
}

/** The photo that is shown stays, unless all were reviewed. */
function putBack({ id }) {
	const wasAtEnd = !current();
	const at = queue.restore(id);
	if (at < 0) return;
	if (wasAtEnd) index = at;
	else if (at <= index) index += 1;
	if (!isReviewing()) return;
	if (wasAtEnd && section.contains(document.activeElement)) return step(0);
	if (wasAtEnd) return show();
	showPosition();
	showIsFirst(panel, index === 0);
}

listen({
	"image-changed": ({ image }) => {
		queue.put(image);
		if (isReviewing() && current()?.id === image.id) showDecision(panel, current());
	},
	"image-deleted": take,
	"image-hidden": take,
	"image-kept": putBack,
	"image-restored": ({ id }) => {
		const at = queue.restore(id);
		if (at >= 0 && isReviewing()) step(at - index);
	},
	"connection-restored": () => isReviewing() && !current() && load(),
	"signed-out": closeReview,
});
on(document, {
	keydown: (event) => {
		const { key, target, ctrlKey, metaKey, altKey } = event;
		if (!isReviewing() || event.defaultPrevented || !byId("viewer").hidden || isCovered() || ctrlKey || metaKey || altKey) return;
		if (target.closest("input, textarea, select, [role^=menu]")) return;
		const forward = section.matches(":dir(rtl)") ? -1 : 1;
		const by = { ArrowRight: forward, ArrowLeft: -forward }[key];
		const value = DECISIONS[key.toLowerCase()];
		if (by) step(by);
		else if (value) decide(value);
		else if (key === "Delete") remove();
		else return;
		event.preventDefault();
	},
});
