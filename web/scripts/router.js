/** Addresses: #/, #/label/Cat, #/image/<id>. */

export const labelAddress = (label) => (label ? `#/label/${encodeURIComponent(label)}` : "#/");
export const imageAddress = (id) => `#/image/${id}`;

export function route() {
	const { hash } = location;
	if (!/^(#\/|#?$)/.test(hash)) return null;
	const [, image, label] = /^#\/(?:image\/([0-9a-f]{64})|label\/(.+))$/.exec(hash) ?? [];
	return image ? { image } : { label: decoded(label) };
}

export function go(address, { replace = false } = {}) {
	if (!replace) {
		location.hash = address;
		return;
	}
	history.replaceState(history.state, "", address);
	dispatchEvent(new HashChangeEvent("hashchange")); // keys come faster than events
}

function decoded(text = "") {
	try {
		return decodeURIComponent(text).trim() || null;
	} catch {
		return null;
	}
}
