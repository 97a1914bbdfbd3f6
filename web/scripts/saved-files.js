/** Files that aren't uploaded yet, for the time that the page is left to renew the sign-in. */

const SAVED = "saved-files"; // in sessionStorage
const MAX_AGE_MS = 600_000;

export async function saveFiles(files) {
	if (files.length === 0) return;
	const name = `${Date.now()}-${crypto.randomUUID()}`;
	const saved = JSON.stringify({ name, count: files.length });
	sessionStorage.setItem(SAVED, saved);
	const cache = await caches.open(name).catch(() => null); // some private windows have none
	for (const [index, file] of files.entries()) {
		const response = new Response(file, { headers: { "Content-Type": file.type, "File-Name": encodeURIComponent(file.name) } });
		await cache?.put(`/${index}`, response).catch(() => {});
	}
	if (sessionStorage.getItem(SAVED) !== saved) await caches.delete(name).catch(() => {}); // signed out meanwhile
}

/** Also deletes what a closed tab has left. */
export async function takeFiles() {
	const { name, count = 0 } = JSON.parse(sessionStorage.getItem(SAVED)) ?? {};
	sessionStorage.removeItem(SAVED);
	const responses = name ? await caches.open(name).then((cache) => cache.matchAll()).catch(() => []) : [];
	const files = await Promise.all(responses.map(async (response) => {
		const blob = await response.blob();
		return new File([blob], decodeURIComponent(response.headers.get("File-Name")), { type: blob.type });
	}));
	for (const each of (await globalThis.caches?.keys().catch(() => [])) ?? []) {
		if (each === name || Number.parseInt(each, 10) < Date.now() - MAX_AGE_MS) await caches.delete(each);
	}
	return { files, missing: count - files.length };
}
