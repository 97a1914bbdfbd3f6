/** Where captions go: at their box, in what can be seen of the photo, and never on each other. */

const GAP = 3; // pixels: the outline of a box

/**
 * `boxes` are `{left, top, right, bottom, caption: {width, height}}` in pixels, those with the fewest places first.
 * Returns `{left, top}` for each, or null if there is no free place.
 */
export function placeCaptions(boxes, bounds) {
	const taken = [];
	return boxes.map(({ caption, ...box }) => {
		const seen = intersect(box, bounds);
		if (seen.left >= seen.right || seen.top >= seen.bottom) return null;
		const places = placesAt(seen, caption).map((place) => shift(place, bounds)).filter((place) => fits(place, bounds));
		if (taken.length === 0) places.push(shift({ left: seen.left, top: seen.top, ...caption }, bounds));
		const place = places.find((each) => !taken.some((other) => overlaps(each, other)));
		if (!place) return null;
		taken.push(place);
		return place;
	});
}

function placesAt({ left, top, right, bottom }, { width, height }) {
	const [above, below] = [top - height - GAP, bottom + GAP];
	const [start, end] = [left - GAP, right + GAP - width];
	const isLarge = right - left > width + 2 * GAP && bottom - top > height + 2 * GAP;
	const inside = isLarge ? [[left + GAP, top + GAP], [right - GAP - width, top + GAP], [left + GAP, bottom - GAP - height], [right - GAP - width, bottom - GAP - height]] : [];
	return [[start, above], [end, above], [start, below], [end, below], ...inside].map(([x, y]) => ({ left: x, top: y, width, height }));
}

/** Sideways only: above another part of the photo it would belong to nothing. */
function shift(place, { left, right }) {
	return { ...place, left: Math.max(Math.min(place.left, right - place.width), left) };
}

const fits = ({ left, top, width, height }, bounds) => left >= bounds.left && top >= bounds.top && left + width <= bounds.right && top + height <= bounds.bottom;

const overlaps = (a, b) => a.left < b.left + b.width + 1 && b.left < a.left + a.width + 1 && a.top < b.top + b.height + 1 && b.top < a.top + a.height + 1;

function intersect(a, b) {
	return { left: Math.max(a.left, b.left), top: Math.max(a.top, b.top), right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom) };
}
