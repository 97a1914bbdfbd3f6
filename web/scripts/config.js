/** Loads config.json: `{apiUrl, signIn?: {issuer, clientId}, engine?, models?}`. */

import { el, on } from "./dom.js";
import { appError } from "./errors.js";

/** Caches the result, but not an error. */
export function once(work) {
	let result;
	return () => (result ??= work().catch((error) => {
		result = undefined;
		throw error;
	}));
}

export const config = once(async () => {
	const settings = await fetch("config.json").then((response) => response.ok && response.json()).catch(() => null);
	if (typeof settings?.apiUrl !== "string") throw appError("settings-missing");
	return { ...settings, apiUrl: settings.apiUrl.replace(/\/+$/, "") };
});

/** Calls `start` once it is known that the stack trains models. */
export function whenModelsAreOn(start) {
	on(document, { "signed-in": async () => (await config()).models && start() }, { once: true });
}

export function createEngineNote() {
	const note = el("p", { class: "hint", hidden: true });
	config().then(({ engine = "" }) => {
		note.textContent = engine;
		note.hidden = !engine;
	});
	return note;
}
