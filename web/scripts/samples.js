import { once } from "./config.js";
import { button, byId, el, emit } from "./dom.js";
import { activeUploads } from "./polling.js";
import { t } from "./words.js";

const SAMPLES = ["astronaut", "chelsea", "coffee"];

export function createSamples() {
	const buttons = SAMPLES.map((name) => {
		const file = `${name}.jpg`;
		const src = new URL(`../samples/${file}`, import.meta.url).href;
		const load = once(() => loadFile(src, file));
		return button("sample", [el("img", { src, alt: "" }), t(`empty.${name}`)], () => choose(load));
	});
	return el("div", { class: "samples", role: "group", "aria-label": t("empty.samples") }, ...buttons);
}

async function loadFile(url, name) {
	const response = await fetch(url);
	if (!response.ok) throw new Error(response.statusText);
	return new File([await response.blob()], name, { type: "image/jpeg" });
}

async function choose(load) {
	const file = await load().catch(() => null);
	byId("notice").textContent = file ? "" : t("empty.failed");
	if (!file || [...activeUploads].some((upload) => upload.file === file)) return;
	byId("gallery-title").focus();
	emit("files-chosen", { files: [file] });
}
