/** One file in the tray: its picture, its name, and one line that says how far it is. */

import { button, el, icon, setAttributes } from "./dom.js";
import { bytes, joined, percentage } from "./format.js";
import { previewOf } from "./previews.js";
import { imageUrl } from "./router.js";
import { canRetry } from "./upload.js";
import { t } from "./words.js";

const MAX_LABELS = 3;

const uploads = new WeakMap(); // by row, until its picture is shown
const observer = new IntersectionObserver((entries) => entries.filter(({ isIntersecting }) => isIntersecting).forEach(({ target }) => showPreview(target)));

async function showPreview(row) {
	observer.unobserve(row);
	const url = await previewOf(uploads.get(row).file);
	if (url) row.querySelector(".upload-thumbnail").append(el("img", { src: url, alt: "", decoding: "async", draggable: "false" }));
}

/** Returns its element, which has a method `update`. */
export function createRow(upload, remove) {
	const { name } = upload;
	const status = el("p", { class: "upload-status hint" });
	const close = button("icon-button", icon("close"), remove);
	const retry = button("link-button", "", () => {
		close.focus();
		upload.run();
	});
	const show = el("a", { class: "upload-show", text: t("tray.show"), "aria-label": t("tray.showName", { name }) });
	const row = el("li", { class: "upload" },
		el("span", { class: "upload-thumbnail", "aria-hidden": true }), el("div", { class: "upload-text" }, el("p", { class: "upload-name", dir: "auto", text: name, title: name }), status, retry), close, show);
	uploads.set(row, upload);
	observer.observe(row);
	row.update = () => {
		const { phase, error, image } = upload.state;
		const hadFocus = document.activeElement === close;
		const isDone = phase === "done";
		row.dataset.phase = phase;
		status.textContent = statusOf(upload);
		setAttributes(retry, { hidden: phase !== "failed" || !canRetry(error) });
		if (!retry.hidden) setAttributes(retry, { "aria-label": t("tray.retryName", { action: error.action, name }) }).textContent = error.action;
		setAttributes(close, { hidden: isDone, "aria-label": t(phase === "failed" ? "tray.dismissName" : "tray.cancelName", { name }) });
		setAttributes(show, { hidden: !isDone, href: isDone ? imageUrl(image.id) : null });
		if (isDone && hadFocus) show.focus();
	};
	row.update();
	return row;
}

function statusOf({ state: { phase, ratio, error, image, known }, file }) {
	if (phase === "failed") return error.message;
	if (phase === "hashing") return t("tray.preparing");
	if (phase === "uploading") return t("tray.sending", { percent: percentage(ratio * 100), bytes: bytes(file.size) });
	if (phase === "retrying") return t("tray.retrying", { error: error.message });
	if (phase !== "done") return t(phase === "recognizing" ? "tray.recognizing" : "tray.waiting");
	const labels = joined(image.labels.slice(0, MAX_LABELS).map(({ name }) => name)) || t("tray.noLabels");
	return known ? t("tray.knownPhoto", { labels }) : labels;
}
