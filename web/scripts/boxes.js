/** Geometry of boxes, in ratios of the upright picture. */

const clamp = (value) => Math.min(Math.max(value, 0), 1);

/** A BoundingBox may reach beyond the picture. */
export function clip({ Left, Top, Width, Height }) {
	const [left, top] = [clamp(Left), clamp(Top)];
	const [width, height] = [clamp(Left + Width) - left, clamp(Top + Height) - top];
	return width > 0 && height > 0 ? { left, top, width, height } : null;
}

/** A word's corners as a turned rectangle, in widths of the picture. */
export function turned(polygon, aspect) {
	const [a, b, , d] = polygon.map(({ X, Y }) => ({ x: X, y: Y / aspect }));
	const apart = (one) => Math.hypot(one.x - a.x, one.y - a.y);
	return { left: a.x, top: a.y, width: apart(b), height: apart(d), angle: Math.atan2(b.y - a.y, b.x - a.x) };
}

export function corners({ Left: X, Top: Y, Width, Height }) {
	return [{ X, Y }, { X: X + Width, Y }, { X: X + Width, Y: Y + Height }, { X, Y: Y + Height }];
}

export const percent = (ratio) => `${+(ratio * 100).toFixed(4)}%`;

export function place({ left, top, width, height }) {
	const whole = (ratio) => `${Math.round(ratio * 100)}%`;
	return `${whole(left)} from the left, ${whole(top)} from the top, ${whole(width)} wide, ${whole(height)} high`;
}
