/** A section that stays open, or closed, for the next photos. */

import { el, icon } from "./dom.js";

const opened = new Set();

/** `onOpen` is called when it is opened, at the latest when it is shown. */
export function createFold(name, title, content, onOpen = () => {}) {
	const toggle = ({ target }) => {
		opened[target.open ? "add" : "delete"](name);
		if (target.open) onOpen();
	};
	return el("details", { class: "section fold", open: opened.has(name), on: { toggle } }, el("summary", {}, el("span", { text: title }), icon("chevron")), content);
}
