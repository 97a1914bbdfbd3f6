/** The complete terms of a search, as buttons within its field that remove them. */

import { button, byId, el, icon, on, setAttributes } from "./dom.js";
import { valueName } from "./filters.js";
import { readChip } from "./query.js";
import { t } from "./words.js";

const list = byId("search-chips");

/** `remove(index)` takes one away; `leave()` returns to the field. */
export function showChips(tokens, { remove, leave }) {
	list.replaceChildren(...tokens.map((token, index) => createChip(readChip(token), () => remove(index), leave)));
	list.hidden = tokens.length === 0;
	list.scrollLeft = list.scrollWidth * (list.matches(":dir(rtl)") ? -1 : 1);
}

export const focusLastChip = () => list.querySelector("li:last-child > button")?.focus();

function createChip({ kind, value, isExcluded }, remove, leave) {
	const isPlain = !kind || kind === "label" || kind === "is" || kind === "status";
	const name = valueName(kind, value);
	const spoken = isPlain ? name : `${t(`search.kind.${kind}`)} ${name}`;
	const chip = button("search-chip", [
		isExcluded ? icon("minus") : null,
		isPlain ? null : el("span", { class: "search-chip-kind", text: t(`search.kind.${kind}`) }),
		el("span", { class: "search-chip-name", dir: "auto", text: name }),
		icon("close"),
	].filter(Boolean), remove, { "aria-label": t(isExcluded ? "search.removeExcluded" : "search.remove", { name: spoken }), "data-excluded": isExcluded });
	on(chip, {
		keydown: (event) => {
			const { previousElementSibling: previous, nextElementSibling: next } = chip.parentElement;
			const [back, forward] = chip.matches(":dir(rtl)") ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
			const action = {
				[back]: () => previous?.firstChild.focus(),
				[forward]: () => (next ? next.firstChild.focus() : leave()),
				Backspace: remove,
				Delete: remove,
				Escape: leave,
			}[event.key];
			if (!action) return;
			event.preventDefault();
			event.stopPropagation();
			action();
		},
	});
	return el("li", {}, setAttributes(chip, { title: t("search.remove", { name: spoken }) }));
}
