/** The page's URLs: #/, #/label/Cat, #/image/<id>. */

export const labelUrl = (label) => (label ? `#/label/${encodeURIComponent(label)}` : "#/");
export const imageUrl = (id) => `#/image/${id}`;

export function route() {
	const { hash } = location;
	if (!/^(#\/|#?$)/.test(hash)) return null;
	const [, image, label] = /^#\/(?:image\/([0-9a-f]{64})|label\/(.+))$/.exec(hash) ?? [];
	return image ? { image } : { label: decode(label) };
}

export function go(url, { replace = false } = {}) {
	if (!replace) {
		location.hash = url;
		return;
	}
	history.replaceState(history.state, "", url);
	dispatchEvent(new HashChangeEvent("hashchange")); // replaceState fires none
}

function decode(text = "") {
	try {
		return decodeURIComponent(text).trim() || null;
	} catch {
		return null;
	}
}
