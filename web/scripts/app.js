/** What people use once they are signed in. */

import "./connection.js";
import { byId, isCovered, listen, on } from "./dom.js";
import "./dropzone.js";
import "./gallery.js";
import { isWorking } from "./jobs.js";
import "./keys.js";
import { hasDraft } from "./own-data.js";
import { activeUploads } from "./polling.js";
import { describeShortage } from "./quota.js";
import { go, imageUrl, route } from "./router.js";
import { sweepFiles, takeFiles } from "./saved-files.js";
import { isSearchTyped } from "./search.js";
import "./selection-bar.js";
import { selection } from "./selection.js";
import { setUpSession } from "./session.js";
import { finishTransfers } from "./transfer.js";
import { addUploads, confirmSignOut, dropFiles, hasUpload, removeUploads, saveUploads, unfinished, unsent } from "./upload-list.js";
import { Upload } from "./upload.js";
import { t } from "./words.js";

const { body } = document;

let early = []; // files chosen before it is known whether the person is signed in

function uploadFiles(files) {
	if (!body.dataset.session) {
		early.push(...files);
		return;
	}
	if (body.dataset.session !== "in") {
		byId("welcome-error").textContent = t("session.signInFirst");
		return;
	}
	byId("notice").append(describeShortage(files.length, unsent().length));
	const uploads = files.map((file) => new Upload(file));
	addUploads(uploads);
	for (const upload of uploads) upload.run();
	if (uploads.length === 1) on(uploads[0], { change: openWhenDone(uploads[0], document.activeElement) });
}

function openWhenDone(upload, focused) {
	return () => {
		const isFree = document.activeElement === focused || document.activeElement.matches("body, #upload-list *, #file-picker *, .empty-state *, #gallery-title");
		if (upload.state.phase === "done" && hasUpload(upload) && !route()?.image && isFree) go(imageUrl(upload.id));
	};
}

function uploadEarlyFiles() {
	const files = early;
	early = [];
	if (files.length > 0) uploadFiles(files);
}

async function continueUploads({ claims }) {
	uploadEarlyFiles();
	const { files, missing } = await takeFiles(claims?.sub);
	if (files.length > 0) uploadFiles(files);
	if (missing > 0) byId("notice").textContent = t("session.notKept", { count: missing });
}

listen({
	"signed-in": continueUploads,
	"files-chosen": ({ files }) => uploadFiles(files),
	"signed-out": () => {
		uploadEarlyFiles(); // says that they need a sign-in
		removeUploads();
	},
});
setUpSession({
	isInUse: () => navigator.userActivation.isActive || activeUploads.size > 0 || unfinished().length > 0 || isWorking() || !byId("toasts").hidden ||
		isSearchTyped() || selection.size > 0 || hasDraft() || isCovered(),
	isUploading: () => activeUploads.size > 0,
	finishTransfers,
	saveUploads,
	dropFiles,
	confirmSignOut,
});
on(window, { hashchange: () => byId("sidebar").hidePopover() });
sweepFiles();
