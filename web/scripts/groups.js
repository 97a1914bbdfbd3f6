/** The headings of the gallery: a day for the newest photos, else a month. */

import { locale } from "./words.js";

const DAYS = 7; // that have headings of their own
const DAY_MS = 86_400_000;

const dayFormat = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
const monthFormat = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

/** "2026-11-20", as the clock of the person, or of the camera, had it. */
function dayOf({ uploadedAt, takenAt }, order) {
	if (order === "taken" && takenAt) return takenAt.slice(0, 10);
	const time = new Date(uploadedAt);
	return new Date(time - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

const age = (day) => Math.round((Date.parse(dayOf({ uploadedAt: new Date() })) - Date.parse(day)) / DAY_MS);
const capitalized = (text) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

export const monthOf = (image, order) => dayOf(image, order).slice(0, 7);

/** Groups by order; a group is a day or a month. */
export function createGroups(order) {
	const newest = new Date(Date.now() - (DAYS + 1) * DAY_MS).toISOString().slice(0, 10);
	const groups = new WeakMap();
	return (image) => {
		if (!groups.has(image)) {
			const day = dayOf(image, order);
			groups.set(image, day > newest ? day : day.slice(0, 7));
		}
		return groups.get(image);
	};
}

export const monthName = (month) => monthFormat.format(new Date(`${month}-01`));

export function groupName(group) {
	if (group.length === 7) return monthName(group);
	const days = age(group);
	return days === 0 || days === 1 ? capitalized(relative.format(-days, "day")) : dayFormat.format(new Date(group));
}
