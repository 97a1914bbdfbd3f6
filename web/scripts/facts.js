/** When, with what and how a photo was taken. */

import { el } from "./dom.js";
import { number } from "./format.js";

const times = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

/** `exif` is the result's. Returns null if nothing is known. */
export function createFacts({ takenAt, camera }, exif = {}) {
	const facts = [
		["Taken", describeTime(exif.TakenAt ?? takenAt)],
		["Camera", exif.Camera ?? camera],
		["Lens", exif.Lens],
		["Exposure", describeExposure(exif)],
		["Location", exif.Location && [exif.Location.Latitude, exif.Location.Longitude].map((degrees) => number(degrees, { maximumFractionDigits: 5 })).join(", ")],
	].filter(([, value]) => value);
	if (facts.length === 0) return null;
	return el("dl", { class: "facts" }, ...facts.flatMap(([name, text]) => [el("dt", { text: name }), el("dd", { text, dir: "auto" })]));
}

/** Shows the clock's time at the place, as the camera recorded it, and its zone if that is known. */
function describeTime(time) {
	const [, local, zone] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/.exec(time ?? "") ?? [];
	if (!local) return null;
	return times.format(new Date(`${local}Z`)) + (zone ? ` UTC${zone === "Z" ? "" : zone}` : "");
}

function describeExposure({ ExposureTime, FNumber, Iso, FocalLength }) {
	return [
		ExposureTime && `${ExposureTime < 0.4 ? `1/${number(Math.round(1 / ExposureTime))}` : number(ExposureTime)} s`,
		FNumber && `f/${number(FNumber, { maximumFractionDigits: 1 })}`,
		Iso && `ISO ${Iso}`,
		FocalLength && `${number(FocalLength, { maximumFractionDigits: 1 })} mm`,
	].filter(Boolean).join(" · ");
}
