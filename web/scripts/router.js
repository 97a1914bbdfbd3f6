/** The page's URLs: #/, #/?q=label%3ACat&order=taken, #/image/<id>, #/review, #/models, #/models/<id>. Links of the form #/label/Cat stay valid. */

import { clause } from "./query.js";

export const DEFAULT_ORDER = "added";
/** The query of the photos that failed. */
export const ATTENTION = "status:failed";
const ORDERS = [DEFAULT_ORDER, "taken"];

export const labelUrl = (label) => searchUrl({ query: clause("label", label) });
export const REVIEW_URL = "#/review";
export const MODELS_URL = "#/models";
export const modelUrl = (id) => `${MODELS_URL}/${id}`;
export const imageUrl = (id) => `#/image/${id}`;

export function searchUrl({ query = "", order = DEFAULT_ORDER }) {
	const params = new URLSearchParams({ ...(query && { q: query }), ...(order !== DEFAULT_ORDER && { order }) });
	return params.size > 0 ? `#/?${params}` : "#/";
}

/** `{image}`, `{review}`, `{models: {id}}` or `{query, order}`; null if the hash isn't a URL of the page. */
export function route() {
	const { hash } = location;
	if (!/^(#\/|#?$)/.test(hash)) return null;
	if (hash === REVIEW_URL) return { review: true };
	const models = /^#\/models(?:\/([0-9a-f]{16}))?$/.exec(hash);
	if (models) return { models: { id: models[1] } };
	const [, image, label, search] = /^#\/(?:image\/([0-9a-f]{64})|label\/(.+)|\?(.*))$/.exec(hash) ?? [];
	if (image) return { image };
	if (label) return { query: labelQuery(label), order: DEFAULT_ORDER };
	const params = new URLSearchParams(search);
	const order = params.get("order");
	return { query: params.get("q")?.trim() ?? "", order: ORDERS.includes(order) ? order : DEFAULT_ORDER };
}

export function go(url, { replace = false } = {}) {
	if (!replace) {
		location.hash = url;
		return;
	}
	history.replaceState(history.state, "", url);
	dispatchEvent(new HashChangeEvent("hashchange")); // replaceState fires none
}

function labelQuery(text) {
	try {
		const label = decodeURIComponent(text).trim();
		return label && clause("label", label);
	} catch {
		return "";
	}
}
