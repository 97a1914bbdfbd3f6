import { displayName } from "./format.js";

const RESERVED = /[/\\:*?"<>|]/g; // on Windows, or between folders
const WINDOWS_DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?= *(\.|$))/i;
const ENDING = /(?<=.)\.[^. ]{1,15}$/;
const MAX_BYTES = 200; // of UTF-8, without a number; file systems allow 255, and Windows 260 with the folders

const size = (text) => new TextEncoder().encode(text).length;
const fold = (name) => name.normalize("NFKC").toUpperCase(); // as file systems that ignore case

/** Makes names that every file system accepts. A name that is taken gets a number, as in "photo (2).jpg". */
export class FileNames {
	#taken = new Set();
	#numbers = new Map(); // the last one of each name

	add(fileName) {
		const safe = safeName(fileName);
		const [ending = ""] = ENDING.exec(safe) ?? [];
		const stem = shorten(safe.slice(0, safe.length - ending.length), MAX_BYTES - size(ending));
		const key = fold(stem + ending);
		for (let number = (this.#numbers.get(key) ?? 0) + 1; ; number += 1) {
			const name = number === 1 ? stem + ending : `${stem} (${number})${ending}`;
			if (this.#taken.has(fold(name))) continue;
			this.#taken.add(fold(name));
			this.#numbers.set(key, number);
			return name;
		}
	}
}

function safeName(fileName) {
	const name = displayName(fileName).replace(RESERVED, "_").trim().replace(/[. ]+$/, "");
	return (name || "picture").replace(WINDOWS_DEVICE, "_$1");
}

/** Keeps whole characters. */
function shorten(text, maxBytes) {
	if (size(text) <= maxBytes) return text;
	let bytes = 0;
	let end = 0;
	for (const character of text) {
		bytes += size(character);
		if (bytes > maxBytes) break;
		end += character.length;
	}
	return text.slice(0, end).trimEnd();
}
