import { setStyle } from "./dom.js";

const MAX_SCALE = 8;
const DOUBLE_CLICK_SCALE = 2.5;
const MIN_SWIPE = 60; // pixels
const KEY_PAN = 80; // pixels

const clamp = (value, min, max) => Math.min(Math.max(value, min), max);
const isText = ({ target }) => target.closest(".word") !== null;

export function createZoom(stage, { onScale, onSwipe }) {
	const pointers = new Map();
	let swipeStart;
	let frame;
	let [scale, x, y] = [1, 0, 0];

	const zoomTo = (newScale, point = { x: 0, y: 0 }) => {
		const oldScale = scale;
		scale = clamp(newScale, 1, MAX_SCALE);
		const limit = (size, stageSize) => Math.max(0, (size * scale - stageSize) / 2);
		const [maxX, maxY] = [limit(frame.offsetWidth, stage.clientWidth), limit(frame.offsetHeight, stage.clientHeight)];
		x = clamp(point.x - ((point.x - x) * scale) / oldScale, -maxX, maxX);
		y = clamp(point.y - ((point.y - y) * scale) / oldScale, -maxY, maxY);
		stage.toggleAttribute("data-zoomed", scale > 1);
		setStyle(frame, { "--zoom": scale, transform: `translate(${x}px, ${y}px) scale(${scale})` });
		onScale(scale);
	};
	const panBy = (dx, dy) => {
		x += dx;
		y += dy;
		zoomTo(scale);
	};
	const pointOf = ({ clientX, clientY }) => {
		const { left, top, width, height } = stage.getBoundingClientRect();
		return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
	};
	const on = (type, listener) => stage.addEventListener(type, listener, { passive: false });

	on("wheel", (event) => {
		event.preventDefault();
		const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
		zoomTo(scale * Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), pointOf(event)); // a touchpad pinch
	});
	on("dblclick", (event) => isText(event) || zoomTo(scale > 1 ? 1 : DOUBLE_CLICK_SCALE, pointOf(event)));
	on("pointerdown", (event) => {
		if (event.button !== 0 || isText(event) || event.target.closest("button")) return;
		stage.setPointerCapture(event.pointerId);
		pointers.set(event.pointerId, pointOf(event));
		swipeStart = pointers.size === 1 && scale === 1 ? pointOf(event) : undefined;
	});
	on("pointermove", (event) => {
		const old = pointers.get(event.pointerId);
		if (!old) return;
		const point = pointOf(event);
		const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
		pointers.set(event.pointerId, point);
		const share = other ? 0.5 : 1; // two fingers move it by half each
		if (other || scale > 1) panBy((point.x - old.x) * share, (point.y - old.y) * share);
		if (!other) return;
		const distance = (from) => Math.hypot(from.x - other.x, from.y - other.y);
		zoomTo((scale * distance(point)) / (distance(old) || 1), { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 });
	});
	on("pointerup", (event) => {
		pointers.delete(event.pointerId);
		const end = pointOf(event);
		const [dx, dy] = swipeStart ? [end.x - swipeStart.x, end.y - swipeStart.y] : [0, 0];
		swipeStart = undefined;
		if (Math.abs(dx) >= MIN_SWIPE && Math.abs(dx) >= 2 * Math.abs(dy)) onSwipe(dx < 0 ? 1 : -1);
	});
	on("pointercancel", ({ pointerId }) => pointers.delete(pointerId));
	new ResizeObserver(() => frame && zoomTo(scale)).observe(stage);

	return {
		attach(newFrame) {
			frame = newFrame;
			pointers.clear();
			zoomTo(1);
		},
		by: (factor) => zoomTo(scale * factor),
		reset: () => zoomTo(1),
		pan(right, down) {
			if (scale > 1) panBy(-right * KEY_PAN, -down * KEY_PAN);
			return scale > 1;
		},
	};
}
