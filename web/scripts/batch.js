/** The uploads: a line for each, one for all. */

import { announce, button, el, icon, on, parts, problem, set } from "./dom.js";
import { imageAddress } from "./router.js";
import { bytes, count, joined, percentage } from "./wording.js";

const PAUSE = 50;
const NAMED = 3;
const FEW = 3;

const rows = new Map();
const [section, text, bar, retry, cancel, clear, list, chooser] =
	parts("batch", "batch-text", "batch-progress", "batch-retry", "batch-cancel", "batch-clear", "batch-rows", "files");
let scheduled;
let busy;

const all = () => [...rows.keys()];
const having = (...phases) => all().filter(({ state }) => phases.includes(state.phase));
const sending = () => all().filter((upload) => upload.sending);

on(window, { beforeunload: (event) => sending().length > 0 && event.preventDefault() });
on(cancel, { click: () => drop(sending()) });
on(clear, { click: () => drop(having("done", "failed")) });
on(retry, {
	click: () => {
		list.focus();
		having("failed").forEach((upload) => upload.run());
	},
});

export function add(uploads) {
	show();
	if (!busy) drop(having("done"));
	for (const upload of uploads) {
		rows.set(upload, row(upload));
		list.append(rows.get(upload));
	}
	announce(`Uploading ${count(uploads.length, "picture")}.`);
	show();
}

export function mayLeave() {
	const many = sending().length;
	return many === 0 || confirm(`${count(many, "picture is", "pictures are")} still being sent. If you sign out now, that is cut off.`);
}

export function drop(uploads = all()) {
	const focused = section.contains(document.activeElement);
	for (const upload of uploads) {
		rows.get(upload).remove();
		rows.delete(upload);
		upload.stop();
	}
	show();
	if (focused && !section.contains(document.activeElement)) chooser.focus();
}

export const has = (upload) => rows.has(upload);

function show() {
	scheduled = clearTimeout(scheduled);
	const [done, failed, total] = [having("done"), having("failed").length, rows.size];
	const known = done.filter(({ state }) => state.known).length;
	const over = done.length + failed;
	const words = [`${done.length} of ${total} done`, known && `${known} known already`, failed && `${failed} failed`].filter(Boolean).join(", ");
	section.hidden = total === 0;
	text.textContent = words;
	bar.value = all().reduce((sum, { state }) => sum + share(state), 0) / (total || 1);
	cancel.hidden = sending().length === 0;
	retry.hidden = failed === 0;
	clear.hidden = over === 0;
	if (busy && over === total && total > 0) announce(`${words}.`);
	busy = over < total;
}

const share = ({ phase, share: sent }) => ({ uploading: sent * 0.9, recognising: 0.9, done: 1, failed: 1 })[phase] ?? 0;

function row(upload) {
	const { name } = upload.file;
	const progress = el("progress", { "aria-label": `Progress of ${name}` });
	const words = el("div", { class: "row-text" });
	const close = button("close", icon("close"), () => drop([upload]));
	const element = el("li", { class: "row" },
		el("div", { class: "row-words" }, el("p", { class: "row-name", dir: "auto", text: name }), words, progress), close);
	const again = () => {
		close.focus();
		upload.run();
	};
	const follow = () => {
		const { phase, failure, share } = upload.state;
		const over = phase === "done" || phase === "failed";
		element.dataset.phase = phase;
		set(close, { "aria-label": `${over ? "Close" : "Cancel"} ${name}` });
		set(progress, { hidden: over, value: share }); // how long recognition takes nobody knows
		words.replaceChildren(...state(upload, again));
		if (phase === "failed" && having("failed").length <= FEW) announce(`${name}: ${failure.message}`);
		scheduled ??= setTimeout(show, PAUSE);
	};
	on(upload, { change: follow });
	follow();
	return element;
}

function state({ state: { phase, share, failure, image, known }, file }, again) {
	if (phase === "failed") return [problem(failure.message, button("link", failure.action, again, { "aria-label": `${failure.action}: ${file.name}` }))];
	if (phase === "hashing") return ["Reading the file"];
	if (phase === "uploading") return [`Uploading: ${percentage(share * 100)} of ${bytes(file.size)}`];
	if (phase === "retrying") return [`${failure.message} It is tried again by itself.`];
	if (phase !== "done") return [phase === "recognising" ? "Looking at the picture …" : "Waiting for its turn"];
	const text = joined(image.labels.slice(0, NAMED).map(({ name }) => name)) || "Nothing named";
	return [known ? "Known already: " : "", el("a", { href: imageAddress(image.id), text })];
}
