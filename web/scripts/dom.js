/** Elements. Text goes in as text only, never as markup. */

const SVG = "http://www.w3.org/2000/svg";
const HEARD_AFTER = 10_000;

export const part = (id) => document.getElementById(id);
export const parts = (...ids) => ids.map(part);

export function on(target, listeners, options) {
	for (const [type, listener] of Object.entries(listeners)) target.addEventListener(type, listener, options);
}

export const tell = (name, detail = {}) => document.dispatchEvent(new CustomEvent(name, { detail }));

export function hear(listeners) {
	for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, ({ detail }) => listener(detail));
}

/** el("p", {class, text, on: {click}}, child, …) */
export function el(tag, { text, on: listeners = {}, ...attributes } = {}, ...children) {
	const element = document.createElement(tag);
	if (text !== undefined) element.textContent = text;
	on(element, listeners);
	element.append(...children.filter((child) => child !== null));
	return set(element, attributes);
}

export function set(element, attributes) {
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === "boolean" && !name.startsWith("aria-")) element.toggleAttribute(name, value);
		else if (value === null || value === undefined) element.removeAttribute(name);
		else element.setAttribute(name, value);
	}
	return element;
}

export function button(kind, content, click, attributes) {
	return el("button", { type: "button", class: kind, on: { click }, ...attributes }, ...[content].flat());
}

export function icon(name) {
	const svg = set(document.createElementNS(SVG, "svg"), { class: "icon", "aria-hidden": true });
	svg.append(set(document.createElementNS(SVG, "use"), { href: `#icon-${name}` }));
	return svg;
}

/** The content security policy allows no style attributes. */
export function style(element, properties) {
	for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
	return element;
}

export const problem = (text, action = null) => el("div", { class: "failure" }, icon("warning"), el("p", { text }), action);

export function save(blob, name) {
	const url = URL.createObjectURL(blob);
	el("a", { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 60_000); // it may still be read
}

export function announce(text) {
	const line = el("p", { text });
	part("announcements").append(line);
	setTimeout(() => line.remove(), HEARD_AFTER);
}
