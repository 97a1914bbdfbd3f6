/** Which results are shown, in the panel and on the photo. It stays for the next photos. */

import { el, setAttributes } from "./dom.js";
import { percentage } from "./format.js";
import { t } from "./words.js";

/** Returns `{element, minimum, isOn, shows, toggle}`. */
export function createFilter(onChange) {
	const off = new Set();
	const output = el("output", { class: "number", for: "confidence" });
	const slider = el("input", { type: "range", id: "confidence", value: 50, on: { input: () => show() } });
	const isOn = (detector) => !off.has(detector);
	const show = () => {
		output.textContent = percentage(slider.value);
		setAttributes(slider, { "aria-valuetext": t("viewer.orHigher", { confidence: output.textContent }) });
		onChange();
	};
	show();
	return {
		element: el("div", { class: "filter hint" }, el("label", { for: "confidence", text: t("viewer.minimum") }), slider, output),
		get minimum() {
			return slider.valueAsNumber;
		},
		isOn,
		shows: (detector, ...confidences) => isOn(detector) && confidences.every((value) => !(value < slider.valueAsNumber)),
		toggle(detector) {
			if (!off.delete(detector)) off.add(detector);
			onChange();
		},
	};
}
