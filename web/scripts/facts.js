/** How a photo was taken, and how it was recognized. */

import { el } from "./dom.js";
import { date, number } from "./format.js";
import { locale, t } from "./words.js";

const times = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
const round = (value, maximumFractionDigits) => number(value, { maximumFractionDigits });
const unit = (value, name, maximumFractionDigits) => number(value, { style: "unit", unit: name, maximumFractionDigits });

/** Returns null if nothing is known. */
export function createFacts({ takenAt, camera, uploadedAt }, { Exif = {}, Recognition = {}, ImageProperties = {} }) {
	const { Location } = Exif;
	const taken = describeTime(Exif.TakenAt ?? takenAt);
	const facts = [
		[t("viewer.taken"), taken],
		[t("viewer.camera"), Exif.Camera ?? camera],
		[t("viewer.lens"), Exif.Lens],
		[t("viewer.exposure"), describeExposure(Exif)],
		[t("viewer.location"), Location && `${round(Location.Latitude, 5)}, ${round(Location.Longitude, 5)}`],
		[t("viewer.quality"), describeQuality(ImageProperties.Quality)],
		[t("viewer.added"), taken && date(uploadedAt)],
		[t("viewer.recognized"), describeRecognition(Recognition)],
		[t("viewer.model"), [...new Set(Object.values(Recognition.ModelVersions ?? {}))].join(", ")],
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
		ExposureTime && `${ExposureTime < 0.4 ? `1/${number(Math.round(1 / ExposureTime))}` : number(ExposureTime)}\u00a0s`,
		FNumber && `f/${round(FNumber, 1)}`,
		Iso && `ISO\u00a0${Iso}`,
		FocalLength && `${round(FocalLength, 1)}\u00a0mm`,
	].filter(Boolean).join(" · ");
}

function describeQuality(quality = {}) {
	return Object.entries(quality).map(([name, value]) => `${t(`viewer.quality.${name}`)} ${round(value, 0)}`).join(" · ");
}

function describeRecognition({ DurationMs, BilledCalls }) {
	return DurationMs === undefined ? "" : `${unit(DurationMs / 1000, "second", 1)} · ${t("viewer.calls", { count: BilledCalls ?? 0 })}`;
}
