/** The view of the photos that need review: flagged ones, and people without the required equipment. */

import { getImage, patchImage } from "./api.js";
import { deleteWithUndo } from "./deletions.js";
import { announce, button, byId, el, emit, errorBox, icon, isCovered, listen, on, setAttributes } from "./dom.js";
import { toError } from "./errors.js";
import { ReviewQueue } from "./review-queue.js";
import { createReasons, reasonsOf } from "./review-reasons.js";
import { imageUrl } from "./router.js";
import { selection } from "./selection.js";
import { showToast } from "./toasts.js";
import { t } from "./words.js";

const PRELOADED = 2;
const TOAST_MS = 8_000;
const DECISIONS = { a: "approved", h: "hidden" };

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

const current = () => queue.images[index];
export const isReviewing = () => !section.hidden;

export function openReview() {
	document.title = `${t("sidebar.review")} – Glimpse`;
	if (isReviewing()) {
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
	const { images, isComplete } = queue;
	const left = images.length - index;
	if (left <= PRELOADED && !isComplete) load();
	showPosition();
	shownId = image?.id ?? null;
	if (!image) return isComplete && showEnd();
	body.replaceChildren(stage, panel);
	showPhoto(image);
	panel.replaceChildren(el("h2", { dir: "auto" }, el("a", { href: imageUrl(image.id), text: image.fileName })), createReasons(image), createActions());
	showDecision();
	announce([image.fileName, ...reasonsOf(image)].join(". "));
	return images.slice(index + 1, index + 1 + PRELOADED).forEach(({ id }) => queue.preview(id));
}

function showPosition() {
	const { images, isComplete } = queue;
	position.textContent = current() ? t(isComplete ? "review.position" : "review.positionOfMore", { number: index + 1, total: images.length }) : "";
}

async function showPhoto({ id, fileName, thumbnailUrl, width, height }) {
	const img = el("img", { src: thumbnailUrl, alt: fileName, width, height });
	stage.replaceChildren(img);
	const preview = await queue.preview(id);
	if (preview && img.isConnected) img.src = preview;
}

function createActions() {
	const action = (text, key, shortcut, onClick) => button("button secondary", [text, el("kbd", { text: key, "aria-hidden": "true" })], onClick, { "aria-keyshortcuts": shortcut });
	const choices = Object.entries(DECISIONS).map(([key, value]) => action(t(`review.${value}`), key.toUpperCase(), key.toUpperCase(), () => decide(value)));
	return el("div", { class: "review-actions", role: "group", "aria-label": t("review.actions") },
		...choices, action(t("review.delete"), t("review.deleteKey"), "Delete", remove),
		setAttributes(action(t("review.previous"), "←", "ArrowLeft", () => step(-1)), { "aria-disabled": index === 0 ? "true" : null }),
		action(t("review.skip"), "→", "ArrowRight", () => step(1)));
}

function showDecision() {
	for (const [key, value] of Object.entries(DECISIONS)) {
		setAttributes(panel.querySelector(`[aria-keyshortcuts=${key.toUpperCase()}]`), { "aria-pressed": current().decision?.value === value });
	}
}

function showEnd() {
	const count = (value) => queue.images.filter(({ decision }) => decision?.value === value).length;
	const [total, approved, hidden] = [queue.images.length, count("approved"), count("hidden")];
	const [text, hint] = total === 0
		? [t("review.empty"), t("review.emptyHint")]
		: [t("review.end"), t("review.summary", { approved, hidden, open: total - approved - hidden })];
	const back = total > 0 ? button("button secondary", t("review.previous"), () => step(-1)) : null;
	body.replaceChildren(el("div", { class: "review-end" }, icon("approved"), el("p", { text }), el("p", { class: "hint", text: hint }), back));
	announce(`${text} ${hint}`);
}

function step(by) {
	index = Math.min(Math.max(index + by, 0), queue.images.length);
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
	const { revision } = queue.images[queue.indexOf(image.id)] ?? image; // an earlier save has changed it
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

listen({
	"image-changed": ({ image }) => {
		queue.put(image);
		if (isReviewing() && current()?.id === image.id) showDecision();
	},
	"image-deleted": take,
	"image-hidden": take,
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
