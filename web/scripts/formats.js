/** Files that many people choose, but that the service doesn't recognize. Other formats are the API's to reject. */

import { AppError } from "./errors.js";
import { t } from "./words.js";

const HEAD_BYTES = 256;
const IMAGE = /^(\xff\xd8\xff|\x89PNG|GIF8|RIFF....WEBP)/s; // whatever the file's name is
const SIGNATURES = {
	cr2: /^II\*\0....CR/s,
	cr3: /^....ftypcrx /s,
	orf: /^(IIR[OS]|MMOR)/,
	raf: /^FUJIFILMCCD-RAW/,
	rw2: /^IIU\0/,
	psd: /^8BPS/,
	svg: /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/s,
	pdf: /^%PDF-/,
	mov: /^....ftypqt {2}/s,
	mp4: /^....ftyp(isom|iso[2-6]|mp4[12]|avc1|M4V )/s,
};
const KINDS = Object.entries({
	raw: "3fr arw cr2 cr3 crw dng erf iiq kdc mef mrw nef nrw orf pef raf raw rw2 rwl sr2 srf srw x3f",
	drawing: "ai cdr eps indd psb psd svg svgz xcf",
	document: "doc docx key odt pages pdf ppt pptx xls xlsx",
	video: "3gp avi m4v mkv mov mp4 mpeg mpg mts webm wmv",
}).map(([kind, names]) => [kind, names.split(" ")]);

const extensionOf = ({ name }) => name.split(".").at(-1).toLowerCase();
const kindOf = (format) => KINDS.find(([, names]) => names.includes(format))?.[0];

export const isSuspect = (file) => Boolean(kindOf(extensionOf(file)));

/** Fails if a file has a format that is known not to be supported. */
export async function checkFormat(file) {
	const bytes = await file.slice(0, HEAD_BYTES).arrayBuffer().catch(() => new ArrayBuffer(0));
	const head = String.fromCharCode(...new Uint8Array(bytes));
	if (IMAGE.test(head)) return;
	const format = Object.keys(SIGNATURES).find((name) => SIGNATURES[name].test(head)) ?? extensionOf(file);
	const kind = kindOf(format);
	if (kind) throw new AppError("unsupported-format", t(`formats.${kind}`, { format: format.toUpperCase() }));
}
