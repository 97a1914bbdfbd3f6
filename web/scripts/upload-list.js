import { announce, button, byIds, el, errorBox, icon, on, setAttributes } from "./dom.js";
import { bytes, joined, percentage, plural } from "./format.js";
import { imageUrl } from "./router.js";
import { saveFiles, takeFiles } from "./saved-files.js";

const RENDER_DELAY_MS = 50;
const MAX_LABELS = 3;
const MAX_ANNOUNCED_ERRORS = 3;

const rows = new Map();
const [section, summary, pauseText, totalProgress, retryButton, cancelButton, clearButton, list, fileInput] =
	byIds("upload-list", "upload-summary", "upload-pause", "upload-progress", "upload-retry", "upload-cancel", "upload-clear", "upload-rows", "files");
let renderTimer;
let isBusy;
let isSaved = false;

const all = () => [...rows.keys()];
const inPhase = (...phases) => all().filter(({ state }) => phases.includes(state.phase));
export const unsent = () => all().filter((upload) => upload.isUnsent);
/** What would be lost if the page were left. */
export const unfinished = () => all().filter((upload) => upload.isUnsent || upload.state.phase === "failed");

on(window, {
	beforeunload: (event) => {
		if (unsent().length > 0 && !isSaved) event.preventDefault();
		isSaved = false;
	},
});
on(cancelButton, { click: () => removeUploads(unsent()) });
on(clearButton, { click: () => removeUploads(inPhase("done", "failed")) });
on(retryButton, {
	click: () => {
		list.focus();
		inPhase("failed").forEach((upload) => upload.run());
	},
});

export function addUploads(uploads) {
	render();
	if (!isBusy) removeUploads(inPhase("done"));
	for (const upload of uploads) {
		rows.set(upload, createRow(upload));
		list.append(rows.get(upload));
	}
	announce(`Uploading ${plural(uploads.length, "photo")}.`);
	render();
}

export function confirmSignOut() {
	const { length } = unsent();
	return length === 0 || confirm(`${plural(length, "photo is", "photos are")} still uploading. Sign out and cancel?`);
}

export async function saveUploads(sub) {
	await saveFiles(unfinished().map(({ file }) => file), sub);
	isSaved = true;
}

export function dropFiles() {
	isSaved = false;
	takeFiles();
}

export function removeUploads(uploads = all()) {
	const hadFocus = section.contains(document.activeElement);
	for (const upload of uploads) {
		rows.get(upload).remove();
		rows.delete(upload);
		upload.cancel();
	}
	render();
	if (hadFocus && !section.contains(document.activeElement)) fileInput.focus();
}

export const hasUpload = (upload) => rows.has(upload);

function render() {
	renderTimer = clearTimeout(renderTimer);
	const [done, failed, total] = [inPhase("done"), inPhase("failed").length, rows.size];
	const known = done.filter(({ state }) => state.known).length;
	const finished = done.length + failed;
	const text = [`${done.length} of ${total} done`, known && `${known} already uploaded`, failed && `${failed} failed`].filter(Boolean).join(", ");
	section.hidden = total === 0;
	summary.textContent = text;
	const [paused] = inPhase("waiting").filter(({ state }) => state.error);
	pauseText.textContent = paused ? `${paused.state.error.message} Retrying automatically…` : "";
	totalProgress.value = all().reduce((sum, { state }) => sum + progressOf(state), 0) / (total || 1);
	cancelButton.hidden = unsent().length === 0;
	retryButton.hidden = failed === 0;
	clearButton.hidden = finished === 0;
	if (isBusy && finished === total && total > 0) announce(`${text}.`);
	isBusy = finished < total;
}

const progressOf = ({ phase, ratio }) => ({ uploading: ratio * 0.9, recognizing: 0.9, done: 1, failed: 1 })[phase] ?? 0;

function createRow(upload) {
	const { name } = upload;
	const progress = el("progress", { "aria-label": `Progress of ${name}` });
	const status = el("div", { class: "upload-status" });
	const close = button("icon-button", icon("close"), () => removeUploads([upload]));
	const element = el("li", { class: "upload" },
		el("div", { class: "upload-text" }, el("p", { class: "upload-name", dir: "auto", text: name }), status, progress), close);
	const retry = () => {
		close.focus();
		upload.run();
	};
	const update = () => {
		const { phase, error, ratio } = upload.state;
		const isFinished = phase === "done" || phase === "failed";
		element.dataset.phase = phase;
		setAttributes(close, { "aria-label": `${isFinished ? "Dismiss" : "Cancel"} ${name}` });
		setAttributes(progress, { hidden: isFinished, value: ratio });
		status.replaceChildren(...statusOf(upload, retry));
		if (phase === "failed" && inPhase("failed").length <= MAX_ANNOUNCED_ERRORS) announce(`${name}: ${error.message}`);
		renderTimer ??= setTimeout(render, RENDER_DELAY_MS);
	};
	on(upload, { change: update });
	update();
	return element;
}

function statusOf({ state: { phase, ratio, error, image, known }, file, name }, retry) {
	if (phase === "failed") return [errorBox(error.message, button("link-button", error.action, retry, { "aria-label": `${error.action}: ${name}` }))];
	if (phase === "hashing") return ["Preparing…"];
	if (phase === "uploading") return [`Uploading: ${percentage(ratio * 100)} of ${bytes(file.size)}`];
	if (phase === "retrying") return [`${error.message} Retrying automatically…`];
	if (phase !== "done") return [phase === "recognizing" ? "Recognizing…" : "Waiting…"];
	const text = joined(image.labels.slice(0, MAX_LABELS).map(({ name }) => name)) || "No labels found";
	return [known ? "Already uploaded: " : "", el("a", { href: imageUrl(image.id), text })];
}
