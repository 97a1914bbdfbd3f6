import { setUpAccount } from "./account.js";
import { byId, listen, on } from "./dom.js";
import { setUpDropzone } from "./dropzone.js";
import "./gallery.js";
import { go, imageUrl, route } from "./router.js";
import { startSession } from "./session.js";
import { addUploads, confirmSignOut, hasUpload, removeUploads } from "./upload-list.js";
import { Upload } from "./upload.js";

const { body } = document;
const showNotice = (text) => (byId("notice").textContent = text);

function uploadFiles(files) {
	if (body.dataset.session !== "in") {
		showNotice("Sign in first, then add your photos again.");
		return;
	}
	body.dataset.compact = "";
	const uploads = files.map((file) => new Upload(file));
	addUploads(uploads);
	for (const upload of uploads) upload.run();
	if (uploads.length === 1) on(uploads[0], { change: openWhenDone(uploads[0], document.activeElement) });
}

/** Unless the focus has moved elsewhere. */
function openWhenDone(upload, focused) {
	return () => {
		const isFree = document.activeElement === focused || document.activeElement.matches("body, #upload-list *, .hero *");
		if (upload.state.phase === "done" && hasUpload(upload) && !route()?.image && isFree) go(imageUrl(upload.id));
	};
}

listen({
	"signed-out": () => {
		removeUploads();
		delete body.dataset.compact;
	},
});
setUpDropzone({ onFiles: uploadFiles, onMessage: showNotice });
setUpAccount({ confirmSignOut });
startSession();
