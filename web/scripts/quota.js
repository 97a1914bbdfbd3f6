import { config } from "./config.js";
import { announce, byIds, el, emit, listen } from "./dom.js";
import { dollars, moment, number } from "./format.js";
import { t } from "./words.js";

const NOTICE_AT = 0.8; // of a limit
const MIN_RELOAD_MS = 60_000; // the device's clock may be ahead
const CLASSES = ["hint", "notice", "error-box"];
const PERIODS = { day: "Day", month: "Month" };

const [usage, meters, element] = byIds("usage", "quota-meters", "quota");
let today = Infinity;
let thisMonth;
let level = 0;
let timer;

async function showUsage({ thisMonth: { images, billedCalls, estimatedCost }, quota }) {
	showQuota(quota);
	const { engine } = await config(); // local, and not billed
	const values = { count: images, cost: dollars(estimatedCost), calls: t("account.calls", { count: billedCalls }) };
	usage.textContent = t(engine ? "account.monthLocal" : "account.month", values);
}

const leftOf = ({ limit, used }) => Math.max(limit - used, 0);
const countOf = (count) => (count > 0 ? number(count) : t("limits.none"));

function showQuota(quota) {
	thisMonth = leftOf(quota.month);
	today = Math.min(leftOf(quota.day), thisMonth);
	const periods = Object.keys(PERIODS);
	const ends = periods.filter((period) => quota[period].used >= quota[period].limit * NOTICE_AT)
		.map((period) => t(`limits.${period}Ends`, { limit: quota[period].limit, moment: moment(quota[period].resetsAt) }));
	const oldLevel = level;
	level = today === 0 ? 2 : Number(ends.length > 0);
	element.className = CLASSES[level];
	element.hidden = level === 0;
	element.textContent = [t("limits.left", { day: countOf(today), month: countOf(thisMonth) }), ...ends].join(" ");
	meters.replaceChildren(...periods.map((period) => createMeter(period, quota[period])));
	if (level > oldLevel) announce(element.textContent);
	clearTimeout(timer);
	timer = setTimeout(() => emit("labels-changed"), Math.max(Date.parse(quota.day.resetsAt) - Date.now(), MIN_RELOAD_MS));
}

function createMeter(period, { limit, used, resetsAt }) {
	const left = t("limits.leftOf", { count: Math.max(limit - used, 0), limit });
	const name = t(`limits.period${PERIODS[period]}`);
	return el("div", { class: "quota-meter" },
		el("span", { text: name }), el("span", { class: "hint number", text: left }),
		el("progress", { max: limit, value: Math.min(used, limit), "aria-label": `${name}: ${left}`, "data-scarce": used >= limit * NOTICE_AT }),
		el("span", { class: "hint", text: t("limits.resets", { moment: moment(resetsAt) }) }));
}

/** Besides `queued` others. Empty if the quota is enough. */
export function describeShortage(count, queued) {
	const free = Math.max(today - queued, 0);
	if (count <= free) return "";
	const key = `limits.${free > 0 ? "some" : "none"}${today < thisMonth ? "Today" : "Month"}`;
	return ` ${t(key, { count, free })} ${t("limits.known")}`;
}

listen({
	"library-changed": showUsage,
	"signed-out": () => clearTimeout(timer),
});
