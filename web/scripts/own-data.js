/** What the owner says about a photo in the viewer: favorite, decision, tags, caption. */

import { getImage, patchImage } from "./api.js";
import { addSuggestions } from "./combobox.js";
import { whenModelsAreOn } from "./config.js";
import { button, el, emit, icon, on, setAttributes } from "./dom.js";
import { toError } from "./errors.js";
import { cleanTag, date } from "./format.js";
import { clause } from "./query.js";
import { searchUrl } from "./router.js";
import { showToast } from "./toasts.js";
import { suggestTags } from "./tag-suggestions.js";
import { t } from "./words.js";

let image;
let shown; // in the viewer, perhaps without its results yet
let draft = null; // a caption that isn't saved yet
let sent = null; // the draft that is being saved
let queue = Promise.resolve();
let showBoxes = () => {}; // without custom models

/** For the viewer's bar, which may already show the next photo. */
export const favoriteButton = button("icon-button", icon("star"), toggleFavorite, { "aria-label": t("viewer.favorite"), title: t("viewer.favorite"), "aria-keyshortcuts": "f" });
const approve = decisionButton(t("viewer.approve"), "approved");
const hide = decisionButton(t("viewer.hide"), "hidden");
const decidedBy = el("p", { class: "hint" });
const tagList = el("ul", { class: "tags", role: "list", "aria-label": t("viewer.tags") });
const tagInput = el("input", { id: "own-tag", type: "text", "aria-label": t("viewer.addTag"), placeholder: t("viewer.addTag"), maxlength: 50 });
const tagForm = el("form", { class: "tag-field" }, tagInput);
const caption = el("textarea", { id: "own-caption", rows: 1, maxlength: 500, placeholder: t("viewer.addCaption"), "aria-label": t("viewer.caption") });
const errorText = el("p", { class: "error-text", role: "alert" });
const retryButton = button("link-button", t("viewer.saveAgain"), () => {}, { hidden: true });
const suggestions = addSuggestions(tagInput, { label: t("viewer.tags"), suggest: suggestTags(tagInput), choose: ({ text }) => addTag(text) });

export const ownDataElement = el("section", { class: "own-data section", "aria-label": t("viewer.own"), tabindex: -1 },
	el("h3", { text: t("viewer.tags") }), el("div", { class: "own-tags" }, tagList, tagForm), caption,
	el("div", { class: "decision", role: "group", "aria-label": t("viewer.decision") }, approve, hide), decidedBy, el("div", {}, errorText, retryButton));

export const hasDraft = () => draft !== null;

export function showFavorite(newShown) {
	shown = newShown;
	setAttributes(favoriteButton, { "aria-pressed": shown?.favorite ?? false });
}

/** Doesn't wait for the photo's results. */
function toggleFavorite() {
	if (!shown) return;
	if (shown.id !== image?.id) showOwnData(shown);
	save(({ favorite }) => ({ favorite: !favorite }));
}

export function showOwnData(newImage) {
	if (image && image.id !== newImage.id) leaveOwnData();
	if (image?.revision > newImage.revision) return; // loaded before a change was saved
	image = newImage;
	render();
}

/** Saves a caption that is still being written. */
export function leaveOwnData() {
	if (hasDraft() && draft !== sent) saveCaption();
	draft = sent = null;
	image = undefined;
	tagInput.value = "";
	showError("");
}

function render() {
	const { tags, decision } = image;
	showFavorite(image);
	for (const each of [approve, hide]) setAttributes(each, { "aria-pressed": each.dataset.decision === decision?.value });
	decidedBy.hidden = !decision;
	decidedBy.textContent = decision ? t(`viewer.decided.${decision.value}`, { by: decision.by, date: date(decision.at) }) : "";
	const hadFocus = tagList.contains(document.activeElement);
	tagList.replaceChildren(...tags.map(createTag));
	if (hadFocus) tagInput.focus();
	caption.value = draft ?? image.caption ?? "";
	showBoxes(image);
}

function createTag(tag) {
	const remove = button("tag-remove", icon("close"), () => save(({ tags }) => ({ tags: tags.filter((each) => each !== tag) })), { "aria-label": t("viewer.removeTag", { tag }) });
	return el("li", { class: "tag chip" }, el("a", { href: searchUrl({ query: clause("tag", tag) }), dir: "auto", text: tag }), remove);
}

function decisionButton(text, value) {
	const toggle = ({ decision }) => ({ decision: decision?.value === value ? null : value });
	return button("button secondary", text, () => save(toggle), { "data-decision": value });
}

function addTag(text) {
	tagInput.value = "";
	const tag = cleanTag(text);
	if (tag) save(({ tags }) => ({ tags: [...tags, tag] }));
}

function saveCaption() {
	sent = draft;
	const text = draft.trim() || null;
	save((saved) => (text === saved.caption ? null : { caption: text }));
}

/** `change(image)` returns the fields to change, or null. Changes are saved one after the other. */
function save(change) {
	const original = image;
	queue = queue.then(() => saveNow(change, original.id === image?.id ? image : original));
}

async function saveNow(change, from) {
	const isShown = () => from.id === image?.id;
	const written = draft;
	try {
		const changes = change(from);
		const { image: saved } = changes ? await patchImage(from, changes) : { image: from };
		emit("image-changed", { image: saved });
		if (!isShown()) return;
		if (draft === written && (draft === null || (draft.trim() || null) === saved.caption)) draft = null;
		showError("");
		image = saved;
		render();
	} catch (error) {
		const { code, message } = toError(error);
		sent = null;
		if (!isShown()) {
			const toast = showToast(t("viewer.notSaved", { name: from.fileName, reason: message }), button("link-button", t("viewer.dismiss"), () => toast.close()));
			return;
		}
		const isConflict = code === "changed";
		if (isConflict) await reload(from.id);
		showError(isConflict ? t("viewer.conflict") : message, () => save(change));
	}
}

async function reload(id) {
	const { image: current } = await getImage(id).catch(() => ({}));
	if (!current || id !== image?.id) return;
	emit("image-changed", { image: current });
	image = current;
	render();
}

function showError(text, retry) {
	const hadFocus = document.activeElement === retryButton;
	errorText.textContent = text;
	retryButton.hidden = !text;
	retryButton.onclick = retry;
	if (hadFocus && !text) ownDataElement.focus();
}

whenModelsAreOn(async () => {
	const { createBoxes } = await import("./boxes.js");
	const boxes = createBoxes(save);
	tagForm.parentElement.after(boxes.element);
	showBoxes = boxes.show;
	if (image) showBoxes(image);
});

on(tagForm, {
	submit: (event) => {
		event.preventDefault();
		suggestions.close();
		addTag(tagInput.value);
	},
});
on(caption, {
	input: () => (draft = caption.value),
	change: () => hasDraft() && saveCaption(),
	keydown: (event) => {
		if (event.key !== "Enter" || event.isComposing) return;
		event.preventDefault(); // a caption is one line
		if (hasDraft()) saveCaption();
	},
});
on(ownDataElement, {
	keydown: (event) => {
		if (event.key !== "Escape" || !event.target.matches("input, textarea")) return;
		event.stopPropagation(); // else the viewer closes
		ownDataElement.focus(); // saves a caption
	},
});
on(window, { pagehide: () => hasDraft() && saveCaption() });
