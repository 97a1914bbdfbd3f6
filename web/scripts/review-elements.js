/** The buttons of the review, and what it says when all photos are reviewed. */

import { button, el, icon, setAttributes } from "./dom.js";
import { t } from "./words.js";

/** By key. */
export const DECISIONS = { a: "approved", h: "hidden" };

export function createActions({ decide, remove, step }) {
	const action = (text, key, shortcut, onClick) => button("button secondary", [text, el("kbd", { text: key, "aria-hidden": "true" })], onClick, { "aria-keyshortcuts": shortcut });
	const choices = Object.entries(DECISIONS).map(([key, value]) => action(t(`review.${value}`), key.toUpperCase(), key.toUpperCase(), () => decide(value)));
	return el("div", { class: "review-actions", role: "group", "aria-label": t("review.actions") },
		...choices, action(t("review.delete"), t("review.deleteKey"), "Delete", remove),
		action(t("review.previous"), "←", "ArrowLeft", () => step(-1)),
		action(t("review.skip"), "→", "ArrowRight", () => step(1)));
}

export function showDecision(panel, { decision }) {
	for (const [key, value] of Object.entries(DECISIONS)) {
		setAttributes(panel.querySelector(`[aria-keyshortcuts=${key.toUpperCase()}]`), { "aria-pressed": decision?.value === value });
	}
}

export function showIsFirst(panel, isFirst) {
	setAttributes(panel.querySelector("[aria-keyshortcuts=ArrowLeft]"), { "aria-disabled": isFirst ? "true" : null });
}

export function createEnd(images, onPrevious) {
	const count = (value) => images.filter(({ decision }) => decision?.value === value).length;
	const [total, approved, hidden] = [images.length, count("approved"), count("hidden")];
	const [text, hint] = total === 0
		? [t("review.empty"), t("review.emptyHint")]
		: [t("review.end"), t("review.summary", { approved, hidden, open: total - approved - hidden })];
	const back = total > 0 ? button("button secondary", t("review.previous"), onPrevious) : null;
	return { element: el("div", { class: "review-end" }, icon("approved"), el("p", { text }), el("p", { class: "hint", text: hint }), back), text: `${text} ${hint}` };
}
