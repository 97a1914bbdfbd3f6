import { config } from "./config.js";
import { announce, byIds, emit, listen } from "./dom.js";
import { dollars, moment, number, plural } from "./format.js";

const NOTICE_AT = 0.8; // of a limit
const MIN_RELOAD_MS = 60_000; // the device's clock may be ahead
const CLASSES = ["hint", "notice", "error-box"];

const [usage, element] = byIds("usage", "quota");
let today = Infinity;
let thisMonth;
let level = 0;
let timer;

async function showUsage({ thisMonth: { images, billedCalls, estimatedCost }, quota }) {
	showQuota(quota);
	const { engine } = await config(); // local, and not billed
	usage.textContent = `This month: ${plural(images, "photo")} recognized${engine ? ". On AWS, this would have cost" : ","} about ` +
		`${dollars(estimatedCost)} (${plural(billedCalls, "Amazon Rekognition call")}).`;
}

function showQuota({ day, month }) {
	const left = ({ limit, used }) => Math.max(limit - used, 0);
	thisMonth = left(month);
	today = Math.min(left(day), thisMonth);
	const resets = Object.entries({ day, month }).map(([unit, { limit, used, resetsAt }]) =>
		used < limit * NOTICE_AT ? "" : ` The limit of ${number(limit)} a ${unit} resets on ${moment(resetsAt)}.`).join("");
	const oldLevel = level;
	level = today === 0 ? 2 : Number(resets !== "");
	element.className = CLASSES[level];
	element.textContent = `Uploads left: ${countOf(today)} today, ${countOf(thisMonth)} this month.${resets}`;
	if (level > oldLevel) announce(element.textContent);
	clearTimeout(timer);
	timer = setTimeout(() => emit("labels-changed"), Math.max(Date.parse(day.resetsAt) - Date.now(), MIN_RELOAD_MS));
}

const countOf = (count) => (count > 0 ? number(count) : "none");

/** Besides `queued` others. Empty if the quota is enough. */
export function describeShortage(count, queued) {
	const free = Math.max(today - queued, 0);
	if (count <= free) return "";
	const period = today < thisMonth ? "today" : "this month";
	return ` You chose ${plural(count, "photo")}, but ${free > 0 ? "only " : ""}${countOf(free)} can be uploaded ${period}. Photos you uploaded before don't count.`;
}

listen({
	"library-changed": showUsage,
	"signed-out": () => clearTimeout(timer),
});
