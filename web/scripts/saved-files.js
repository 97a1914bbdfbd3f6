const SAVED = "saved-files"; // in sessionStorage
const MAX_AGE_MS = 600_000;
const SWEEP_EVERY_MS = 60_000;

const isOld = (name) => Number.parseInt(name, 10) < Date.now() - MAX_AGE_MS;

/** `sub` is the user, who alone gets them back. */
export async function saveFiles(files, sub) {
	if (files.length === 0) return;
	const name = `${Date.now()}-${crypto.randomUUID()}`;
	const saved = JSON.stringify({ name, sub, count: files.length });
	sessionStorage.setItem(SAVED, saved);
	const cache = await caches.open(name).catch(() => null); // some private windows have none
	for (const [index, file] of files.entries()) {
		const response = new Response(file, { headers: { "Content-Type": file.type, "File-Name": encodeURIComponent(file.name) } });
		await cache?.put(`/${index}`, response).catch(() => {});
	}
	if (sessionStorage.getItem(SAVED) !== saved) await caches.delete(name).catch(() => {});
}

/** Without `sub`, nobody gets them. */
export async function takeFiles(sub) {
	const saved = JSON.parse(sessionStorage.getItem(SAVED));
	sessionStorage.removeItem(SAVED);
	if (!saved) return { files: [], missing: 0 };
	const isUsable = saved.sub === sub && !isOld(saved.name);
	const responses = isUsable ? await caches.open(saved.name).then((cache) => cache.matchAll()).catch(() => []) : [];
	const files = await Promise.all(responses.map(async (response) => {
		const blob = await response.blob();
		return new File([blob], decodeURIComponent(response.headers.get("File-Name")), { type: blob.type });
	}));
	await caches.delete(saved.name).catch(() => {});
	return { files, missing: saved.sub === sub ? saved.count - files.length : 0 };
}

export async function sweepFiles() {
	setTimeout(sweepFiles, SWEEP_EVERY_MS);
	for (const name of (await globalThis.caches?.keys().catch(() => [])) ?? []) if (isOld(name)) await caches.delete(name);
}
