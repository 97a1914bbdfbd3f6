import { listTerms } from "./api.js";
import { hasFailed, runBatch, summarize } from "./batch.js";
import { addSuggestions } from "./combobox.js";
import { announce, button, byId, byIds, el, emit, icon, listen, on, setAttributes, setStyle } from "./dom.js";
import { createExportMenu } from "./export-menu.js";
import { cleanTag, number, plural } from "./format.js";
import { focusTile } from "./grid.js";
import { imageStore } from "./image-store.js";
import { runJob } from "./jobs.js";
import { createMenu } from "./menu.js";
import { selection } from "./selection.js";

const MAX_SUGGESTIONS = 8;
const ACTIONS_KEY = ".";

const [bar, toolbar] = byIds("selection-bar", "toolbar");
const count = el("p", { class: "selection-count" });
const tagInput = el("input", { id: "bulk-tag", type: "text", "aria-label": "Tag to add", placeholder: "Tag", maxlength: 50 });
const tagForm = el("form", { class: "tag-form", hidden: true }, el("div", { class: "tag-field" }, tagInput), el("button", { class: "button secondary", text: "Add" }));
const tagButton = action("Add tag", () => showTagForm(tagForm.hidden), { "aria-expanded": false });
const suggestions = addSuggestions(tagInput, { label: "Tags", suggest: suggestTags, choose: ({ text }) => addTag(text) });
let size = 0;
let isBusy = false;

bar.append(
	button("icon-button", icon("close"), clear, { "aria-label": "Clear selection", title: "Clear selection" }),
	count,
	tagForm,
	tagButton,
	createMenu("Remove tag", "button secondary", tagItems),
	action("Approve", () => decide("approved", "approved")),
	action("Hide", () => decide("hidden", "hidden")),
	createMenu("More", "button secondary", () => [
		{ text: "Clear decision", run: () => decide(null, "without a decision now") },
		{ text: "Recognize again", run: recognizeAgain },
	]),
	createExportMenu("button secondary", () => ({ ids: selection.images.map(({ id }) => id) })),
	action("Delete", deleteSelected),
);
toolbar.append(action("Select all shown", () => selection.selectAll()), createExportMenu("button secondary", () => ({ query: imageStore.query, order: imageStore.order })));

function action(text, onClick, attributes) {
	return button("button secondary", text, onClick, attributes);
}

function clear() {
	const hadFocus = bar.contains(document.activeElement);
	const [first] = selection.images;
	selection.select([]);
	if (hadFocus && first) focusTile(first.id);
}

function showTagForm(shown) {
	tagForm.hidden = !shown;
	setAttributes(tagButton, { "aria-expanded": shown });
	if (shown) tagInput.focus();
	else suggestions.close();
}

async function suggestTags(signal) {
	const { terms } = await listTerms({ prefix: tagInput.value.trim(), kind: "tag", limit: MAX_SUGGESTIONS }, signal);
	return terms.map(({ value, count }) => ({ text: value, note: count.toLocaleString(), label: `${value}, ${plural(count, "photo")}` }));
}

function addTag(text) {
	const tag = cleanTag(text);
	if (!tag || isBusy) return;
	tagInput.value = "";
	showTagForm(false);
	tagButton.focus();
	run("Adding the tag…", { action: "tag", tags: [tag] }, `tagged “${tag}”`);
}

function tagItems() {
	const counts = new Map();
	for (const { tags } of selection.images) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
	if (counts.size === 0) return "These photos have no tags";
	const items = [...counts].sort(([, a], [, b]) => b - a);
	return items.map(([tag, found]) => ({ text: tag, note: number(found), run: () => run("Removing the tag…", { action: "untag", tags: [tag] }, `no longer tagged “${tag}”`) }));
}

const decide = (decision, verb) => run("Saving the decision…", { action: "decide", decision }, verb);

function recognizeAgain() {
	const text = `Recognize ${plural(size, "photo")} again? Only what is missing or outdated is recognized and billed.`;
	if (!isBusy && confirm(text)) run("Starting recognition…", { action: "retry" }, "being recognized again");
}

function deleteSelected() {
	if (!isBusy && confirm(`Delete ${plural(size, "photo")}? This can't be undone.`)) run("Deleting…", { action: "delete" }, "deleted");
}

/** Afterwards only the photos that failed are selected, if any did. */
async function run(text, request, verb) {
	if (isBusy) return;
	const names = new Map(selection.images.map(({ id, fileName }) => [id, fileName]));
	const ids = [...names.keys()];
	setBusy(true);
	await runJob(text, async ({ setText, signal }) => {
		const onResults = (results, done) => {
			setText(`${text} ${number(done)} of ${plural(ids.length, "photo")}`);
			for (const result of results) apply(request, result);
		};
		const results = await runBatch(ids, request, { signal, onResults });
		const failed = ids.filter((id) => hasFailed(results.get(id)));
		if (failed.length > 0) selection.select(failed);
		return { message: summarize(results, verb, (id) => names.get(id)), hasFailed: failed.length > 0 };
	});
	setBusy(false);
}

function apply({ action: name }, { id, image, ...result }) {
	if (result.status === 404 || (name === "delete" && !hasFailed(result))) emit("image-deleted", { id });
	else if (image) emit("image-changed", { image });
}

function setBusy(busy) {
	isBusy = busy;
	bar.toggleAttribute("data-busy", busy);
	for (const each of bar.querySelectorAll(".button")) setAttributes(each, { "aria-disabled": busy ? "true" : null });
}

on(selection, {
	change: () => {
		const hadFocus = bar.contains(document.activeElement);
		const isFirst = size === 0;
		({ size } = selection);
		bar.hidden = size === 0;
		document.documentElement.toggleAttribute("data-selecting", size > 0);
		count.textContent = `${number(size)} selected`;
		announce(size === 0 ? "Nothing selected." : `${plural(size, "photo")} selected.${isFirst ? " Press period for actions." : ""}`);
		if (size > 0) return;
		showTagForm(false);
		if (hadFocus) byId("gallery-title").focus();
	},
});
new ResizeObserver(() => setStyle(document.documentElement, { "--selection-height": `${bar.offsetHeight}px` })).observe(bar);
on(tagForm, {
	submit: (event) => {
		event.preventDefault();
		addTag(tagInput.value);
	},
});
on(document, {
	keydown: (event) => {
		const { key, target } = event;
		const isTyping = target.matches?.("input:not([type=checkbox]), textarea, select");
		if (size === 0 || event.defaultPrevented || !byId("viewer").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
		if (key === "Escape" && target === tagInput) {
			showTagForm(false);
			tagButton.focus();
		} else if (isTyping) return;
		else if (key === "Escape") clear();
		else if (key === ACTIONS_KEY) tagButton.focus();
		else if (key === "Delete") deleteSelected();
		else return;
		event.preventDefault();
	},
});
listen({ "signed-out": () => setBusy(false) });
