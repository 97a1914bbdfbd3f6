import { byId, emit, on } from "./dom.js";
import { displayName } from "./format.js";
import { mediaType } from "./transfer.js";
import { t } from "./words.js";

const DRAG_TIMEOUT_MS = 700;

let dragTimer;

const receive = (files, message = "") => {
	byId("notice").textContent = message;
	if (files.length > 0) emit("files-chosen", { files });
};
const input = byId("files");
const takeChosen = () => {
	receive([...input.files]);
	input.value = ""; // allows the same file again
};
on(input, { change: takeChosen });
if (input.files.length > 0) setTimeout(takeChosen); // chosen before this module was loaded; others aren't yet

/** Works behind the viewer, too, where a person can't click the input. */
export const chooseFiles = () => input.click();

on(document, { paste: ({ clipboardData }) => receive([...clipboardData.files]) });
const showOverlay = (shown) => document.body.toggleAttribute("data-dragging", shown);
const handleDrag = (event) => {
	if (!event.dataTransfer.types.includes("Files")) return false;
	event.preventDefault(); // else the file is opened
	clearTimeout(dragTimer);
	showOverlay(event.type !== "drop");
	dragTimer = setTimeout(() => showOverlay(false), DRAG_TIMEOUT_MS);
	return true;
};
on(window, {
	dragenter: handleDrag,
	dragover: handleDrag,
	drop: async (event) => {
		if (!handleDrag(event)) return;
		const dropped = [...event.dataTransfer.items] // empty after this task
			.filter(({ kind }) => kind === "file")
			.map((item) => ({ file: item.getAsFile(), entry: item.webkitGetAsEntry?.() }));
		const { files, messages } = await expandFolders(dropped);
		receive(files, messages.join(" "));
	},
});

async function expandFolders(dropped) {
	const files = [];
	const messages = dropped.length > 0 ? [] : [t("upload.notFile")];
	for (const { file, entry } of dropped) {
		const found = entry?.isDirectory ? await filesIn(entry) : [file];
		const photos = found.filter((each) => each === file || mediaType(each).startsWith("image/"));
		files.push(...photos);
		if (entry?.isDirectory) messages.push(folderMessage(displayName(entry.name), photos.length, found.length - photos.length));
	}
	return { files, messages };
}

function folderMessage(name, photos, others) {
	if (photos === 0) return t("upload.folderEmpty", { name });
	const skipped = others > 0 ? ` ${t("upload.skipped", { count: others })}` : "";
	return t("upload.folder", { count: photos, name }) + skipped;
}

async function filesIn(folder) {
	const reader = folder.createReader();
	const readBatch = () => new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
	const found = [];
	for (let batch = await readBatch(); batch.length > 0; batch = await readBatch()) found.push(...batch); // 100 entries each
	const nested = await Promise.all(found.map((entry) => (entry.isDirectory ? filesIn(entry) : fileOf(entry))));
	return nested.flat();
}

const fileOf = (entry) => new Promise((resolve) => entry.file((file) => resolve([file]), () => resolve([])));
