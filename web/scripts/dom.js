const SVG = "http://www.w3.org/2000/svg";
const ANNOUNCEMENT_MS = 10_000;
const DOWNLOAD_MS = 60_000;

export const byId = (id) => document.getElementById(id);
export const byIds = (...ids) => ids.map(byId);

export function on(target, listeners, options) {
	for (const [type, listener] of Object.entries(listeners)) target.addEventListener(type, listener, options);
}

export const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent(name, { detail }));

export function listen(listeners) {
	for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, ({ detail }) => listener(detail));
}

/** el("p", {class, text, on: {click}}, child, …) */
export function el(tag, { text, on: listeners = {}, ...attributes } = {}, ...children) {
	const element = document.createElement(tag);
	if (text !== undefined) element.textContent = text;
	on(element, listeners);
	element.append(...children.filter((child) => child !== null));
	return setAttributes(element, attributes);
}

export function setAttributes(element, attributes) {
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === "boolean" && !name.startsWith("aria-")) element.toggleAttribute(name, value);
		else if (value === null || value === undefined) element.removeAttribute(name);
		else element.setAttribute(name, value);
	}
	return element;
}

export function button(className, content, onClick, attributes) {
	return el("button", { type: "button", class: className, on: { click: onClick }, ...attributes }, ...[content].flat());
}

export function icon(name) {
	const svg = setAttributes(document.createElementNS(SVG, "svg"), { class: "icon", "aria-hidden": true });
	svg.append(setAttributes(document.createElementNS(SVG, "use"), { href: `#icon-${name}` }));
	return svg;
}

export function setStyle(element, properties) {
	for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
	return element;
}

/** Whether a dialog or a popover is open, which gets the keys. */
export const isCovered = () => document.querySelector("dialog[open], :popover-open") !== null;

export const errorBox = (text, action = null) => el("div", { class: "error-box" }, icon("warning"), el("p", { text }), action);

export function saveFile(blob, name) {
	const url = URL.createObjectURL(blob);
	el("a", { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_MS);
}

export function announce(text) {
	const line = el("p", { text });
	byId("announcements").append(line);
	setTimeout(() => line.remove(), ANNOUNCEMENT_MS);
}
