import { addSuggestions } from "./combobox.js";
import { whenModelsAreOn } from "./config.js";
import { announce, button, byId, byIds, el, icon, isCovered, listen, on, setAttributes, setStyle } from "./dom.js";
import { createExportMenu, exportItems } from "./export-menu.js";
import { cleanTag, number } from "./format.js";
import { focusTile } from "./grid.js";
import { imageStore, listedQuery } from "./image-store.js";
import { createMenu } from "./menu.js";
import { addTag, decide, deleteSelected, favorite, moreItems } from "./selection-actions.js";
import { selection } from "./selection.js";
import { suggestTags } from "./tag-suggestions.js";
import { t } from "./words.js";

const ACTIONS_KEY = ".";
const ACTION = "button quiet action";
const ANNOUNCE_DELAY_MS = 300; // a rectangle that is drawn selects many times

const [bar, selectButton] = byIds("selection-bar", "select");
const count = el("p", { class: "selection-count number" });
const tagInput = el("input", { id: "bulk-tag", type: "text", "aria-label": t("selection.tagLabel"), placeholder: t("selection.tagPlaceholder"), maxlength: 50 });
const tagForm = el("form", { class: "tag-form", hidden: true }, el("div", { class: "tag-field" }, tagInput), el("button", { class: "button secondary", text: t("selection.add") }));
const tagButton = action("tag", "selection.addTag", () => showTagForm(tagForm.hidden), { "aria-expanded": false });
const suggestions = addSuggestions(tagInput, { label: t("selection.tags"), suggest: suggestTags(tagInput), choose: ({ text }) => takeTag(text) });
const exportMenu = createExportMenu(ACTION, () => ({ ids: selection.images.map(({ id }) => id) }));
const moreMenu = createMenu(t("selection.more"), ACTION, moreItems);
let size = 0;
let announceTimer;

withIcon(exportMenu.firstChild, "download");
withIcon(moreMenu.firstChild, "more");
bar.append(
	button("icon-button", icon("close"), clear, { "aria-label": t("selection.clear"), title: t("selection.clear") }),
	count,
	button("button quiet select-all", t("selection.all"), () => selection.selectAll()),
	tagForm,
	tagButton,
	action("star", "selection.favorite", favorite),
	action("approved", "selection.approve", () => decide("approved")),
	action("hidden", "selection.hide", () => decide("hidden")),
	exportMenu,
	action("delete", "selection.delete", deleteSelected),
	moreMenu,
);
const search = () => ({ query: listedQuery(imageStore.query), order: imageStore.order });
const searchExport = createExportMenu("button quiet", search);
byId("toolbar").append(searchExport);
whenModelsAreOn(() => byId("toolbar").append(createMenu(t("searchActions.menu"), "button quiet", searchItems)));

function action(symbol, key, onClick, attributes) {
	return withIcon(button(ACTION, t(key), onClick, attributes), symbol);
}

function withIcon(element, symbol) {
	const text = element.textContent;
	setAttributes(element, { title: text, "aria-label": text }).replaceChildren(icon(symbol), el("span", { text }));
	return element;
}

function searchItems() {
	const load = () => import("./search-actions.js");
	return [
		...(searchExport.checkVisibility() ? [] : exportItems(search, true)), // on a phone, which has no space for two menus
		{ text: t("searchActions.tag"), isSeparated: true, run: async () => (await load()).openTagAll() },
		{ text: t("searchActions.recognize"), run: async () => (await load()).openRecognizeAll() },
	];
}

function clear() {
	const hadFocus = bar.contains(document.activeElement);
	const [first] = selection.images;
	selection.clear();
	if (hadFocus && !(first && focusTile(first.id))) selectButton.focus();
}

function showTagForm(shown) {
	tagForm.hidden = !shown;
	setAttributes(tagButton, { "aria-expanded": shown });
	if (shown) tagInput.focus();
	else suggestions.close();
}

function takeTag(text) {
	const tag = cleanTag(text);
	if (!tag || selection.isBusy) return;
	tagInput.value = "";
	showTagForm(false);
	tagButton.focus();
	addTag(tag);
}

function showDisabled() {
	for (const each of bar.querySelectorAll(".action:not([aria-haspopup])")) setAttributes(each, { "aria-disabled": selection.isBusy || size === 0 ? "true" : null });
}

function announceCount(wasEmpty) {
	clearTimeout(announceTimer);
	announceTimer = setTimeout(() => {
		const hint = wasEmpty && size > 0 ? ` ${t("selection.keyHint")}` : "";
		announce(size === 0 ? t("selection.nothing") : t("selection.announced", { count: size }) + hint);
	}, ANNOUNCE_DELAY_MS);
}

on(selection, {
	change: () => {
		const hadFocus = bar.contains(document.activeElement);
		const { isActive } = selection;
		if (size !== selection.size) announceCount(size === 0);
		({ size } = selection);
		bar.hidden = !isActive;
		document.documentElement.toggleAttribute("data-selecting", isActive);
		setAttributes(selectButton, { "aria-pressed": isActive });
		count.textContent = t("selection.count", { count: size });
		count.dataset.count = number(size);
		showDisabled();
		if (isActive) return;
		showTagForm(false);
		if (hadFocus) byId("gallery-title").focus();
	},
});
on(selectButton, { click: () => (selection.isActive ? selection.clear() : selection.start()) });
/** How much of the window it takes, with the space below it. */
const coveredHeight = () => (bar.checkVisibility() ? document.documentElement.clientHeight - bar.offsetTop : 0);
new ResizeObserver(() => setStyle(document.documentElement, { "--selection-height": `${coveredHeight()}px` })).observe(bar);
on(tagForm, {
	submit: (event) => {
		event.preventDefault();
		takeTag(tagInput.value);
	},
});
on(document, {
	keydown: (event) => {
		const { key, target } = event;
		const isTyping = target.matches?.("input:not([type=checkbox]), textarea, select");
		if (!selection.isActive || event.defaultPrevented || !byId("viewer").hidden || isCovered() || event.ctrlKey || event.metaKey || event.altKey) return;
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
listen({ "signed-out": () => selection.setBusy(false) });
