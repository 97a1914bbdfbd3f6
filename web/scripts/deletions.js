import { deleteImage } from "./api.js";
import { announce, button, byId, el, emit, listen, on } from "./dom.js";
import { toError } from "./errors.js";
import { imageStore } from "./image-store.js";

const UNDO_MS = 6_000;
const toasts = byId("toasts");
const pending = new Map();

export function deleteWithUndo(image) {
	const { id, fileName } = image;
	if (pending.has(id)) return;
	imageStore.setHidden(id, true);
	const action = button("link-button", "Undo", () => undo(id), { "aria-label": `Undo deleting ${fileName}` });
	pending.set(id, { image, close: showToast(`Deleted ${fileName}.`, action, () => send(id)) });
}

function removePending(id) {
	const { image, close } = pending.get(id);
	pending.delete(id);
	close();
	return image;
}

function undo(id) {
	const { fileName } = removePending(id);
	imageStore.setHidden(id, false);
	announce(`Restored ${fileName}.`);
	emit("image-restored", { id });
}

async function send(id) {
	const { fileName } = removePending(id);
	const { code, message } = (await deleteImage(id).catch(toError)) ?? {};
	if (!code || code === "not-found") {
		emit("image-deleted", { id });
	} else {
		const close = showToast(`Couldn't delete ${fileName}. ${message}`, button("link-button", "Dismiss", () => close()));
	}
	imageStore.setHidden(id, false);
}

/** Returns a function that closes the toast. */
function showToast(text, action, onTimeout) {
	const element = el("div", { class: "toast" }, el("p", { text }), action);
	let timer;
	const stop = () => clearTimeout(timer);
	const start = () => {
		stop();
		if (onTimeout) timer = setTimeout(onTimeout, UNDO_MS);
	};
	on(element, { pointerenter: stop, focusin: stop, pointerleave: start, focusout: start });
	start();
	toasts.append(element);
	toasts.hidden = false;
	announce(text);
	return () => {
		stop();
		onTimeout = null;
		element.remove();
		toasts.hidden = toasts.children.length === 0;
	};
}

const sendAll = () => [...pending.keys()].forEach(send);

on(window, {
	pagehide: sendAll,
	keydown: (event) => {
		const last = [...pending.keys()].at(-1);
		if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.target.matches?.("input, textarea") || !last) return;
		event.preventDefault();
		undo(last);
	},
});
// capture: before the sign-out discards the token
on(document, { click: ({ target }) => target.closest("#sign-out") && sendAll() }, { capture: true });
listen({
	"signed-out": () => {
		[...pending.keys()].forEach(removePending);
		toasts.replaceChildren();
	},
	"image-changed": ({ image: { id, status } }) => {
		const oldStatus = pending.get(id)?.image.status ?? "pending"; // its upload continues
		if (oldStatus !== "pending" && status !== "failed") undo(id);
	},
});
