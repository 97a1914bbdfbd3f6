/** Deletions, which wait a few seconds for an undo. */

import { deleteImage } from "./api.js";
import { announce, button, el, hear, on, part, tell } from "./dom.js";
import { asFailure } from "./failures.js";
import { pictures } from "./pictures.js";

const SECONDS = 6;
const region = part("toasts");
const pending = new Map();

export function remove(image) {
	const { id, fileName } = image;
	if (pending.has(id)) return;
	pictures.hide(id, true);
	const action = button("link", "Undo", () => undo(id), { "aria-label": `Undo deleting ${fileName}` });
	pending.set(id, { image, close: toast(`${fileName} is deleted.`, action, () => send(id)) });
}

function take(id) {
	const { image, close } = pending.get(id);
	pending.delete(id);
	close();
	return image;
}

function undo(id) {
	const { fileName } = take(id);
	pictures.hide(id, false);
	announce(`${fileName} is back.`);
	tell("image-back", { id });
}

async function send(id) {
	const { fileName } = take(id);
	const { code, message } = (await deleteImage(id).catch(asFailure)) ?? {};
	if (!code || code === "not-found") {
		tell("image-deleted", { id });
	} else {
		const close = toast(`${fileName} could not be deleted and is back. ${message}`, button("link", "Close", () => close()));
	}
	pictures.hide(id, false);
}

/** Does not count down while it is pointed at or has the focus. Returns how to take it away. */
function toast(text, action, ended) {
	const element = el("div", { class: "toast" }, el("p", { text }), action);
	let timer;
	const stop = () => clearTimeout(timer);
	const go = () => {
		stop();
		if (ended) timer = setTimeout(ended, SECONDS * 1000);
	};
	on(element, { pointerenter: stop, focusin: stop, pointerleave: go, focusout: go });
	go();
	region.append(element);
	region.hidden = false;
	announce(text);
	return () => {
		stop();
		element.remove();
		region.hidden = region.children.length === 0;
	};
}

const sendAll = () => [...pending.keys()].forEach(send);

on(window, {
	pagehide: sendAll,
	keydown: (event) => {
		const last = [...pending.keys()].at(-1);
		if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.target.matches?.("[type=search]") || !last) return;
		event.preventDefault();
		undo(last);
	},
});
// before the sign-out takes the permission away
on(document, { click: ({ target }) => target.closest("#sign-out") && sendAll() }, { capture: true });
hear({
	"signed-out": () => {
		[...pending.keys()].forEach(take);
		region.replaceChildren();
	},
	/** Somebody uploads a picture again that is about to be deleted: it stays. */
	"image-changed": ({ image: { id, status } }) => {
		const old = pending.get(id)?.image.status ?? "pending"; // its first upload goes on
		if (old !== "pending" && status !== "failed") undo(id);
	},
});
