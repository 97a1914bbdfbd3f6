/** Pausing all uploads. What is being sent stops, and is sent anew afterwards. */

export const HELD = new Error("The uploads are paused.");

let resumed; // while paused
let controller = new AbortController();

export const isHeld = () => Boolean(resumed);
/** Aborts with HELD. */
export const holdSignal = () => controller.signal;

export function hold() {
	resumed ??= Promise.withResolvers();
	controller.abort(HELD);
}

export function resume() {
	if (resumed) controller = new AbortController();
	resumed?.resolve();
	resumed = undefined;
}

export const whenResumed = () => resumed?.promise;
