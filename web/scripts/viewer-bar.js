/** The bar over the photo: where it is in the list, and what can be done with it. */

import { button, el, icon, setAttributes } from "./dom.js";
import { number, percentage } from "./format.js";
import { imageStore } from "./image-store.js";
import { createMenu } from "./menu.js";
import { favoriteButton, showFavorite } from "./own-data.js";
import { labelOf } from "./query.js";
import { isPhone } from "./sheet.js";
import { t } from "./words.js";

export function iconButton(name, symbol, onClick, className = "", keys) {
	return button(`icon-button ${className}`, icon(symbol), onClick, { "aria-label": name, title: name, "aria-keyshortcuts": keys });
}

/** `actions` are `{leave, download, remove, recognizeAgain, togglePanel, zoomIn, zoomOut, fit, showActualSize}`. */
export function createBar(actions) {
	const position = el("p", { class: "viewer-position number", dir: "auto" });
	const scale = button("icon-button viewer-scale number", "", actions.fit, { "aria-keyshortcuts": "0" });
	const actual = button("icon-button", "1:1", actions.showActualSize, { "aria-label": t("viewer.actualSize"), title: t("viewer.actualSize"), "aria-keyshortcuts": "1" });
	const zoom = el("div", { class: "viewer-zoom", role: "group", "aria-label": t("viewer.zoom") },
		iconButton(t("viewer.zoomOut"), "minus", actions.zoomOut, "", "-"), scale, iconButton(t("viewer.zoomIn"), "add", actions.zoomIn, "", "+"), actual);
	const zooming = [
		{ text: t("viewer.zoomIn"), run: actions.zoomIn },
		{ text: t("viewer.zoomOut"), run: actions.zoomOut },
		{ text: t("viewer.fit"), run: actions.fit },
		{ text: t("viewer.actualSize"), run: actions.showActualSize },
	];
	const more = createMenu(t("viewer.moreActions"), "icon-button", () => [
		{ text: t("viewer.downloadJson"), run: () => actions.download("result") },
		{ text: t("viewer.recognizeAgain"), run: actions.recognizeAgain },
		...(isPhone.matches ? zooming : []),
	]);
	more.querySelector("button").replaceChildren(icon("more"));
	setAttributes(more.querySelector("button"), { "aria-label": t("viewer.moreActions"), title: t("viewer.moreActions") });
	const remove = iconButton(t("viewer.delete"), "delete", actions.remove, "", "Delete");
	const panelButton = iconButton(t("viewer.info"), "info", actions.togglePanel, "viewer-info", "i");
	const tools = [zoom, favoriteButton, iconButton(t("viewer.download"), "download", () => actions.download("original")), more];
	const element = el("header", { class: "viewer-bar" }, iconButton(t("viewer.close"), "close", actions.leave, "", "Escape"), position, ...tools, remove, panelButton);

	return {
		element,
		setImage(image) {
			for (const tool of tools) tool.hidden = image?.status !== "done";
			remove.hidden = !image;
			showFavorite(image);
		},
		setScale(percent) {
			scale.textContent = percent ? percentage(percent) : t("viewer.fit");
			setAttributes(scale, { title: t("viewer.fitToWindow"), "aria-label": `${t("viewer.fitToWindow")}, ${scale.textContent}` });
		},
		setPanel: (isOpen) => setAttributes(panelButton, { "aria-pressed": isOpen }),
		/** `index` is -1 if the photo isn't in the list. */
		setPosition(index) {
			const { shown, complete, query } = imageStore;
			const text = complete ? t("viewer.position", { index: index + 1, count: shown.length }) : number(index + 1);
			position.textContent = index < 0 ? "" : [text, labelOf(query) ?? query].filter(Boolean).join(" · ");
		},
	};
}
