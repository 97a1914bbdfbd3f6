import { config } from "./config.js";
import { el } from "./dom.js";

/** What the local engine recognizes. Hidden on AWS. */
export function createEngineNote() {
	const note = el("p", { class: "hint", hidden: true });
	config().then(({ engine = "" }) => {
		note.textContent = engine;
		note.hidden = !engine;
	});
	return note;
}
