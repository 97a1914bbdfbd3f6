/** How pictures get onto the page. */

import { on, parts } from "./dom.js";
import { mediaType } from "./sending.js";
import { count } from "./wording.js";

const GONE = 700;

let leaving;

export function intake({ take, say }) {
	const receive = (files, words = "") => {
		say(words);
		if (files.length > 0) take(files);
	};
	for (const input of parts("files", "camera")) {
		on(input, {
			change: () => {
				receive([...input.files]);
				input.value = ""; // the same file can be chosen again
			},
		});
	}
	on(document, { paste: ({ clipboardData }) => receive([...clipboardData.files]) });
	const veil = (shown) => document.body.toggleAttribute("data-dragging", shown);
	const mark = (event) => {
		if (!event.dataTransfer.types.includes("Files")) return false;
		event.preventDefault(); // else it is opened
		clearTimeout(leaving);
		veil(event.type !== "drop");
		leaving = setTimeout(() => veil(false), GONE);
		return true;
	};
	on(window, {
		dragenter: mark,
		dragover: mark,
		drop: async (event) => {
			if (!mark(event)) return;
			const dropped = [...event.dataTransfer.items] // the list is empty after this turn
				.filter(({ kind }) => kind === "file")
				.map((item) => ({ file: item.getAsFile(), entry: item.webkitGetAsEntry?.() }));
			const { files, words } = await unpack(dropped);
			receive(files, words.join(" "));
		},
	});
}

async function unpack(dropped) {
	const files = [];
	const words = dropped.length > 0 ? [] : ["That was no file. Save the picture first, then drop the file here."];
	for (const { file, entry } of dropped) {
		const found = entry?.isDirectory ? await filesIn(entry) : [file];
		const pictures = found.filter((one) => one === file || mediaType(one).startsWith("image/"));
		files.push(...pictures);
		if (entry?.isDirectory) words.push(sentence(entry.name, pictures.length, found.length - pictures.length));
	}
	return { files, words };
}

function sentence(name, pictures, others) {
	if (pictures === 0) return `There is no picture in the folder “${name}”.`;
	const rest = others > 0 ? `, and left out ${count(others, "other file")}` : "";
	return `Took ${count(pictures, "picture")} from the folder “${name}”${rest}.`;
}

async function filesIn(folder) {
	const reader = folder.createReader();
	const some = () => new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
	const found = [];
	for (let entries = await some(); entries.length > 0; entries = await some()) found.push(...entries); // 100 at most each time
	const nested = await Promise.all(found.map((entry) => (entry.isDirectory ? filesIn(entry) : fileOf(entry))));
	return nested.flat();
}

const fileOf = (entry) => new Promise((resolve) => entry.file((file) => resolve([file]), () => resolve([])));
