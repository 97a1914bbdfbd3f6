/** The view of the models: all of them, or one with what it has learned. */

import { getModel, listModels } from "./api.js";
import { announce, button, byId, el, emit, errorBox, listen, setAttributes } from "./dom.js";
import { toError } from "./errors.js";
import { createCard, isInProgress, statusText } from "./model-card.js";
import { openModelDialog } from "./model-dialog.js";
import { createEvaluation } from "./model-evaluation.js";
import { go, MODELS_URL, route } from "./router.js";
import { selection } from "./selection.js";
import { t } from "./words.js";

const POLL_MS = 5_000;

const section = byId("models");
const title = el("h1", { id: "models-title", tabindex: -1 });
const back = el("a", { href: MODELS_URL, text: t("models.back") });
const newButton = button("button secondary", t("models.new"), () => openModelDialog(settings, (model) => put(model)));
const list = el("ul", { class: "model-list", role: "list" });
const details = el("div", { class: "model-details" });
const message = el("div", { class: "model-message" });
section.append(el("header", { class: "gallery-header" }, title, el("div", { class: "toolbar" }, back, newButton)), message, list, details);

let shownId; // of the only model that is shown
let settings; // `{prices, idleMinutes, canUseScopeStack}`
let models = null;
let shownEvaluation;
let cards = new Map(); // `{element, state}` by id
let abort = new AbortController();
let timer;

/** With an id, only that model. */
export function openModels(id) {
	selection.clear();
	if (models === null || id !== shownId) reset(id);
	else show();
	if (!section.contains(document.activeElement)) title.focus({ preventScroll: true });
	load();
}

function reset(id) {
	const known = models?.find((model) => model.id === id);
	shownId = id;
	models = known ? [known] : null;
	cards = new Map();
	list.replaceChildren();
	shownEvaluation = undefined;
	details.replaceChildren();
	if (section.contains(document.activeElement)) title.focus({ preventScroll: true });
	show();
	if (!known) message.replaceChildren(el("p", { class: "hint", text: t("models.loading") }));
}

const titleText = () => (shownId ? models?.[0]?.name : null) ?? t("sidebar.models");

async function load() {
	clearTimeout(timer);
	abort.abort();
	abort = new AbortController();
	const { signal } = abort;
	try {
		const isListed = !shownId || !settings;
		const { models: all, ...rest } = isListed ? await listModels(signal) : { models, ...settings };
		const loaded = shownId ? [(await getModel(shownId, signal)).model] : all;
		if (signal.aborted) return;
		settings = rest;
		announceChanges(loaded);
		models = loaded;
		show();
	} catch (error) {
		if (signal.aborted || section.hidden) return;
		showError(toError(error));
	}
	loadSoon();
}

/** While something is in progress, and the view can be seen. */
function loadSoon() {
	if (!models?.some(isInProgress)) return;
	clearTimeout(timer);
	timer = setTimeout(() => {
		if (section.hidden) return;
		if (document.hidden) loadSoon();
		else load();
	}, POLL_MS);
}

function showError(error) {
	const isGone = error.code === "not-found";
	if (isGone && models) return go(MODELS_URL, { replace: true }); // it has been deleted
	if (models) return; // the next try may succeed
	const text = isGone ? t("models.gone") : error.message;
	message.replaceChildren(errorBox(text, isGone ? null : button("button secondary", error.action, load)));
	announce(text);
}

/** What waited for a model is recognized when it runs. */
function announceChanges(loaded) {
	for (const model of loaded) {
		const old = models?.find(({ id }) => id === model.id);
		if (!old || old.status === model.status) continue;
		announce(`${model.name}: ${statusText(model)}`);
		emit("labels-changed");
	}
}

function show() {
	title.textContent = titleText();
	setAttributes(title, { dir: shownId ? "auto" : null });
	if (route()?.models) document.title = `${titleText()} – Glimpse`; // not while a photo covers the view, or after leaving it
	back.hidden = !shownId;
	newButton.hidden = Boolean(shownId) || !settings;
	if (!models) return;
	message.replaceChildren(...(models.length > 0 ? [] : [createIntroduction()]));
	for (const id of [...cards.keys()].filter((each) => !models.some((model) => model.id === each))) removeCard(id);
	for (const [index, model] of models.entries()) showCard(model, index);
	if (shownId) showDetails(models[0]);
}

const createIntroduction = () => el("div", { class: "model-introduction" }, el("p", { class: "gallery-empty", text: t("models.empty") }), el("p", { text: t("models.begin") }));

/** A card is built anew only if its model has changed, and keeps the focus. */
function showCard(model, index) {
	const state = JSON.stringify([model, settings]);
	const old = cards.get(model.id);
	if (old?.state === state) return;
	const focused = old?.element.contains(document.activeElement) ? document.activeElement.dataset.action : undefined;
	const element = createCard(model, settings, { isAlone: Boolean(shownId), onChange: put });
	if (old) old.element.replaceWith(element);
	else list.insertBefore(element, list.children[index] ?? null);
	cards.set(model.id, { element, state });
	if (focused === undefined) return;
	(element.querySelector(`[data-action=${focused}]`) ?? element.querySelector("a") ?? title).focus({ preventScroll: true });
}

function removeCard(id) {
	const { element } = cards.get(id);
	if (element.contains(document.activeElement)) title.focus({ preventScroll: true });
	element.remove();
	cards.delete(id);
}

function showDetails({ evaluation }) {
	const state = JSON.stringify(evaluation);
	if (state === shownEvaluation) return;
	shownEvaluation = state;
	details.replaceChildren(...(evaluation ? [createEvaluation(evaluation)] : []));
}

/** Takes a model as the API has changed it. */
function put(model) {
	if (!models || (shownId && model.id !== shownId)) return load(); // another view is open by now
	const old = models?.find(({ id }) => id === model.id);
	const changed = { ...model, evaluation: old?.evaluation ?? model.evaluation };
	announceChanges([changed]);
	if (shownId) models = [changed];
	else models = old ? models.map((each) => (each === old ? changed : each)) : [changed, ...models];
	show();
	if (!old && !shownId) cards.get(model.id).element.querySelector("a").focus();
	load();
}

listen({
	"connection-restored": () => section.hidden || load(),
	"signed-out": () => {
		clearTimeout(timer);
		abort.abort();
		reset();
		models = settings = null;
	},
});
