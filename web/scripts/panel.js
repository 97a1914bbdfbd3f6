import { createEngineNote } from "./config.js";
import { button, el, errorBox, icon, setAttributes } from "./dom.js";
import { createFacts } from "./facts.js";
import { bytes, date, percentage } from "./format.js";
import { ownDataElement, showOwnData } from "./own-data.js";
import { createTables } from "./result-tables.js";
import { groupResults } from "./results.js";
import { createSimilar } from "./similar.js";
import { chooseFile } from "./tile.js";

export function createPanel() {
	const element = el("div", { class: "viewer-panel" });
	let update = () => {};
	const filter = createFilter(() => update());
	const fill = (above, ...content) => element.replaceChildren(...above, el("div", { class: "viewer-body" }, ...content));

	return {
		element,

		showMessage: (text) => fill([], el("p", { class: "hint", text })),

		showError({ code, message, action }, retry) {
			const [text, onClick] = action && code !== "not-retryable" ? [action, retry] : ["Choose file again", chooseFile];
			fill([], errorBox(message, code === "not-found" ? null : button("button", text, onClick)));
		},

		async showResult({ image, result, links }, imageView, recognizeAgain) {
			const data = result ?? resultFrom(image);
			const groups = groupResults(data);
			let parts = [];
			const tables = createTables(groups, (item, state, on) => {
				for (const part of parts) if (part.item === item) part.element.toggleAttribute(`data-${state}`, on);
				imageView.element.toggleAttribute("data-highlighting", imageView.element.querySelector("[data-highlighted],[data-pinned]") !== null);
			});
			update = () => {
				tables.update(filter);
				for (const { element, detector, confidences } of parts) element.hidden = !filter.shows(detector, ...confidences);
			};
			filter.setGroups(groups);
			showOwnData(image);
			fill([filter.element],
				el("div", {}, el("p", { class: "viewer-meta", text: metadata(image, data) }), createFacts(image, data.Exif)),
				ownDataElement, tables.element, createEngineNote(),
				el("div", {}, createSimilar(image.id), jsonView(data, image.fileName), button("link-button", "Recognize again", recognizeAgain)));
			update();
			parts = await imageView.show(image, links, groups);
			update();
		},
	};
}

function createFilter(onChange) {
	const off = new Set();
	const output = el("output", { for: "confidence" });
	const slider = el("input", { type: "range", id: "confidence", value: 50, on: { input: () => show() } });
	const switches = el("div", { class: "switches", role: "group", "aria-label": "Result types" });
	const element = el("div", { class: "filter" }, el("label", { for: "confidence", text: "Minimum confidence" }), slider, output, switches);
	const isOn = (detector) => !off.has(detector);
	const show = () => {
		output.textContent = percentage(slider.value);
		setAttributes(slider, { "aria-valuetext": `${output.textContent} or higher` });
		onChange();
	};
	const createSwitch = ({ name, title }) => {
		const element = button("switch", title, () => {
			if (!off.delete(name)) off.add(name);
			setAttributes(element, { "aria-pressed": isOn(name) });
			onChange();
		}, { "aria-pressed": isOn(name), "data-detector": name });
		return element;
	};
	show();

	return {
		element,
		isOn,
		get minimum() {
			return slider.valueAsNumber;
		},
		shows: (detector, ...confidences) => isOn(detector) && confidences.every((value) => !(value < slider.valueAsNumber)),
		setGroups(groups) {
			switches.replaceChildren(...groups.filter(({ items }) => items.length > 0).map(createSwitch));
		},
	};
}

function resultFrom({ labels }) {
	return { Labels: labels.map(({ name, confidence }) => ({ Name: name, Confidence: confidence })) };
}

function metadata({ width, height, size, uploadedAt }, { Image }) {
	return [date(uploadedAt), `${width} × ${height} pixels`, Image?.Format, bytes(size)].filter(Boolean).join(" · ");
}

function jsonView(result, fileName) {
	const view = el("pre", { class: "json", tabindex: 0, role: "region", "aria-label": `JSON for ${fileName}`, dir: "ltr" });
	const toggle = () => (view.textContent ||= JSON.stringify(result, null, 2));
	return el("details", { on: { toggle } }, el("summary", {}, icon("chevron"), "View JSON"), view);
}
