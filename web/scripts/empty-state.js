/** What the gallery shows while there are no photos. */

import { createEngineNote } from "./config.js";
import { byId, el } from "./dom.js";
import { createSamples } from "./samples.js";
import { t } from "./words.js";

export function createEmptyState() {
	const photo = byId("welcome-photo").cloneNode(true);
	photo.removeAttribute("id");
	return el("div", { class: "empty-state" }, photo,
		el("div", { class: "empty-state-text" },
			el("p", { class: "gallery-empty", text: t("empty.title") }),
			el("p", { class: "secondary-text", text: t("empty.text") }),
			createSamples(),
			el("p", { class: "secondary-text", text: t("empty.formats") }),
			createEngineNote()));
}
