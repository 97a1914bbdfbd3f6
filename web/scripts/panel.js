/** What is known about one picture, and the filter over it. */

import { button, el, icon, problem, set } from "./dom.js";
import { findings } from "./findings.js";
import { drawLists } from "./lists.js";
import { chooseAgain } from "./tile.js";
import { bytes, day, percentage } from "./wording.js";

export function panel() {
	const element = el("div", { class: "viewer-panel" });
	let update = () => {};
	const rule = filter(() => update());
	const fill = (above, ...content) => element.replaceChildren(...above, el("div", { class: "viewer-body" }, ...content));

	return {
		element,

		say: (text) => fill([], el("p", { class: "hint", text })),

		fail({ code, message, action }, again) {
			const act = action ? [action, again] : ["Choose the file again", chooseAgain];
			fill([], problem(message, code === "not-found" ? null : button("button", ...act)));
		},

		async show({ image, result, links }, picture) {
			const known = result ?? summary(image);
			const all = findings(known);
			let parts = [];
			const lists = drawLists(all, (item, kind, on) => {
				for (const one of parts) if (one.item === item) one.element.toggleAttribute(`data-${kind}`, on);
				picture.element.toggleAttribute("data-lighting", picture.element.querySelector("[data-lit],[data-pinned]") !== null);
			});
			update = () => {
				lists.update(rule);
				for (const { element, detector, confidences } of parts) element.hidden = !rule.shows(detector, ...confidences);
			};
			rule.offer(all);
			fill([rule.element], el("p", { class: "viewer-meta", text: meta(image, known) }), lists.element, json(known, image.fileName));
			update();
			parts = await picture.show(image, links, all);
			update();
		},
	};
}

function filter(changed) {
	const off = new Set();
	const output = el("output", { for: "surety" });
	const slider = el("input", { type: "range", id: "surety", value: 50, on: { input: () => show() } });
	const switches = el("div", { class: "switches", role: "group", "aria-label": "Kinds of recognition" });
	const element = el("div", { class: "filter" }, el("label", { for: "surety", text: "Sure at least" }), slider, output, switches);
	const isOn = (detector) => !off.has(detector);
	const show = () => {
		output.textContent = percentage(slider.value);
		set(slider, { "aria-valuetext": `${output.textContent} and surer` });
		changed();
	};
	const toggle = ({ name, title }) => {
		const one = button("switch", title, () => {
			if (!off.delete(name)) off.add(name);
			set(one, { "aria-pressed": isOn(name) });
			changed();
		}, { "aria-pressed": isOn(name), "data-detector": name });
		return one;
	};
	show();

	return {
		element,
		isOn,
		get minimum() {
			return slider.valueAsNumber;
		},
		shows: (detector, ...confidences) => isOn(detector) && confidences.every((value) => !(value < slider.valueAsNumber)),
		offer(all) {
			switches.replaceChildren(...all.filter(({ items }) => items.length > 0).map(toggle));
		},
	};
}

function summary({ labels }) {
	return { Labels: labels.map(({ name, confidence }) => ({ Name: name, Confidence: confidence })) };
}

function meta({ width, height, size, uploadedAt }, { Image }) {
	return [day(uploadedAt), `${width} × ${height} pixels`, Image?.Format, bytes(size)].filter(Boolean).join(" · ");
}

function json(result, fileName) {
	const view = el("pre", { class: "json", tabindex: 0, role: "region", "aria-label": `JSON for ${fileName}`, dir: "ltr" });
	const toggle = () => (view.textContent ||= JSON.stringify(result, null, 2));
	return el("details", { class: "more", on: { toggle } }, el("summary", {}, icon("chevron"), "As JSON"), view);
}
