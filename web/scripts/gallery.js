/** The collection: follows the address, and says how it stands. */

import { announce, button, el, hear, icon, on, parts, problem } from "./dom.js";
import { focusTile } from "./grid.js";
import { chooseLabel, countOf } from "./labels.js";
import { pictures } from "./pictures.js";
import { go, imageAddress, route } from "./router.js";
import { closeViewer, openViewer, viewed } from "./viewer.js";
import { count } from "./wording.js";

const ASSUMED = "assumed"; // that there are pictures, so that nothing moves

const [section, title, every, status, end] = parts("gallery", "gallery-title", "gallery-every", "gallery-status", "gallery-end");
const pageTitle = document.title;
const nextPage = new IntersectionObserver((entries) => {
	if (entries.at(-1).isIntersecting && pictures.state === "ready") pictures.load();
}, { rootMargin: "0px 0px 150% 0px" });

let seen;
let opener;

function follow() {
	if (section.hidden) return;
	const { image, label = null } = route() ?? pictures;
	if (image) return view(image);
	const closing = viewed();
	closeViewer();
	if (label !== pictures.label || !pictures.started) filter(label);
	document.title = label ? `${label} – ${pageTitle}` : pageTitle;
	if (closing) returnFocus();
}

function view(id) {
	const inside = pictures.started;
	if (!viewed()) opener = document.activeElement;
	if (!inside) filter(pictures.label);
	seen = id;
	openViewer(id, inside);
}

function returnFocus() {
	const moved = opener?.hash && !opener.hash.endsWith(seen);
	if (opener?.isConnected && opener !== document.body && !moved && !opener.closest("#grid")) opener.focus();
	else focusOn(seen);
}

function focusOn(id) {
	if (!focusTile(id)) title.focus();
}

async function filter(label) {
	chooseLabel(label);
	title.textContent = label ? `Pictures with ${label}` : "Your pictures";
	if (!label && document.activeElement === every) title.focus();
	every.hidden = !label;
	const old = pictures.label;
	await pictures.show(label);
	if (pictures.label === label && pictures.state === "ready" && (label || old)) announce(`${heading()}.`);
}

/** How many there are, where that is known. */
function heading() {
	const { shown, complete, label } = pictures;
	const many = complete ? shown.length : countOf(label);
	return (many === undefined ? "Pictures" : count(many, "picture")) + (label ? ` with ${label}` : "");
}

function showStatus() {
	const { dataset } = document.body;
	const { state, shown, label, failure } = pictures;
	const none = state === "ready" && shown.length === 0;
	section.toggleAttribute("data-empty", none && !label);
	if (shown.length > 0) dataset.started ??= ASSUMED;
	else if (none && !label && dataset.started === ASSUMED) delete dataset.started;
	if (state === "failed") status.querySelector("button") ?? fail(failure);
	else if (state === "loading") status.replaceChildren(el("p", { class: "hint", text: "Loading …" }));
	else status.replaceChildren(...(none ? empty(label) : []));
	nextPage.unobserve(end);
	nextPage.observe(end); // a page that does not fill the window is followed by the next
}

function fail({ message, action }) {
	status.replaceChildren(problem(message, button("button", [icon("again"), action], () => {
		focusOn(pictures.shown.at(-1)?.id);
		pictures.load();
	})));
	announce(message);
}

function empty(label) {
	const [text, hint] = label
		? [`None of your pictures shows “\u2068${label}\u2069”.`, "Type another word, or click one of the labels."]
		: ["No pictures yet.", "Choose, drop or paste some: they appear here, the newest first."];
	return [el("p", { class: "gallery-none", text }), el("p", { class: "hint", text: hint })];
}

on(pictures, { change: showStatus });
on(window, { hashchange: follow });
hear({
	"image-changed": ({ image }) => pictures.put(image),
	"image-deleted": ({ id }) => pictures.drop(id),
	"image-back": ({ id }) => (viewed() ? go(imageAddress(id), { replace: true }) : focusOn(id)),
	"signed-in": () => {
		document.body.dataset.started ??= ASSUMED;
		section.hidden = false;
		follow();
	},
	"signed-out": () => {
		section.hidden = true;
		document.title = pageTitle;
		closeViewer();
		pictures.clear();
	},
});
