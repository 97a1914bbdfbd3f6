/** The tray's numbers: what is sent, what is recognized, how fast, and how long it takes. */

import { byIds, setAttributes } from "./dom.js";
import { bytes, number } from "./format.js";
import { UploadRate } from "./upload-rate.js";
import { t } from "./words.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

const [sentMeter, sentCount, recognizedMeter, recognizedCount, rateText, leftText] =
	byIds("upload-sent", "upload-sent-count", "upload-recognized", "upload-recognized-count", "upload-rate", "upload-left");
const rate = new UploadRate();

const isSent = ({ phase, isSent }) => ["recognizing", "done"].includes(phase) || isSent === true;
const sentBytes = ({ state, file }) => (isSent(state) ? file.size : state.phase === "uploading" ? state.ratio * file.size : 0);
const sum = (values) => values.reduce((total, value) => total + value, 0);

export function showMeters(uploads, { isSending }) {
	const total = uploads.length;
	const sent = uploads.filter(({ state }) => isSent(state)).length;
	const recognized = uploads.filter(({ state }) => state.phase === "done").length;
	const totalBytes = sum(uploads.map(({ file }) => file.size));
	const bytesSent = sum(uploads.map(sentBytes));
	const bytesLeft = sum(uploads.filter((upload) => upload.isUnsent).map((upload) => upload.file.size - sentBytes(upload)));
	show(sentMeter, sentCount, sent === total ? 1 : bytesSent / (totalBytes || 1), sent, total);
	show(recognizedMeter, recognizedCount, recognized / (total || 1), recognized, total);
	if (isSending) rate.add(bytesSent);
	else rate.reset();
	const perSecond = isSending ? rate.bytesPerSecond : 0;
	const progress = bytesLeft === 0 ? "" : t("tray.bytes", { sent: bytes(bytesSent), total: bytes(totalBytes) });
	rateText.textContent = perSecond > 0 ? `${progress} · ${t("tray.rate", { bytes: bytes(perSecond) })}` : progress;
	leftText.textContent = perSecond > 0 && rate.isStable ? t("tray.left", { time: duration(bytesLeft / perSecond) }) : "";
}

function show(meter, count, ratio, done, total) {
	const text = t("tray.count", { count: done, total });
	setAttributes(meter, { value: ratio, "aria-valuetext": text });
	count.textContent = text;
}

function duration(seconds) {
	const [size, unit] = seconds >= HOUR ? [HOUR, "hour"] : seconds >= MINUTE ? [MINUTE, "minute"] : [1, "second"];
	const value = unit === "second" ? Math.ceil(seconds / 5) * 5 : Math.ceil(seconds / size);
	return number(value, { style: "unit", unit });
}
