/** The colors of a photo, as wide as their shares. Each is a link to the photos with it. */

import { el, on, setStyle } from "./dom.js";
import { percentage } from "./format.js";
import { clause } from "./query.js";
import { searchUrl } from "./router.js";
import { hasWords, t } from "./words.js";

/** Null if no colors are known. */
export function createColorStrip({ colors = [] }, { ImageProperties = {} }) {
	const measured = (ImageProperties.DominantColors ?? []).map(({ HexCode, SimplifiedColor, CSSColor, PixelPercent }) => ({ name: nameOf(SimplifiedColor ?? CSSColor), swatch: HexCode, share: PixelPercent }));
	const found = measured.length > 0 ? measured : colors.map((name) => ({ name, swatch: name }));
	if (found.length === 0) return null;
	const caption = el("p", { class: "hint", "aria-hidden": true });
	const strip = el("ul", { class: "color-strip", role: "list", "aria-label": t("viewer.colors") }, ...found.map(createColor));
	const show = ({ target }) => (caption.textContent = target.closest("a")?.ariaLabel ?? "");
	on(strip, { pointerover: show, focusin: show, pointerleave: show, focusout: show });
	return el("section", { class: "section" }, el("h3", { text: t("viewer.colors") }), strip, caption);
}

/** As the search spells it. */
const nameOf = (name) => name.toLowerCase().replace("grey", "gray");

function createColor({ name, swatch, share }) {
	const text = hasWords(`color.${name}`) ? t(`color.${name}`) : name;
	const label = share === undefined ? text : `${text} ${percentage(share)}`;
	const link = el("a", { href: searchUrl({ query: clause("color", name) }), "aria-label": label, title: label });
	return setStyle(el("li", {}, link), { "--share": share ?? 1, "--swatch": swatch });
}
