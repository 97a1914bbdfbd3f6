/** One model: what it recognizes, its status and costs, and what can be done with it. */

import { deleteModel, startModel, stopModel } from "./api.js";
import { names } from "./batch.js";
import { button, el } from "./dom.js";
import { toError } from "./errors.js";
import { date, dollars, joined, moment, number, percentage } from "./format.js";
import { modelUrl } from "./router.js";
import { t } from "./words.js";

const IN_PROGRESS = ["preparing", "training", "starting", "stopping", "deleting"];
const STOPPABLE = ["starting", "running"];

export const isInProgress = ({ status }) => IN_PROGRESS.includes(status);
export const statusText = ({ status }) => t(`models.status.${status}`);
/** Whole dollars without cents. */
export const price = (amount) => (Number.isInteger(amount) ? number(amount, { style: "currency", currency: "USD", maximumFractionDigits: 0 }) : dollars(amount));
export const percent = (ratio) => percentage(Math.round(ratio * 100));

/** `isAlone`: in its own view. `onChange(model)` gets what the API returns. */
export function createCard(model, settings, { isAlone, onChange }) {
	const { id, name, kind, classes, scope, evaluation } = model;
	const errorText = el("p", { class: "error-text", role: "alert" });
	const { images, createdAt } = model;
	const about = [t(`models.kind.${kind}`), isAlone ? joined(classes) : names(classes), scope === "stack" && t("models.forEveryone"), evaluation && t("models.f1Of", { percent: percent(evaluation.f1) })];
	const run = async (event, work) => {
		const { currentTarget } = event;
		if (currentTarget.ariaDisabled === "true") return;
		currentTarget.ariaDisabled = "true";
		errorText.textContent = "";
		try {
			onChange((await work(id)).model);
		} catch (error) {
			const { code, message } = toError(error);
			errorText.textContent = code === "not-found" ? t("models.gone") : message;
		} finally {
			currentTarget.ariaDisabled = null;
		}
	};
	const action = (key, label, work) => button("button secondary", t(`models.${key}`), (event) => run(event, work), { "data-action": key === "delete" ? "delete" : "run", "aria-label": `${label}: ${name}` });
	const remove = (event) => confirm(t("models.confirmDelete", { name })) && run(event, deleteModel);
	const heading = isAlone ? [] : [el("h2", {}, el("a", { href: modelUrl(id), dir: "auto", text: name, "data-action": "open" }))];
	return el("li", { class: "model", "data-status": model.status },
		el("div", { class: "model-head" }, ...heading, el("p", { class: "model-status", text: statusText(model) })),
		el("p", { class: "secondary-text", text: about.filter(Boolean).join(" · ") }),
		isAlone ? el("p", { class: "secondary-text", text: [t("models.created", { date: date(createdAt) }), images.training > 0 && t("models.sets", images)].filter(Boolean).join(" ") }) : null,
		...notes(model, settings).map((text) => el("p", { text })),
		errorText,
		el("div", { class: "model-actions" },
			model.status === "stopped" ? action("start", t("models.start"), startModel) : null,
			STOPPABLE.includes(model.status) ? action("stop", t("models.stop"), stopModel) : null,
			model.status !== "deleting" ? button("button quiet", t("models.delete"), remove, { "data-action": "delete", "aria-label": `${t("models.delete")}: ${name}` }) : null));
}

/** Why it is in its status, what that means, and costs. */
function notes({ status, message, scope, isActive, runningSince, cost }, settings) {
	if (!settings) return [];
	const hourly = price(settings.prices.runningHour);
	const texts = {
		preparing: [t("models.takesHours")],
		training: [t("models.takesHours"), t("models.trainingCost", { cost: dollars(cost.training) })],
		running: [
			isActive && t(scope === "stack" ? "models.recognizesEveryones" : "models.recognizesNew"),
			runningSince && t("models.runningCost", { since: moment(runningSince), cost: dollars(cost.running), hourly }),
			t("models.stopsWhenIdle", { count: settings.idleMinutes }),
		],
		starting: [t("models.takesMinutes")],
		stopping: [t("models.takesMinutes")],
		stopped: [t("models.startCost", { hourly })],
	};
	return [message && t("models.message", { message }), ...(texts[status] ?? [])].filter(Boolean);
}
