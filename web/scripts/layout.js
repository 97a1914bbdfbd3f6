/** Pure layouts: images and a width to boxes `{left, top, width, height}`, headings `{group, index, left, top, width}`, and a height. */

const MIN_ASPECT = 0.5;
const MAX_ASPECT = 3;
const PENDING_ASPECT = 4 / 3;
const MAX_STRETCH = 1.25; // of a group's last row
const FEW_ROWS = 4;
const MIN_GROUP_WIDTH = 160; // pixels, for its heading

const aspectOf = ({ width, height }) => (width && height ? Math.min(Math.max(width / height, MIN_ASPECT), MAX_ASPECT) : PENDING_ASPECT);

/**
 * Rows that fill the width, with heights near `rowHeight`. A group begins with a heading and a new row. Groups that fill less
 * than a row share one, each below its heading.
 */
export function justify(images, { width, rowHeight, gap, headingHeight, groupGap, groupOf }) {
	const boxes = [];
	const headings = [];
	let top = 0;
	let rowEnd = width; // of the last row, where another group may follow

	const heightOf = (aspects, count) => (width - gap * (count - 1)) / aspects;
	const addRow = (start, end, height, from = 0) => {
		let left = from;
		for (let index = start; index < end; index += 1) {
			const box = { left, top, width: aspectOf(images[index]) * height, height };
			left += box.width + gap;
			boxes.push(box);
		}
	};
	const finishRow = (start, end, height) => {
		addRow(start, end, height);
		top += height + gap;
	};
	/** The rows whose heights differ least from `rowHeight`, without a last one that is nearly empty. */
	const addBestRows = (start, end) => {
		const best = [{ cost: 0 }]; // by the number of images
		for (let count = 1; count <= end - start; count += 1) {
			best[count] = { cost: Infinity };
			for (let first = count - 1, aspects = 0; first >= 0; first -= 1) {
				aspects += aspectOf(images[start + first]);
				const height = heightOf(aspects, count - first);
				if (height <= 0) break;
				const cost = best[first].cost + Math.log(height / rowHeight) ** 2;
				if (cost < best[count].cost) best[count] = { cost, first, height };
			}
		}
		const rows = [];
		for (let count = end - start; count > 0; count = best[count].first) rows.unshift([start + best[count].first, start + count, best[count].height]);
		for (const row of rows) finishRow(...row);
	};
	/** Row by row, so photos that are loaded later change no row above. */
	const addRows = (start, end) => {
		let first = start;
		let aspects = 0;
		for (let index = start; index < end; index += 1) {
			const aspect = aspectOf(images[index]);
			const count = index - first;
			const height = heightOf(aspects, count);
			if (count > 0 && height - rowHeight < rowHeight - heightOf(aspects + aspect, count + 1)) {
				finishRow(first, index, height);
				first = index;
				aspects = 0;
			}
			aspects += aspect;
		}
		const height = heightOf(aspects, end - first);
		finishRow(first, end, height < rowHeight * MAX_STRETCH ? height : rowHeight);
	};
	const addGroup = (start, end) => {
		const group = groupOf(images[start]);
		const total = images.slice(start, end).reduce((sum, image) => sum + aspectOf(image), 0);
		const natural = total * rowHeight + gap * (end - start - 1);
		const isSmall = natural * MAX_STRETCH < width;
		const needed = Math.max(natural, MIN_GROUP_WIDTH);
		if (isSmall && rowEnd + groupGap + needed <= width) {
			top -= rowHeight + gap;
			headings.push({ group, index: start, left: rowEnd + groupGap, top: top - headingHeight, width: needed });
			addRow(start, end, rowHeight, rowEnd + groupGap);
			rowEnd += groupGap + needed;
			top += rowHeight + gap;
			return;
		}
		headings.push({ group, index: start, left: 0, top, width: isSmall ? needed : width });
		top += headingHeight;
		(natural > width * FEW_ROWS || isSmall ? addRows : addBestRows)(start, end);
		rowEnd = isSmall ? needed : width;
	};

	for (let start = 0; start < images.length;) {
		const group = groupOf(images[start]);
		let end = start + 1;
		while (end < images.length && groupOf(images[end]) === group) end += 1;
		addGroup(start, end);
		start = end;
	}
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
