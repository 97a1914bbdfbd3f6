/** A searchable list of the own tags, of which any number can be chosen. */

import { listTerms } from "./api.js";
import { el, errorBox, on } from "./dom.js";
import { toError } from "./errors.js";
import { number } from "./format.js";
import { t } from "./words.js";

const MAX_TERMS = 100; // the API's limit
const DELAY_MS = 150;

export function createClassPicker() {
	const search = el("input", { id: "class-search", type: "text", "aria-label": t("models.findTag"), placeholder: t("models.findTag"), autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
	const list = el("ul", { class: "class-list", role: "list" });
	const status = el("p", { class: "hint", role: "status" });
	const chosen = new Map(); // counts by tag
	let abort = new AbortController();
	let timer;

	const showStatus = () => (status.textContent = t("models.chosen", { count: chosen.size }));
	const createOption = ([tag, count]) => {
		const input = el("input", { type: "checkbox", checked: chosen.has(tag) });
		on(input, {
			change: () => {
				if (input.checked) chosen.set(tag, count);
				else chosen.delete(tag);
				showStatus();
			},
		});
		return el("li", {}, el("label", {}, input, el("span", { class: "filter-name", dir: "auto", text: tag }), " ",
			el("span", { class: "filter-count", role: "img", text: number(count), "aria-label": t("gallery.count", { count }) })));
	};
	const load = async () => {
		abort.abort();
		abort = new AbortController();
		const { signal } = abort;
		const prefix = search.value.trim();
		try {
			const { terms } = await listTerms({ prefix, kind: "tag", limit: MAX_TERMS }, signal);
			if (signal.aborted) return;
			const others = terms.filter(({ value }) => !chosen.has(value)).map(({ value, count }) => [value, count]);
			list.replaceChildren(...[...chosen, ...others].map(createOption));
			if (terms.length === 0) list.append(el("li", { class: "hint", text: prefix ? t("models.noTag", { text: prefix }) : t("models.noTags") }));
		} catch (error) {
			if (!signal.aborted) list.replaceChildren(el("li", {}, errorBox(toError(error).message)));
		}
	};

	on(search, {
		input: () => {
			clearTimeout(timer);
			timer = setTimeout(load, DELAY_MS);
		},
		keydown: (event) => event.key === "Enter" && event.preventDefault(), // else the form is sent
	});
	showStatus();
	load();
	return {
		element: el("fieldset", {}, el("legend", { text: t("models.classes") }), search, list, status),
		classes: () => [...chosen.keys()],
	};
}
