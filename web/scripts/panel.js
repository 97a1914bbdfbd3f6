import { createColorStrip } from "./color-strip.js";
import { createEngineNote } from "./config.js";
import { button, el, errorBox, on, setAttributes } from "./dom.js";
import { chooseFiles } from "./dropzone.js";
import { createFacts } from "./facts.js";
import { createFilter } from "./filter.js";
import { createFold } from "./fold.js";
import { bytes, date, number } from "./format.js";
import { ownDataElement, showOwnData } from "./own-data.js";
import { createTables } from "./result-tables.js";
import { groupResults } from "./results.js";
import { createSheet } from "./sheet.js";
import { createSimilar } from "./similar.js";
import { t } from "./words.js";

/** What is known about a photo. `viewer` is the element that contains it. */
export function createPanel(viewer) {
	const title = el("h2", { id: "viewer-title", tabindex: -1, dir: "auto" });
	const meta = el("p", { class: "viewer-meta secondary-text" });
	const head = el("div", { class: "viewer-head" }, title, meta);
	const body = el("div", { class: "viewer-body" });
	const element = el("div", { class: "viewer-panel", id: "viewer-panel" }, head, body);
	const sheet = createSheet(viewer, element, head);
	head.prepend(sheet.handle);
	let update = () => {};
	const filter = createFilter(() => update());
	const fill = (...content) => {
		update = () => {};
		body.replaceChildren(...content.filter(Boolean));
		body.scrollTop = 0;
	};

	return {
		element,
		title,
		sheet,

		setImage(image) {
			title.textContent = image?.fileName ?? t("viewer.photo");
			title.title = title.textContent;
			meta.textContent = image ? describe(image) : "";
		},

		showMessage: (text) => fill(el("p", { class: "hint section", text })),

		showError({ code, message, action }, retry) {
			const [text, onClick] = action && code !== "not-retryable" ? [action, retry] : [t("viewer.chooseAgain"), chooseFiles];
			fill(el("div", { class: "section" }, errorBox(message, code === "not-found" ? null : button("link-button", text, onClick))));
		},

		/** Resolves when the preview is shown. */
		showResult({ image, result, links }, imageView, signal) {
			const data = result ?? resultFrom(image);
			const groups = groupResults(data);
			const highlight = (item, state, isOn, reveal = false) => {
				for (const part of imageView.parts.filter((each) => each.item === item)) {
					part.element.toggleAttribute(`data-${state}`, isOn);
					if (part.box && state === "pinned") setAttributes(part.element, { "aria-pressed": isOn });
				}
				tables.mark(item, state, isOn, reveal);
				imageView.placeCaptions();
			};
			const tables = createTables(groups, filter, highlight);
			showOwnData(image);
			const waiting = image.waiting ? el("p", { class: "hint section", text: t("viewer.waiting") }) : null;
			fill(waiting, filter.element, tables.element, createEngineNote(), createColorStrip(image, data), ownDataElement,
				createFold("details", t("viewer.details"), el("div", {}, createFacts(image, data), jsonView(data, image.fileName))), createSimilar(image, signal));
			const shown = imageView.show(image, links, groups);
			for (const part of imageView.parts) connect(part, highlight);
			update = () => {
				tables.update();
				for (const { element: each, detector, confidences } of imageView.parts) each.hidden = !filter.shows(detector, ...confidences);
				imageView.placeCaptions();
			};
			update();
			return shown;
		},
	};
}

/** Hovering, focusing or clicking a box does to its row what that does to the box. */
function connect({ element, item, box }, highlight) {
	const mark = (isOn) => () => highlight(item, "highlighted", isOn, isOn);
	// not pointerenter: the pointer may be there when the photo opens
	on(element, { pointermove: () => "highlighted" in element.dataset || mark(true)(), pointerleave: mark(false), focus: mark(true), blur: mark(false) });
	if (box) on(element, { click: () => highlight(item, "pinned", !("pinned" in element.dataset)) });
}

function resultFrom({ labels }) {
	return { Labels: labels.map(({ name, confidence }) => ({ Name: name, Confidence: confidence })) };
}

function describe({ takenAt, uploadedAt, width, height, contentType, size }) {
	const format = contentType?.replace(/^image\//, "").toUpperCase();
	return [date(takenAt ?? uploadedAt), width && `${number(width)} × ${number(height)}`, format, size && bytes(size)].filter(Boolean).join(" · ");
}

function jsonView(result, fileName) {
	const view = el("pre", { class: "json", tabindex: 0, role: "region", "aria-label": t("viewer.jsonOf", { name: fileName }), dir: "ltr" });
	return el("details", { on: { toggle: () => (view.textContent ||= JSON.stringify(result, null, 2)) } }, el("summary", { text: t("viewer.json") }), view);
}
