/** The tray of uploads. */

import { announce, byId, byIds, el, listen, on, setAttributes } from "./dom.js";
import { number } from "./format.js";
import { hold, isHeld, resume } from "./hold.js";
import { RETRYABLE } from "./polling.js";
import { saveFiles, takeFiles } from "./saved-files.js";
import { showMeters } from "./upload-meters.js";
import { createRow } from "./upload-row.js";
import { canRetry } from "./upload.js";
import { t } from "./words.js";

const RENDER_DELAY_MS = 50;
const RATE_MS = 1_000; // the rate falls even if nothing is sent
const ROWS_AT_ONCE = 40; // more would block the page
const MAX_ANNOUNCED_ERRORS = 3;
const PHONE = matchMedia("(max-width: 36rem)");

const [section, toggle, summary, pauseText, holdButton, retryButton, cancelButton, clearButton, list, fileInput] =
	byIds("upload-list", "upload-toggle", "upload-summary", "upload-pause", "upload-hold", "upload-retry", "upload-cancel", "upload-clear", "upload-rows", "files");
const failedCount = byId("upload-failed");
const [failures, active, finished] = ["failures", "active", "finished"].map((group) => el("ol", { role: "list", "aria-label": t(`tray.${group}`) }));
const rows = new Map(); // by upload; null until it is built
const unbuilt = [];
const failed = new Set();
let renderTimer;
let rateTimer;
let isBusy;
let isSaved = false;

list.append(failures, active, finished);

const all = () => [...rows.keys()];
const inPhase = (...phases) => all().filter(({ state }) => phases.includes(state.phase));
export const unsent = () => all().filter((upload) => upload.isUnsent);
/** What would be lost if the page were left. */
export const unfinished = () => all().filter((upload) => upload.isUnsent || upload.state.phase === "failed");
export const hasUpload = (upload) => rows.has(upload);

const retryWhere = (condition) => [...failed].filter(({ state }) => condition(state.error)).forEach((upload) => upload.run());
const setCollapsed = (collapsed) => {
	section.toggleAttribute("data-collapsed", collapsed);
	setAttributes(toggle, { "aria-expanded": !collapsed });
};

on(window, {
	beforeunload: (event) => {
		if (unsent().length > 0 && !isSaved) event.preventDefault();
		isSaved = false;
	},
});
listen({ "connection-restored": () => retryWhere(({ code }) => RETRYABLE.includes(code)) });
on(toggle, { click: () => setCollapsed(!section.hasAttribute("data-collapsed")) });
on(cancelButton, { click: () => removeUploads(unsent()) });
on(clearButton, { click: () => removeUploads(inPhase("done", "failed")) });
on(holdButton, {
	click: () => {
		(isHeld() ? resume : hold)();
		render();
	},
});
on(retryButton, {
	click: () => {
		list.focus();
		retryWhere(canRetry);
	},
});

export function addUploads(uploads) {
	render();
	if (!isBusy) removeUploads(inPhase("done"));
	if (rows.size === 0) setCollapsed(PHONE.matches);
	for (const upload of uploads) {
		rows.set(upload, null);
		on(upload, { change: () => update(upload) });
	}
	unbuilt.push(...uploads);
	buildRows();
	announce(`${t("tray.uploading", { count: uploads.length })}.`);
	render();
}

function buildRows() {
	for (const upload of unbuilt.splice(0, ROWS_AT_ONCE)) {
		if (!rows.has(upload)) continue;
		const row = createRow(upload, () => removeUploads([upload]));
		rows.set(upload, row);
		place(row);
	}
	if (unbuilt.length > 0) setTimeout(buildRows);
}

function place(row) {
	const group = { failed: failures, done: finished }[row.dataset.phase] ?? active;
	if (row.parentElement === group) return;
	const focused = row.contains(document.activeElement) && document.activeElement;
	group.append(row);
	if (focused) focused.focus({ preventScroll: true });
}

function update(upload) {
	if (!rows.has(upload)) return;
	const { phase, error } = upload.state;
	const row = rows.get(upload);
	row?.update();
	if (row) place(row);
	failed[phase === "failed" ? "add" : "delete"](upload);
	if (phase === "failed" && failed.size <= MAX_ANNOUNCED_ERRORS) announce(t("tray.failedName", { name: upload.name, error: error.message }));
	renderTimer ??= setTimeout(render, RENDER_DELAY_MS);
}

export function confirmSignOut() {
	const { length: count } = unsent();
	return count === 0 || confirm(t("tray.signOut", { count }));
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
		rows.get(upload)?.remove();
		rows.delete(upload);
		failed.delete(upload);
		upload.cancel();
	}
	render();
	const { activeElement } = document; // may be hidden by now
	if (hadFocus && (!section.contains(activeElement) || activeElement.closest("[hidden]"))) fileInput.focus();
}

function render() {
	renderTimer = clearTimeout(renderTimer);
	clearTimeout(rateTimer);
	const uploads = all();
	const { length: total } = uploads;
	const done = inPhase("done");
	const unsentCount = unsent().length;
	if (unsentCount === 0) resume();
	const wasBusy = isBusy;
	isBusy = done.length + failed.size < total;
	section.hidden = total === 0;
	section.toggleAttribute("data-busy", isBusy);
	summary.textContent = isHeld() ? t("tray.held", { count: unsentCount }) : isBusy ? t("tray.uploading", { count: total }) : outcome(done);
	failedCount.hidden = !isBusy || failed.size === 0;
	setAttributes(failedCount, { "aria-label": t("tray.failed", { count: failed.size }) }).lastChild.textContent = number(failed.size);
	const [paused] = inPhase("waiting").filter(({ state }) => state.error);
	pauseText.textContent = paused ? t("tray.retrying", { error: paused.state.error.message }) : "";
	const isSending = inPhase("uploading").length > 0;
	showMeters(uploads, { isSending });
	holdButton.textContent = t(isHeld() ? "tray.resume" : "tray.hold");
	holdButton.hidden = cancelButton.hidden = unsentCount === 0;
	retryButton.hidden = ![...failed].some(({ state }) => canRetry(state.error));
	clearButton.hidden = isBusy;
	if (wasBusy && !isBusy && total > 0) announce(`${summary.textContent}.`);
	if (isSending) rateTimer = setTimeout(render, RATE_MS);
}

function outcome(done) {
	const known = done.filter(({ state }) => state.known).length;
	const uploaded = done.length - known;
	return [
		uploaded > 0 && t("tray.uploaded", { count: uploaded }),
		known > 0 && t(uploaded > 0 ? "tray.known" : "tray.onlyKnown", { count: known }),
		failed.size > 0 && t(done.length > 0 ? "tray.failed" : "tray.onlyFailed", { count: failed.size }),
	].filter(Boolean).join(", ");
}
