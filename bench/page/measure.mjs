// Runs Lighthouse once, for a phone, in the tab of a browser that is open at the page:
// node measure.mjs PORT URL warm|cold [REPORT]. With `cold` the browser's cache is empty, with `warm` it has what an earlier
// visit has loaded. Prints the scores and values as JSON.

import { writeFile } from "node:fs/promises";
import lighthouse, { defaultConfig } from "lighthouse";
import puppeteer from "puppeteer-core";

const VALUES = {
	lcp: "largest-contentful-paint",
	cls: "cumulative-layout-shift",
	tbt: "total-blocking-time",
	bytes: "total-byte-weight",
};

const [port, url, cache, report] = process.argv.slice(2);
const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}`, defaultViewport: null });
const page = (await browser.pages()).find((each) => each.url().startsWith(new URL(url).origin));
if (cache === "cold") await (await page.createCDPSession()).send("Network.clearBrowserCache");
else await visit();
// Lighthouse would also remove the sign-in, which the tab's session storage has.
const flags = { disableStorageReset: true, output: "html", logLevel: "error" };
const { lhr, report: html } = await lighthouse(url, flags, undefined, page);
await browser.disconnect();
if (report) await writeFile(report, html);
if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
const scores = Object.entries(lhr.categories).map(([name, { score }]) => [name, score * 100]);
const values = Object.entries(VALUES).map(([name, audit]) => [name, lhr.audits[audit].numericValue]);
const tasks = lhr.audits["long-tasks"].details?.items.map(({ duration }) => duration) ?? [];
const failed = Object.values(lhr.audits).filter(({ score }) => score !== null && score < 0.9).map(({ id }) => id);
console.log(JSON.stringify({ ...Object.fromEntries([...scores, ...values]), tasks: tasks.length, longest: Math.max(0, ...tasks), failed }));

/** Fills the cache with what the page loads on a phone. */
async function visit() {
	const { width, height, deviceScaleFactor } = defaultConfig.settings.screenEmulation;
	await page.goto("about:blank"); // so that the next line loads the page anew
	await page.setViewport({ width, height, deviceScaleFactor, isMobile: true, hasTouch: true });
	await page.goto(url, { waitUntil: "networkidle0" });
}
