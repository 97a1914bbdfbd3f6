/** Geometry of boxes. Pure: ratios of the upright picture in, ratios out. */

const clamp = (value) => Math.min(Math.max(value, 0), 1);

/** A Rekognition BoundingBox, which may reach beyond the picture, cut to it; null when nothing is left. */
export function clip(box) {
  if (!box) return null;
  const left = clamp(box.Left);
  const top = clamp(box.Top);
  const width = clamp(box.Left + box.Width) - left;
  const height = clamp(box.Top + box.Height) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : null;
}

/** A word's corners (from its own top left, clockwise) as a turned rectangle.
 *  All lengths are ratios of the picture's width, as a turned box cannot mix two scales; `aspect` is width ÷ height. */
export function turned(polygon, aspect) {
  const [a, b, , d] = polygon.map(({ X, Y }) => ({ x: X, y: Y / aspect }));
  return {
    left: a.x,
    top: a.y,
    width: Math.hypot(b.x - a.x, b.y - a.y),
    height: Math.hypot(d.x - a.x, d.y - a.y),
    angle: Math.atan2(b.y - a.y, b.x - a.x),
  };
}

/** The corners of a box, for words that come without a polygon. */
export function corners({ Left, Top, Width, Height }) {
  return [
    { X: Left, Y: Top },
    { X: Left + Width, Y: Top },
    { X: Left + Width, Y: Top + Height },
    { X: Left, Y: Top + Height },
  ];
}

/** 0.12345 → "12.345%" */
export function percent(ratio) {
  return `${+(ratio * 100).toFixed(4)}%`;
}

/** Where a box is, for people who hear the page. */
export function place({ left, top, width, height }) {
  const whole = (ratio) => `${Math.round(ratio * 100)}%`;
  return `${whole(left)} from the left, ${whole(top)} from the top, ${whole(width)} wide, ${whole(height)} high`;
}
