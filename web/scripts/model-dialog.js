/** The dialog that makes a model: its name, kind and classes, then what it needs and costs. */

import { createModel } from "./api.js";
import { announce, button, el, listen, on } from "./dom.js";
import { toError } from "./errors.js";
import { createClassPicker } from "./model-classes.js";
import { createEstimate } from "./model-estimate.js";
import { t } from "./words.js";

const MIN_CLASSES = { classification: 2, detection: 1 };
const MAX_CLASSES = 250; // the API's limit

let dialog;

/** `onCreated(model)` is called when its training begins. */
export function openModelDialog({ canUseScopeStack }, onCreated) {
	const name = el("input", { id: "model-name", type: "text", required: true, maxlength: 50, autocomplete: "off", dir: "auto" });
	const kinds = Object.keys(MIN_CLASSES).map((kind, index) => createChoice({ type: "radio", name: "kind", value: kind, checked: index === 0 }, t(`models.kind.${kind}`), t(`models.kindHint.${kind}`)));
	const everyone = canUseScopeStack ? createChoice({ type: "checkbox", name: "scope", value: "stack" }, t("models.forEveryone"), t("models.forEveryoneHint")) : null;
	const picker = createClassPicker();
	const errorText = el("p", { class: "error-text", role: "alert" });
	const next = el("button", { class: "button", text: t("models.estimate") });
	const title = el("h2", { id: "model-dialog-title", tabindex: -1, text: t("models.new") });
	const form = el("form", {}, el("label", { for: name.id, text: t("models.name") }), name,
		el("fieldset", {}, el("legend", { text: t("models.kind") }), ...kinds), picker.element, everyone, errorText,
		el("div", { class: "dialog-actions" }, button("button secondary", t("models.cancel"), () => opened.close()), next));
	const content = el("div", { class: "model-dialog-content" }, form);
	const opened = el("dialog", { class: "model-dialog", "aria-labelledby": title.id }, title, content);

	const request = () => {
		const fields = Object.fromEntries(new FormData(form));
		return { name: name.value.trim(), kind: fields.kind, classes: picker.classes(), ...(fields.scope && { scope: fields.scope }) };
	};
	const problemOf = ({ name: text, kind, classes }) => {
		if (!text) return t("models.nameMissing");
		if (classes.length < MIN_CLASSES[kind]) return t("models.classesMissing", { count: MIN_CLASSES[kind] });
		return classes.length > MAX_CLASSES ? t("models.tooManyClasses", { count: MAX_CLASSES }) : "";
	};
	const showForm = () => {
		content.replaceChildren(form);
		title.focus();
	};
	const send = async (source, more, show, receive) => {
		if (source.ariaDisabled === "true") return;
		source.ariaDisabled = "true";
		show("");
		try {
			receive(await createModel({ ...request(), ...more }));
		} catch (error) {
			show(toError(error).message);
		} finally {
			source.ariaDisabled = null;
		}
	};
	const showEstimate = ({ estimate }) => {
		const trainError = el("p", { class: "error-text", role: "alert" });
		const train = ({ currentTarget }) => send(currentTarget, { confirm: true }, (text) => (trainError.textContent = text), ({ model }) => {
			opened.close();
			onCreated(model);
			announce(t("models.begun", { name: model.name }));
		});
		content.replaceChildren(createEstimate(request(), estimate, { onBack: showForm, onTrain: train }, trainError));
		title.focus();
		announce(content.firstChild.dataset.summary);
	};

	on(form, {
		submit: (event) => {
			event.preventDefault();
			const problem = problemOf(request());
			errorText.textContent = problem;
			if (!problem) send(next, {}, (text) => (errorText.textContent = text), showEstimate);
		},
	});
	dialog = opened;
	on(opened, { close: () => opened.remove() });
	document.body.append(opened);
	opened.showModal();
	name.focus();
}

const createChoice = (attributes, text, hint) => el("label", { class: "choice" }, el("input", attributes), el("span", {}, text, el("span", { class: "hint", text: hint })));

listen({ "signed-out": () => dialog?.close() });
