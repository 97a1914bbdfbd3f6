/** Pure layouts: images and a width to boxes `{left, top, width, height}`, headings `{group, index, top}`, and a height. */

const MIN_ASPECT = 0.5;
const MAX_ASPECT = 3;
const PENDING_ASPECT = 4 / 3;
const MAX_STRETCH = 1.25; // of a group's last row

const aspectOf = ({ width, height }) => (width && height ? Math.min(Math.max(width / height, MIN_ASPECT), MAX_ASPECT) : PENDING_ASPECT);

/** Rows that fill the width, with heights near `rowHeight`. A group begins with a heading and a new row. */
export function justify(images, { width, rowHeight, gap, headingHeight, groupOf }) {
	const boxes = [];
	const headings = [];
	let top = 0;
	let start = 0; // of the row
	let aspects = 0; // of the row
	const heightOf = (sum, count) => (width - gap * (count - 1)) / sum;
	const addRow = (end, height) => {
		for (let index = start, left = 0; index < end; index += 1) {
			const box = { left, top, width: aspectOf(images[index]) * height, height };
			left += box.width + gap;
			boxes.push(box);
		}
		top += height + gap;
		start = end;
		aspects = 0;
	};
	const finishGroup = (end) => {
		if (end === start) return;
		const height = heightOf(aspects, end - start);
		addRow(end, height < rowHeight * MAX_STRETCH ? height : rowHeight);
	};
	for (const [index, image] of images.entries()) {
		const group = groupOf(image);
		if (group !== headings.at(-1)?.group) {
			finishGroup(index);
			headings.push({ group, index, top });
			top += headingHeight;
		}
		const count = index - start;
		const aspect = aspectOf(image);
		const height = heightOf(aspects + aspect, count + 1);
		if (count > 0 && height < rowHeight && heightOf(aspects, count) - rowHeight < rowHeight - height) addRow(index, heightOf(aspects, count));
		aspects += aspect;
		const filled = heightOf(aspects, index - start + 1);
		if (filled <= rowHeight) addRow(index + 1, filled);
	}
	finishGroup(images.length);
	return { boxes, headings, height: Math.max(0, top - gap) };
}

/** One image in each row. */
export function stack(images, { width, rowHeight }) {
	return { boxes: images.map((_, index) => ({ left: 0, top: index * rowHeight, width, height: rowHeight })), headings: [], height: images.length * rowHeight };
}

/** The first index whose box isn't above `top`. */
export function indexAt(boxes, top) {
	let [low, high] = [0, boxes.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (boxes[middle].top < top) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** The index of the box nearest to that of `index` in the next row (`step` 1) or the previous one (-1). */
export function indexInRow(boxes, index, step) {
	const { top } = boxes[index];
	const distance = (other) => Math.abs(boxes[other].left + boxes[other].width / 2 - boxes[index].left - boxes[index].width / 2);
	let first = index + step;
	while (boxes[first]?.top === top) first += step;
	let nearest = first;
	for (let other = first; boxes[other] && boxes[other].top === boxes[first].top; other += step) if (distance(other) < distance(nearest)) nearest = other;
	return nearest;
}
