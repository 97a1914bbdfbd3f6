/** Where one is, as the address says: #/ (all pictures), #/label/Cat, #/image/<id>. */

const IMAGE = /^#\/image\/([0-9a-f]{64})$/;
const LABEL = /^#\/label\/(.+)$/;

export const labelAddress = (label) => (label ? `#/label/${encodeURIComponent(label)}` : "#/");
export const imageAddress = (id) => `#/image/${id}`;

/** {image} or {label}; null where the address names another place of the page, as the skip link does. */
export function route() {
  if (!/^(#\/|#?$)/.test(location.hash)) return null;
  const image = IMAGE.exec(location.hash)?.[1];
  if (image) return { image };
  return { label: decoded(LABEL.exec(location.hash)?.[1]) };
}

/** `replace` leaves no step in the history, so that Back leaves the viewer and not only its last picture. */
export function go(address, { replace = false } = {}) {
  if (!replace) {
    location.hash = address;
    return;
  }
  history.replaceState(history.state, "", address);
  window.dispatchEvent(new HashChangeEvent("hashchange")); // at once: keys may come faster than events
}

function decoded(text) {
  try {
    return text ? decodeURIComponent(text).trim() || null : null;
  } catch {
    return null; // a % that stands for nothing
  }
}
