/*
 * Runs before the first paint: people who have a session see the frame at once, and those who may have one no sign-in page.
 * What they will see is requested now, before the stylesheet and the modules have arrived. The published index.html has this
 * script in it, and the content security policy in template.yaml has its digest.
 */
{
	const FIRST_PICTURES = 12; // on a phone's first screen
	const TIMEOUT_MS = 30_000; // API Gateway's
	const { dataset } = document.documentElement;
	const isReturning = /\breturning=1/.test(document.cookie);
	if ("user" in sessionStorage) dataset.returning = "session";
	else if (isReturning || /[?&]state=/.test(location.search)) dataset.returning = "maybe";
	if (dataset.returning) document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", fetchPriority: "low", href: ownUrl("scripts/app.js") }));
	else loadPicture(ownUrl("samples/coffee.avif")); // of the sign-in page

	const { token, usableUntil } = JSON.parse(sessionStorage.getItem("token")) ?? {};
	const api = document.querySelector("link[rel=preconnect]")?.href.replace(/\/$/, ""); // the first is that of the API
	const image = /^#\/image\/([0-9a-f]{64})$/.exec(location.hash);
	const isGallery = /^(#\/?)?$/.test(location.hash);
	if (api && isReturning && Date.now() < usableUntil && (image || isGallery)) {
		const url = api + (image ? `/images/${image[1]}` : "/images?q=-status%3Afailed&limit=30");
		const response = fetch(url, { headers: { Authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(TIMEOUT_MS) });
		const early = (globalThis.early = { url, token, response }); // until the page takes it
		response.then((found) => found.clone().json()).then((body) => (early.pictures = loadPictures(body))).catch(() => {}); // the page handles the error
	}

	addEventListener("error", ({ target }) => target.tagName === "SCRIPT" && showFailure(), true); // of a request: it doesn't bubble

	/** In English: the words are in the modules that can't be loaded. */
	function showFailure() {
		const [button, wait, text] = ["sign-in", "signing-in", "welcome-error"].map((id) => document.getElementById(id));
		delete dataset.returning;
		wait.hidePopover();
		text.textContent = text.dataset.unloaded;
		button.textContent = button.dataset.retry;
		button.removeAttribute("popovertarget");
		button.onclick = () => location.reload();
	}

	function ownUrl(path) {
		return new URL(path, document.querySelector("link[rel=icon]").href).href; // in the folder of the release
	}

	function loadPictures({ links, images = [] }) {
		const urls = links ? [links.preview] : images.slice(0, FIRST_PICTURES).map(({ thumbnailUrl }) => thumbnailUrl);
		return urls.filter(Boolean).map(loadPicture);
	}

	function loadPicture(src) {
		return Object.assign(new Image(), { fetchPriority: "high", src });
	}
}
