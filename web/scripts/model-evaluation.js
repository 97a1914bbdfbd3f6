/** How well a model recognizes its test photos, by class, and the photos that it got wrong. */

import { getImages } from "./api.js";
import { el, errorBox } from "./dom.js";
import { toError } from "./errors.js";
import { joined, number } from "./format.js";
import { percent } from "./model-card.js";
import { imageUrl } from "./router.js";
import { isSensitive } from "./tile.js";
import { t } from "./words.js";

const COLUMNS = ["precision", "recall", "f1", "threshold"];

export function createEvaluation({ classes, wrong = [] }) {
	return el("div", { class: "model-evaluation" },
		el("h2", { text: t("models.byClass") }), el("p", { class: "hint", text: t("models.byClassHint") }), createTable(classes),
		...(wrong.length > 0 ? [el("h2", { text: t("models.wrong") }), createWrong(wrong)] : []));
}

function createTable(classes) {
	const head = (text) => el("th", { scope: "col", text });
	const cell = (text) => el("td", { class: "number", text });
	const row = (each) => el("tr", {}, el("th", { scope: "row", dir: "auto", text: each.name }),
		...COLUMNS.map((column) => cell(each[column] === null ? "–" : percent(each[column]))), cell(t("models.split", each.images)));
	return el("div", { class: "model-table", tabindex: 0, role: "region", "aria-label": t("models.byClass") },
		el("table", {}, el("thead", {}, el("tr", {}, head(t("models.class")), ...COLUMNS.map((column) => head(t(`models.${column}`))), head(t("models.sizes")))),
			el("tbody", {}, ...classes.map(row))));
}

function createWrong(wrong) {
	const list = el("ul", { class: "model-wrong", role: "list" });
	fill(list, wrong);
	return list;
}

async function fill(list, wrong) {
	try {
		const { results } = await getImages(wrong.map(({ id }) => id));
		const images = new Map(results.filter(({ image }) => image).map(({ id, image }) => [id, image]));
		list.replaceChildren(...wrong.filter(({ id }) => images.has(id)).map((each) => createPhoto(each, images.get(each.id))));
	} catch (error) {
		list.before(errorBox(toError(error).message));
	}
}

function createPhoto({ id, expected, found }, image) {
	const said = (names) => (names.length > 0 ? joined(names) : t("models.nothing"));
	return el("li", {}, el("a", { href: imageUrl(id), "data-sensitive": isSensitive(image) }, el("img", { src: image.thumbnailUrl, alt: image.fileName, loading: "lazy" })),
		el("p", { class: "secondary-text", text: t("models.expected", { names: said(expected) }) }),
		el("p", { class: "secondary-text", text: t("models.found", { names: said(found) }) }));
}
