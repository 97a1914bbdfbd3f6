/** What a model needs: photos by class, problems, advice, and what its training takes and costs. */

import { button, el, errorBox } from "./dom.js";
import { problemError } from "./errors.js";
import { number } from "./format.js";
import { price } from "./model-card.js";
import { t } from "./words.js";

export function createEstimate({ name, kind }, { classes, training, test, problems, advice, cost, hours }, { onBack, onTrain }, errorText) {
	const [least, most] = [price(cost.least), price(cost.most)];
	const unit = (value) => number(value, { style: "unit", unit: "hour", unitDisplay: "long" });
	const canTrain = problems.length === 0;
	const summary = canTrain ? t("models.takes", { least: number(hours.least), most: unit(hours.most), price: least, maximum: most }) : t("models.blocked");
	const counts = (each) => (kind === "detection" ? t("models.photosAndBoxes", { count: each.images, boxes: each.boxes }) : t("gallery.count", { count: each.images }));
	return el("div", { class: "model-estimate", "data-summary": summary },
		el("h3", { dir: "auto", text: name }),
		el("div", { class: "class-counts", tabindex: 0, role: "region", "aria-label": t("models.classes") }, el("dl", {}, ...classes.map((each) => el("div", {}, el("dt", { dir: "auto", text: each.name }), el("dd", { class: "number", text: counts(each) }))))),
		...problems.map((problem) => errorBox(sentence(problem))),
		...advice.map((each) => el("p", { class: "notice" }, `${sentence(each)} `, el("a", { href: each.url, target: "_blank", rel: "noreferrer", text: t("models.more") }))),
		el("p", { text: t("models.sets", { training, test }) }), el("p", { text: summary }), errorText,
		el("div", { class: "dialog-actions" }, button("button secondary", t("models.change"), onBack),
			canTrain ? button("button", t("models.train", { least, most }), onTrain) : null));
}

/** Translated sentences don't name the class. */
function sentence({ code, class: name, message }) {
	const text = problemError({ code, detail: message }).message;
	return name && text !== message ? `${name}: ${text}` : text;
}
