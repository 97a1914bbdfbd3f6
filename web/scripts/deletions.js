import { deleteImage } from "./api.js";
import { announce, button, emit, listen, on } from "./dom.js";
import { toError } from "./errors.js";
import { imageStore } from "./image-store.js";
import { showToast } from "./toasts.js";
import { t } from "./words.js";

const UNDO_MS = 6_000;
const pending = new Map();

export function deleteWithUndo(image) {
	const { id, fileName } = image;
	if (pending.has(id)) return;
	imageStore.setHidden(id, true);
	emit("image-hidden", { id });
	const action = button("link-button", t("deletions.undo"), () => undo(id), { "aria-label": t("deletions.undoOf", { name: fileName }) });
	pending.set(id, { image, toast: showToast(t("deletions.deleted", { name: fileName }), action, { timeoutMs: UNDO_MS, onTimeout: () => send(id) }) });
}

function removePending(id) {
	const { image, toast } = pending.get(id);
	pending.delete(id);
	toast.close();
	return image;
}

function undo(id) {
	const { fileName } = removePending(id);
	imageStore.setHidden(id, false);
	announce(t("deletions.restored", { name: fileName }));
	emit("image-restored", { id });
}

async function send(id) {
	const { fileName } = removePending(id);
	const { code, message: reason } = (await deleteImage(id).catch(toError)) ?? {};
	if (!code || code === "not-found") {
		emit("image-deleted", { id });
	} else {
		emit("image-kept", { id });
		const toast = showToast(t("deletions.failed", { name: fileName, reason }), button("link-button", t("jobs.dismiss"), () => toast.close()));
	}
	imageStore.setHidden(id, false);
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
	},
	"image-changed": ({ image: { id, status } }) => {
		const oldStatus = pending.get(id)?.image.status ?? "pending"; // its upload continues
		if (oldStatus !== "pending" && status !== "failed") undo(id);
	},
});
