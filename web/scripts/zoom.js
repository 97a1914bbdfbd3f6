import { setStyle } from "./dom.js";

const MAX_SCALE = 8;
const DOUBLE_CLICK_SCALE = 2.5;
const MIN_DRAG = 5; // pixels: less is a click
const MIN_SWIPE = 60; // pixels
const KEY_PAN = 80; // pixels

const clamp = (value, min, max) => Math.min(Math.max(value, min), max);
const isText = ({ target }) => target.closest(".word, .warning") !== null;

/**
 * Zooms and pans a frame in a stage. `onChange({percent, photo, stage})` gets the size in percent of the original, and
 * where the photo is in the stage. `onSwipe(x, y)` gets the direction: -1, 0 or 1.
 */
export function createZoom(stage, { onChange, onSwipe }) {
	const pointers = new Map();
	let swipeStart;
	let frame;
	let original; // its size in pixels
	let room = { left: 0, top: 0, width: 0, height: 0 }; // the stage in the window
	let inside = room; // of it, what the photo fits in
	let fit = { width: 0, height: 0 }; // of the photo at scale 1
	let [scale, x, y] = [1, 0, 0];

	/** While boxes are drawn, only two fingers move the photo. */
	const isDrawing = () => pointers.size < 2 && "drawing" in stage.dataset;
	/** At this scale a pixel of the original is a pixel of the screen. */
	const actualSize = () => (original ? original.width / (fit.width * devicePixelRatio) : 1);
	/** On a pixel of the screen, if it starts at `origin`. */
	const align = (start, origin) => Math.round((origin + start) * devicePixelRatio) / devicePixelRatio - origin;
	const measure = () => {
		inside = frame.parentElement.getBoundingClientRect();
		const aspect = original ? original.width / original.height : 4 / 3;
		const width = Math.min(inside.width, inside.height * aspect);
		[room, fit] = [stage.getBoundingClientRect(), { width, height: width / aspect }];
		// at the original size nothing is scaled, so the browser draws each pixel as it is
		setStyle(frame, { width: `${fit.width * actualSize()}px`, height: `${fit.height * actualSize()}px` });
	};
	const zoomTo = (newScale, point = { x: 0, y: 0 }) => {
		const oldScale = scale;
		const actual = actualSize();
		scale = clamp(newScale, Math.min(1, actual), Math.max(MAX_SCALE, actual));
		const [width, height] = [fit.width * scale, fit.height * scale];
		const limit = (size, stageSize) => Math.max(0, (size - stageSize) / 2);
		x = clamp(point.x - ((point.x - x) * scale) / oldScale, -limit(width, room.width), limit(width, room.width));
		y = clamp(point.y - ((point.y - y) * scale) / oldScale, -limit(height, room.height), limit(height, room.height));
		const photo = { left: (room.width - width) / 2 + x, top: (room.height - height) / 2 + y, width, height };
		const [left, top] = scale === actual ? [align(photo.left, room.left), align(photo.top, room.top)] : [photo.left, photo.top];
		stage.toggleAttribute("data-zoomed", scale > 1);
		setStyle(frame, { "--zoom": scale / actual, transform: `translate(${left + room.left - inside.left}px, ${top + room.top - inside.top}px) scale(${scale / actual})` });
		onChange({ percent: original && (scale / actual) * 100, photo, stage: room });
	};
	const panBy = (dx, dy) => {
		x += dx;
		y += dy;
		zoomTo(scale);
	};
	const drag = (dx, dy) => setStyle(stage, { "--drag-x": `${dx}px`, "--drag-y": `${dy}px` });
	const pointOf = ({ clientX, clientY }) => {
		const { left, top, width, height } = stage.getBoundingClientRect();
		return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
	};
	/** How far a swipe has come, along one axis. */
	const swiped = (point) => {
		const [dx, dy] = [point.x - swipeStart.x, point.y - swipeStart.y];
		return Math.abs(dx) >= Math.abs(dy) ? [dx, 0] : [0, dy];
	};
	const endSwipe = () => {
		swipeStart = undefined;
		drag(0, 0);
	};
	const on = (type, listener) => stage.addEventListener(type, listener, { passive: false });

	on("wheel", (event) => {
		event.preventDefault();
		const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
		zoomTo(scale * Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), pointOf(event)); // a touchpad pinch
	});
	on("dblclick", (event) => isText(event) || zoomTo(scale > 1 ? 1 : DOUBLE_CLICK_SCALE, pointOf(event)));
	on("pointerdown", (event) => {
		if (event.button !== 0 || isText(event)) return;
		const point = pointOf(event);
		pointers.set(event.pointerId, point);
		if (pointers.size === 1 && scale <= 1 && !isDrawing()) swipeStart = point;
		else endSwipe();
	});
	on("pointermove", (event) => {
		const old = pointers.get(event.pointerId);
		if (!old) return;
		const point = pointOf(event);
		if (isDrawing()) return pointers.set(event.pointerId, point);
		if (Math.hypot(point.x - old.x, point.y - old.y) < MIN_DRAG && !stage.hasPointerCapture(event.pointerId)) return;
		stage.setPointerCapture(event.pointerId); // only now, or a box would get no click
		const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
		pointers.set(event.pointerId, point);
		const share = other ? 0.5 : 1; // two fingers move it by half each
		if (swipeStart) drag(...swiped(point));
		else if (other || scale > 1) panBy((point.x - old.x) * share, (point.y - old.y) * share);
		if (!other) return;
		const distance = (from) => Math.hypot(from.x - other.x, from.y - other.y);
		zoomTo((scale * distance(point)) / (distance(old) || 1), { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 });
	});
	on("pointerup", (event) => {
		pointers.delete(event.pointerId);
		const direction = swipeStart ? swiped(pointOf(event)).map((distance) => (Math.abs(distance) >= MIN_SWIPE ? Math.sign(distance) : 0)) : [0, 0];
		endSwipe();
		if (direction.some(Boolean)) onSwipe(...direction);
	});
	on("pointercancel", ({ pointerId }) => {
		pointers.delete(pointerId);
		endSwipe();
	});
	new ResizeObserver(() => {
		if (!frame?.isConnected) return;
		const oldWidth = fit.width;
		measure();
		zoomTo(scale === 1 || fit.width === 0 ? 1 : (scale * oldWidth) / fit.width); // a zoomed photo keeps its size
	}).observe(stage);

	return {
		/** `size` is that of the original, if it is known. */
		attach(newFrame, size) {
			[frame, original] = [newFrame, size?.width ? size : undefined];
			pointers.clear();
			endSwipe();
			measure();
			[x, y] = [0, 0];
			zoomTo(1);
		},
		by: (factor) => zoomTo(scale * factor),
		reset: () => zoomTo(1),
		showActualSize: () => zoomTo(actualSize()),
		pan(right, down) {
			if (scale > 1) panBy(-right * KEY_PAN, -down * KEY_PAN);
			return scale > 1;
		},
	};
}
