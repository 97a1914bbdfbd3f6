/** The own boxes of a photo in the viewer: the list, drawing new ones, and removing them. */

import { createBoxLayer } from "./box-layer.js";
import { addSuggestions } from "./combobox.js";
import { announce, button, byId, el, icon, on, setAttributes } from "./dom.js";
import { cleanTag, number } from "./format.js";
import { describe } from "./overlay.js";
import { route } from "./router.js";
import { suggestTags } from "./tag-suggestions.js";
import { t } from "./words.js";

const MAX_BOXES = 50; // the API's limit
const UNITS = 1e4; // the precision of a box
const SIDES = ["left", "top", "width", "height"];

/** Rounds the sides, not the lengths, which together could be longer than the photo. */
function snap({ left, top, width, height }) {
	const [start, above, end, below] = [left, top, left + width, top + height].map((ratio) => Math.round(ratio * UNITS));
	return { left: start / UNITS, top: above / UNITS, width: (end - start) / UNITS, height: (below - above) / UNITS };
}

/** `save(change)` gets a function from the image to the fields to change. */
export function createBoxes(save) {
	let image;
	const classInput = el("input", { id: "box-class", type: "text", required: true, maxlength: 50 });
	const fields = SIDES.map((side) => el("input", { id: `box-${side}`, class: "number", type: "number", min: 0, max: 100, step: "any", required: true }));
	const errorText = el("p", { class: "error-text", role: "alert" });
	const form = el("form", { class: "box-form", hidden: true, novalidate: true },
		el("p", { class: "hint", text: t("boxes.hint") }),
		el("label", { for: classInput.id, text: t("boxes.class") }), el("div", { class: "tag-field" }, classInput),
		el("div", { class: "box-sides" }, ...SIDES.map((side, index) => el("label", {}, t(`boxes.${side}`), fields[index]))),
		errorText, el("button", { class: "button secondary", text: t("boxes.add") }));
	const list = el("ul", { class: "box-list", role: "list", "aria-label": t("boxes.title") });
	const drawButton = button("button secondary", t("boxes.draw"), () => setDrawing(form.hidden), { "aria-pressed": false });
	const element = el("section", { class: "own-boxes", "aria-label": t("boxes.title") }, el("h3", { text: t("boxes.title") }), list, drawButton, form);
	const suggestions = addSuggestions(classInput, { label: t("selection.tags"), suggest: suggestTags(classInput), choose: ({ text }) => takeClass(text) });
	const layer = createBoxLayer({
		onDraw(box) {
			setDraft(snap(box));
			if (cleanTag(classInput.value)) add();
			else classInput.focus();
		},
	});

	function setDrawing(isOn) {
		form.hidden = !isOn;
		setAttributes(drawButton, { "aria-pressed": isOn });
		suggestions.close();
		if (isOn) element.dispatchEvent(new Event("photo-needed", { bubbles: true }));
		else setDraft(null);
		layer.setDrawing(isOn);
		if (isOn) form.scrollIntoView({ block: "nearest" });
	}

	function setDraft(box) {
		errorText.textContent = "";
		for (const [index, side] of SIDES.entries()) fields[index].value = box ? +(box[side] * 100).toFixed(2) : "";
		layer.showDraft(box);
	}

	/** Null if it isn't inside the photo, or has no size. */
	function readDraft() {
		if (fields.some(({ value }) => value === "")) return null;
		const [left, top, width, height] = fields.map(({ valueAsNumber }) => Math.round((valueAsNumber / 100) * UNITS));
		const isInside = left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= UNITS && top + height <= UNITS;
		return isInside ? { left: left / UNITS, top: top / UNITS, width: width / UNITS, height: height / UNITS } : null;
	}

	function takeClass(text) {
		classInput.value = text;
		if (readDraft()) add();
	}

	function add() {
		const name = cleanTag(classInput.value);
		const box = readDraft();
		const problem = (!name && "boxes.classMissing") || (!box && "boxes.invalid") || (image.boxes?.length >= MAX_BOXES && "boxes.tooMany");
		errorText.textContent = problem ? t(problem, { count: MAX_BOXES }) : "";
		if (problem) return;
		save(({ boxes }) => ({ boxes: [...(boxes ?? []), { class: name, ...box }] }));
		setDraft(null);
		announce(t("boxes.added", { name }));
	}

	function remove(index) {
		const box = JSON.stringify(image.boxes[index]);
		save(({ boxes }) => ({ boxes: boxes.filter((each) => JSON.stringify(each) !== box) }));
	}

	function createItem(box, index) {
		const { class: name, ...place } = box;
		const mark = (isOn) => () => layer.mark(index, isOn);
		return el("li", { on: { pointerenter: mark(true), pointerleave: mark(false), focusin: mark(true), focusout: mark(false) } },
			el("span", {}, el("span", { dir: "auto", text: name }), " ", el("span", { class: "secondary-text", text: describe(place) })),
			button("tag-remove", icon("close"), () => remove(index), { "aria-label": t("boxes.remove", { name, number: number(index + 1) }) }));
	}

	on(form, {
		submit: (event) => {
			event.preventDefault();
			suggestions.close();
			add();
		},
		input: ({ target }) => fields.includes(target) && layer.showDraft(readDraft()),
	});
	on(byId("viewer"), {
		keydown: (event) => {
			if (event.key !== "Escape" || form.hidden || event.target.ariaExpanded === "true") return;
			event.preventDefault();
			event.stopPropagation(); // else the viewer closes
			setDrawing(false);
			drawButton.focus();
		},
	}, { capture: true });
	on(window, { hashchange: () => route()?.image || form.hidden || setDrawing(false) });

	return {
		element,
		show(newImage) {
			if (image?.id !== newImage.id) setDraft(null);
			image = newImage;
			const boxes = image.boxes ?? [];
			const hadFocus = list.contains(document.activeElement);
			list.replaceChildren(...boxes.map(createItem));
			if (hadFocus) drawButton.focus();
			layer.show(byId("viewer").querySelector(".image-view-frame"), boxes);
			layer.setDrawing(!form.hidden);
		},
	};
}
