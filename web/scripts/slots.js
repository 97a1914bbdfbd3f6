/** Which uploads are sent at the same time. */

const MAX_PARALLEL = 6;

const lastById = new Map();
const waiting = [];
let freeSlots = MAX_PARALLEL;

/** Files with the same content wait for each other. */
export async function oneAtATime(id, work) {
	const promise = Promise.allSettled([lastById.get(id)]).then(work);
	lastById.set(id, promise);
	try {
		return await promise;
	} finally {
		if (lastById.get(id) === promise) lastById.delete(id);
	}
}

export async function withSlot(work) {
	freeSlots -= 1;
	if (freeSlots < 0) await new Promise((resolve) => waiting.push(resolve));
	try {
		return await work();
	} finally {
		freeSlots += 1;
		waiting.shift()?.();
	}
}
