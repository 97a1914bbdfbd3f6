/** Why a photo needs review. */

import { el } from "./dom.js";
import { hasWords, t } from "./words.js";

/** Flags are Rekognition's names of categories. */
export function reasonsOf({ review }) {
	const missing = (part) => (hasWords(`review.missing.${part}`) ? t(`review.missing.${part}`) : part);
	return [...(review?.flags ?? []), ...(review?.missing ?? []).map(missing)];
}

export function createReasons(image) {
	return el("ul", { class: "review-reasons", "aria-label": t("review.reasons") }, ...reasonsOf(image).map((text) => el("li", { text })));
}
