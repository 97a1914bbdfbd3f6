/** Puts the page together. */

import { account } from "./account.js";
import { add, drop, has, mayLeave } from "./batch.js";
import { hear, on, part } from "./dom.js";
import "./gallery.js";
import { intake } from "./intake.js";
import { go, imageAddress, route } from "./router.js";
import { start } from "./session.js";
import { Upload } from "./uploads.js";

const { body } = document;
const say = (text) => (part("notice").textContent = text);

function take(files) {
	if (body.dataset.session !== "in") {
		say("Sign in first, then add the pictures once more.");
		return;
	}
	body.dataset.started = "";
	const uploads = files.map((file) => new Upload(file));
	add(uploads);
	for (const upload of uploads) upload.run();
	if (uploads.length === 1) on(uploads[0], { change: present(uploads[0], document.activeElement) });
}

/** Unless the person has turned to something else. */
function present(upload, focused) {
	return () => {
		const stays = document.activeElement === focused || document.activeElement.matches("body, #batch *, .intake *");
		if (upload.state.phase === "done" && has(upload) && !route()?.image && stays) go(imageAddress(upload.id));
	};
}

hear({
	"signed-out": () => {
		drop();
		delete body.dataset.started;
	},
});
intake({ take, say });
account({ leaving: mayLeave });
start();
