/** What can be done with all photos of the search, however many they are: add a tag, recognize again with the model. */

import { listImages, listModels } from "./api.js";
import { hasFailed, runBatch, summarize } from "./batch.js";
import { addSuggestions } from "./combobox.js";
import { button, el, emit, listen, on } from "./dom.js";
import { toError } from "./errors.js";
import { cleanTag } from "./format.js";
import { imageStore, listedQuery } from "./image-store.js";
import { runJob } from "./jobs.js";
import { price } from "./model-card.js";
import { retry } from "./polling.js";
import { MODELS_URL } from "./router.js";
import { suggestTags } from "./tag-suggestions.js";
import { t } from "./words.js";

const PAGE_SIZE = 100; // the API's limit

let dialog;

/** Asks for the tag. */
export function openTagAll() {
	const input = el("input", { id: "search-tag", type: "text", required: true, "aria-label": t("selection.tagLabel"), placeholder: t("selection.tagPlaceholder"), maxlength: 50 });
	open(t("searchActions.tag"), [el("div", { class: "tag-field" }, input)], ({ submit, photos }) => {
		addSuggestions(input, { label: t("selection.tags"), suggest: suggestTags(input), choose: ({ text }) => (input.value = text) });
		input.focus();
		submit.textContent = t("searchActions.addTag");
		submit.hidden = false;
		return () => {
			const tag = cleanTag(input.value);
			return tag && (() => run(photos(), "selection.tagging", { action: "tag", tags: [tag] }, t("selection.tagged", { tag })));
		};
	});
}

/** Says first how many there are, and what the model costs. */
export function openRecognizeAll() {
	const text = el("p", { role: "status", text: t("models.loading") });
	open(t("searchActions.recognize"), [text], ({ submit, photos, signal }) => {
		submit.textContent = t("searchActions.start");
		listModels(signal).then(({ active: [model], prices }) => {
			submit.hidden = !model;
			if (model) text.textContent = t("searchActions.with", { name: `\u2068${model.name}\u2069`, hourly: price(prices.runningHour) });
			else text.replaceChildren(`${t("searchActions.noModel")} `, el("a", { href: MODELS_URL, text: t("sidebar.models"), on: { click: () => dialog.close() } }));
		}).catch((error) => signal.aborted || (text.textContent = toError(error).message));
		return () => () => run(photos(), "selection.retrying", { action: "retry" }, t("selection.done.retry"));
	});
}

/** `prepare({submit, photos, signal})` returns a function that returns the work, or nothing if it can't begin. */
function open(titleText, content, prepare) {
	const controller = new AbortController();
	const { signal } = controller;
	const title = el("h2", { id: "search-dialog-title", text: titleText });
	const submit = el("button", { class: "button", hidden: true });
	const count = el("p", { class: "hint", role: "status", text: t("searchActions.counting", { count: 0 }) });
	const form = el("form", {}, count, ...content, el("div", { class: "dialog-actions" }, button("button secondary", t("models.cancel"), () => opened.close()), submit));
	const opened = el("dialog", { class: "model-dialog", "aria-labelledby": title.id }, title, form);
	let found = [];
	dialog = opened;
	document.body.append(opened);
	opened.showModal();
	const getWork = prepare({ submit, photos: () => found, signal });
	submit.ariaDisabled = "true";
	list(imageStore.query, signal, (number) => (count.textContent = t("searchActions.counting", { count: number }))).then((images) => {
		found = images;
		count.textContent = t(imageStore.query ? "searchActions.found" : "searchActions.all", { count: images.length, query: `\u2068${imageStore.query}\u2069` });
		submit.ariaDisabled = images.length > 0 ? null : "true";
	}).catch((error) => signal.aborted || (count.textContent = toError(error).message));
	on(form, {
		submit: (event) => {
			event.preventDefault();
			const work = submit.ariaDisabled || submit.hidden ? null : getWork();
			if (!work) return;
			opened.close();
			work();
		},
	});
	on(opened, {
		close: () => {
			controller.abort();
			opened.remove();
		},
	});
}

async function list(query, signal, onCount) {
	const images = new Map(); // an image may move to a later page
	let cursor;
	do {
		const page = await retry(() => listImages({ q: listedQuery(query), limit: PAGE_SIZE, cursor }, signal), signal, () => {});
		for (const { id, fileName } of page.images) images.set(id, fileName);
		({ cursor } = page);
		onCount(images.size);
	} while (cursor);
	return [...images];
}

function run(photos, key, request, verb) {
	const fileNames = new Map(photos);
	const text = t(key);
	return runJob(text, async ({ setText, signal }) => {
		const onResults = (results, done) => {
			setText(t("selection.progress", { text, done, count: fileNames.size }));
			for (const { image } of results) if (image) emit("image-changed", { image });
		};
		const results = await runBatch([...fileNames.keys()], request, { signal, onResults });
		emit("labels-changed");
		return { message: summarize(results, verb, (id) => fileNames.get(id)), hasFailed: [...results.values()].some(hasFailed) };
	});
}

listen({ "signed-out": () => dialog?.close() });
