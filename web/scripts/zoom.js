/** Zoom, pan and swipe of one picture. */

import { style } from "./dom.js";

const LARGEST = 8;
const CLOSER = 2.5;
const SWIPE = 60;
const KEY_PAN = 80;

const between = (value, least, most) => Math.min(Math.max(value, least), most);
const isForText = ({ target }) => target.closest(".word") !== null;

export function zoomIn(stage, { scaled, swiped }) {
	const pointers = new Map();
	let start;
	let frame;
	let [scale, x, y] = [1, 0, 0];

	const to = (wanted, at = { x: 0, y: 0 }) => {
		const before = scale;
		scale = between(wanted, 1, LARGEST);
		const room = (size, stage) => Math.max(0, (size * scale - stage) / 2);
		const [across, down] = [room(frame.offsetWidth, stage.clientWidth), room(frame.offsetHeight, stage.clientHeight)];
		x = between(at.x - ((at.x - x) * scale) / before, -across, across);
		y = between(at.y - ((at.y - y) * scale) / before, -down, down);
		stage.toggleAttribute("data-zoomed", scale > 1);
		style(frame, { "--zoom": scale, transform: `translate(${x}px, ${y}px) scale(${scale})` });
		scaled(scale);
	};
	const move = (across, down) => {
		x += across;
		y += down;
		to(scale);
	};
	const point = ({ clientX, clientY }) => {
		const { left, top, width, height } = stage.getBoundingClientRect();
		return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
	};
	const on = (type, act) => stage.addEventListener(type, act, { passive: false });

	on("wheel", (event) => {
		event.preventDefault();
		const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
		to(scale * Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), point(event));
	});
	on("dblclick", (event) => isForText(event) || to(scale > 1 ? 1 : CLOSER, point(event)));
	on("pointerdown", (event) => {
		if (event.button !== 0 || isForText(event) || event.target.closest("button")) return;
		stage.setPointerCapture(event.pointerId);
		pointers.set(event.pointerId, point(event));
		start = pointers.size === 1 && scale === 1 ? point(event) : undefined;
	});
	on("pointermove", (event) => {
		const before = pointers.get(event.pointerId);
		if (!before) return;
		const now = point(event);
		const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
		pointers.set(event.pointerId, now);
		const share = other ? 0.5 : 1; // two fingers move it half each
		if (other || scale > 1) move((now.x - before.x) * share, (now.y - before.y) * share);
		if (!other) return;
		const spread = (one) => Math.hypot(one.x - other.x, one.y - other.y);
		to((scale * spread(now)) / (spread(before) || 1), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
	});
	on("pointerup", (event) => {
		pointers.delete(event.pointerId);
		const end = point(event);
		const [across, down] = start ? [end.x - start.x, end.y - start.y] : [0, 0];
		start = undefined;
		if (Math.abs(across) >= SWIPE && Math.abs(across) >= 2 * Math.abs(down)) swiped(across < 0 ? 1 : -1);
	});
	on("pointercancel", ({ pointerId }) => pointers.delete(pointerId));
	new ResizeObserver(() => frame && to(scale)).observe(stage);

	return {
		follow(other) {
			frame = other;
			pointers.clear();
			to(1);
		},
		by: (factor) => to(scale * factor),
		reset: () => to(1),
		pan(right, down) {
			if (scale > 1) move(-right * KEY_PAN, -down * KEY_PAN);
			return scale > 1;
		},
	};
}
