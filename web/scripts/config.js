/** Loads config.json: `{apiUrl, signIn?: {issuer, clientId}, engine?}`. */

import { el } from "./dom.js";
import { appError } from "./errors.js";

let engine;

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
	({ engine } = settings);
	return { ...settings, apiUrl: settings.apiUrl.replace(/\/+$/, "") };
});

/** What the local engine recognizes. Null on AWS. */
export const engineNote = () => (engine ? el("p", { class: "hint", text: engine }) : null);
