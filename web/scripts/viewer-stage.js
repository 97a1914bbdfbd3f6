/** The photo with its boxes between two arrows. */

import { el, setAttributes } from "./dom.js";
import { ImageView } from "./image-view.js";
import { iconButton } from "./viewer-bar.js";
import { t } from "./words.js";
import { createZoom } from "./zoom.js";

/** `onScale` gets percent of the original; `onStep` and `onSwipe` get directions. */
export function createStage({ onScale, onStep, onSwipe }) {
	const stage = el("div", { class: "viewer-stage" });
	const previous = iconButton(t("viewer.previous"), "chevron", () => onStep(-1), "viewer-arrow previous", "ArrowLeft");
	const next = iconButton(t("viewer.next"), "chevron", () => onStep(1), "viewer-arrow next", "ArrowRight");
	const errorText = el("p", { class: "viewer-error", role: "status" });
	let view;
	const zoom = createZoom(stage, {
		onSwipe,
		onChange({ percent, photo, stage: room }) {
			onScale(percent);
			view.placeCaptions({ photo, stage: room });
		},
	});
	return {
		element: el("div", { class: "viewer-main" }, stage, previous, next, errorText),
		zoom,
		get view() {
			return view;
		},
		/** Shows nothing until `setSize` is called. */
		clear() {
			view = new ImageView();
			stage.replaceChildren(view.element);
			errorText.textContent = "";
		},
		setSize: (image) => zoom.attach(view.frame, image),
		setEnds({ isFirst, isLast }) {
			setAttributes(previous, { "aria-disabled": isFirst });
			setAttributes(next, { "aria-disabled": isLast });
		},
		showError: (text) => (errorText.textContent = text),
	};
}
