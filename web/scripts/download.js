import { saveFile } from "./dom.js";
import { appError } from "./errors.js";
import { checkImage } from "./polling.js";

/** Saves a photo ("original") or its JSON ("result"). */
export async function download(id, kind, signal) {
	const { links, image: { fileName } } = await checkImage(id, signal);
	const response = await fetch(links[kind], { signal, cache: "no-store" }).catch(() => null);
	if (!response?.ok) throw appError("api-unreachable");
	saveFile(await response.blob(), kind === "original" ? fileName : `${fileName.replace(/\.[^.]+$/, "")}.json`);
}
