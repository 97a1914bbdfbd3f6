/** A button that opens a menu: the menu button pattern of the ARIA Authoring Practices Guide. */

import { button, el, on, setAttributes } from "./dom.js";

let nextId = 0;

/** `getItems()` returns `[{text, note, isSeparated, run}]`, or a sentence if there is nothing to choose. */
export function createMenu(text, className, getItems) {
	const id = `menu-${(nextId += 1)}`;
	const list = el("ul", { id, class: "menu-items", role: "menu", "aria-label": text, hidden: true });
	const opener = button(`${className} menu-button`, text, () => (list.hidden ? open(0) : close()), { "aria-haspopup": "menu", "aria-expanded": false, "aria-controls": id });
	const element = el("div", { class: "menu" }, opener, list);
	const items = () => [...list.children];

	const close = () => {
		list.hidden = true;
		setAttributes(opener, { "aria-expanded": false });
	};
	const open = (index) => {
		const found = getItems();
		list.replaceChildren(...(typeof found === "string" ? [createItem({ text: found, run() {} }, true)] : found.map((item) => createItem(item, false))));
		list.hidden = false;
		setAttributes(opener, { "aria-expanded": true });
		items().at(index).focus();
	};
	const createItem = ({ text: name, note = "", isSeparated = false, run }, disabled) => el("li", {
		class: "menu-item", role: "menuitem", tabindex: -1, "data-separated": isSeparated, "aria-disabled": disabled ? "true" : null,
		on: {
			click: () => {
				opener.focus();
				close();
				run();
			},
		},
	}, el("span", { dir: "auto", text: name }), note ? el("span", { class: "suggestion-note", text: note }) : null);

	on(element, {
		focusout: ({ relatedTarget }) => element.contains(relatedTarget) || close(),
		keydown: (event) => {
			const { key, target } = event;
			const isOpen = !list.hidden;
			const index = items().indexOf(target);
			const { length } = items();
			const focus = (to) => items().at(to % length).focus();
			const action = isOpen ? {
				ArrowDown: () => focus(index + 1),
				ArrowUp: () => focus(index < 0 ? -1 : index - 1),
				Home: () => focus(0),
				End: () => focus(-1),
				Enter: () => target.click(),
				" ": () => target.click(),
				Escape: () => {
					opener.focus();
					close();
				},
			}[key] : { ArrowDown: () => open(0), ArrowUp: () => open(-1) }[key];
			if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
			event.preventDefault();
			event.stopPropagation();
			action();
		},
	});
	return element;
}
