/** Photos to try, while there are none. */

import { button, byId, el, emit } from "./dom.js";
import { createEngineNote } from "./engine-note.js";

const SAMPLES = { astronaut: "Astronaut", chelsea: "Cat", coffee: "Coffee" };

export function createSamples() {
	const buttons = Object.entries(SAMPLES).map(([name, title]) => {
		const file = `${name}.jpg`;
		const src = new URL(`../samples/${file}`, import.meta.url).href;
		return button("sample", [el("img", { src, alt: "" }), title], () => choose(file, src));
	});
	return el("div", { class: "samples", role: "group", "aria-label": "Sample photos" }, ...buttons, createEngineNote());
}

async function choose(name, url) {
	byId("gallery-title").focus(); // the buttons disappear
	const response = await fetch(url).catch(() => null);
	if (response?.ok) return emit("files-chosen", { files: [new File([await response.blob()], name, { type: "image/jpeg" })] });
	byId("notice").textContent = "The sample photo couldn't be loaded. Try again.";
}
