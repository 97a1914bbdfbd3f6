/** A stub. */

export async function exportImages(format, { query, order, ids }, { onProgress, signal }) {
	onProgress({ exported: 0, failed: 0, total: ids?.length ?? null });
	return { exported: 0, failed: [], fileName: null, message: "There are no photos to export." };
}
