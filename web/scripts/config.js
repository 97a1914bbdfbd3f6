/** config.json: `{apiUrl, signIn?: {issuer, clientId}}`. */

import { failure } from "./failures.js";

/** A failure is not kept: trying again asks again. */
export function once(work) {
	let result;
	return () => (result ??= work().catch((error) => {
		result = undefined;
		throw error;
	}));
}

export const config = once(async () => {
	const settings = await fetch("config.json").then((response) => response.ok && response.json()).catch(() => null);
	if (typeof settings?.apiUrl !== "string") throw failure("settings-missing");
	return { ...settings, apiUrl: settings.apiUrl.replace(/\/+$/, "") };
});
