import { announce, byId, el, listen, on } from "./dom.js";

const toasts = byId("toasts");

/** With `onTimeout`, it is called after `timeoutMs`, longer while the toast is in use. Returns `{close, setText}`. */
export function showToast(text, action, { timeoutMs, onTimeout } = {}) {
	const message = el("p", { text });
	const element = el("div", { class: "toast" }, message, action);
	let timer;
	const stop = () => clearTimeout(timer);
	const start = () => {
		stop();
		if (onTimeout) timer = setTimeout(onTimeout, timeoutMs);
	};
	on(element, { pointerenter: stop, focusin: stop, pointerleave: start, focusout: start });
	start();
	toasts.append(element);
	toasts.hidden = false;
	announce(text);
	return {
		close() {
			stop();
			onTimeout = null;
			element.remove();
			toasts.hidden = toasts.children.length === 0;
		},
		setText: (newText) => (message.textContent = newText),
	};
}

listen({
	"signed-out": () => {
		toasts.replaceChildren();
		toasts.hidden = true;
	},
});
