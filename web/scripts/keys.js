/** The keys that work everywhere, and the list of all keys. */

import { byId, el, on } from "./dom.js";
import { chooseFiles } from "./dropzone.js";
import { t } from "./words.js";

/** `[area, [what they do, keys]]`. A space joins keys that are pressed together, a comma separates alternatives. */
const KEYS = [
	["everywhere", ["search", "/"], ["upload", "u"], ["undo", "Ctrl z"], ["help", "?"]],
	["search", ["choose", "↓,↑,Enter"], ["closeSuggestions", "Escape"]],
	["gallery", ["move", "←,→,↑,↓"], ["open", "Enter"], ["select", "Space"], ["range", "Shift Space"], ["extend", "Shift ←,Shift →"], ["all", "Ctrl a"]],
	["selection", ["actions", "."], ["deleteSelected", "Delete"], ["clear", "Escape"]],
	["viewer", ["next", "←,→"], ["zoom", "+,-,0,1"], ["favorite", "f"], ["panel", "i"], ["delete", "Delete"], ["close", "Escape"]],
	["review", ["approve", "a"], ["hide", "h"], ["delete", "Delete"], ["next", "←,→"]],
];
const NAMED = /^[A-Z]\w+$/;

const ACTIONS = {
	"?": showKeys,
	"/": () => byId("search").focus(),
	u: chooseFiles,
};

let dialog;

function showKeys() {
	dialog ??= createDialog();
	if (!dialog.open) dialog.showModal();
}

function createDialog() {
	const close = el("button", { class: "button secondary", text: t("keys.close"), autofocus: true });
	const element = el("dialog", { class: "keys", closedby: "any", "aria-labelledby": "keys-title" },
		el("h2", { id: "keys-title", text: t("keys.title") }),
		el("div", { class: "key-areas" }, ...KEYS.map(([area, ...rows]) => el("section", {},
			el("h3", { class: "secondary-text", text: t(`keys.area.${area}`) }),
			el("dl", {}, ...rows.map(([action, keys]) => el("div", {}, el("dt", { text: t(`keys.${action}`) }), el("dd", {}, ...keys.split(",").map(combination)))))))),
		el("form", { method: "dialog" }, close));
	document.body.append(element);
	return element;
}

const combination = (keys) => el("span", { class: "key-combination" }, ...keys.split(" ").map((key) => el("kbd", { text: NAMED.test(key) ? t(`keys.key.${key}`) : key })));

on(document, {
	keydown: (event) => {
		const { key, target, ctrlKey, metaKey, altKey } = event;
		const action = Object.hasOwn(ACTIONS, key) && ACTIONS[key];
		if (!action || ctrlKey || metaKey || altKey || event.defaultPrevented || target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
		if (document.body.dataset.session !== "in") return;
		event.preventDefault();
		action();
	},
});
on(byId("show-keys"), {
	click: () => {
		byId("account").hidePopover();
		showKeys();
	},
});
