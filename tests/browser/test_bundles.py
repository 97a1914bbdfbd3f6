"""Bundles behave like the modules that they are made of: the same values, in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.site.bundle.scripts import bundle_scripts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

URL = "http://modules.test/"
MODULES = {
    "main.js": """
        import "./effects.js";
        import start, { count, increment, Shape as Form, log } from "./parts/counter.js";
        import * as counter from "./parts/counter.js";
        import { isEven } from "./even.js";
        const { a, b: [c, { d = c }], ...rest } = { a: 1, b: [2, {}], e: 3 };
        const name = "main", status = { name, start: start(a), rest }, e = (t, n = () => name) => n() + t
        log("main", a, c, d, status)
        increment(); counter.increment()
        log(count, counter.count, Object.keys(counter), new Form(2).double, isEven(10))
        for (const [n, t] of Object.entries({ x: 1 }))
          for (let t = 0; t < 2; t++) { const n = t; log(n, e(n)) }
        try { undefinedName } catch ({ name: n }) { const t = n; log(t, typeof undefinedName) }
        const late = await import("./parts/late.js"), again = await import("./parts/late.js")
        log(late === again, late.default`a ${1 +
          1}  b`, late.log === log, (await late.load()).own, late.words)
        outer: for (;;) { switch (a) { case 1: { let a = 5; log(a) } break outer; default: log("no") } }
        log((() => { return
          1 })(), 1
          / 2, - -1, + +2, /a\\/[/]  b/g.source, `${`  ${"}"} `}`)
        globalThis.done = log.lines
    """,
    "effects.js": 'import { log } from "./parts/counter.js"; log("effects", typeof increment)',
    "even.js": """
        import { isOdd } from "./odd.js"
        export function isEven(number) { return number === 0 || isOdd(number - 1) }
    """,
    "odd.js": """
        import { isEven } from "./even.js"
        export const isOdd = (number) => number !== 0 && isEven(number - 1)
    """,
    "parts/counter.js": """
        export let count = 0
        export const increment = () => { count++ }
        export default function start(from = count) { return from + count }
        class Square { #side; static made = 0
          static { this.made = 10 }
          constructor(side) { this.#side = side; Square.made++ }
          get double() { return [this.#side * 2, Square.made, #side in this] } }
        export { Square as Shape }
        export { log } from "../log.js"
    """,
    "parts/late.js": """
        import { log } from "./counter.js"
        export * from "../log.js"
        export * as words from "./words.js"
        export const load = async () => import("./words.js")
        export default (parts, ...values) => [parts.raw.join("|"), values]
        log("late", new URL("x.js", import.meta.url).pathname.replace(/^.(bundle|source)/, ""))
    """,
    "parts/words.js": "const own = { photo: 'Foto' }; export { own }; export let log = 'words'",
    "log.js": """
        const lines = []
        export function log(...values) { lines.push(JSON.stringify(values)) }
        log.lines = lines
    """,
}
SOURCES = {f"m/{name}": source.encode() for name, source in MODULES.items()}


def test_bundles_behave_like_their_modules(browser: Browser) -> None:
    bundles = bundle_scripts(["m/main.js"], SOURCES)
    files = {f"{URL}source/{name}": body for name, body in SOURCES.items()}
    files |= {f"{URL}bundle/{name}": body for name, body in bundles.items()}

    def respond(route: Route) -> None:
        route.fulfill(body=files.get(route.request.url, b""), content_type="text/javascript")

    page = browser.new_page()
    page.route(f"{URL}**", respond)
    page.route(URL, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(URL)
    results = [
        page.evaluate("async (url) => { await import(url); return window.done }", f"{URL}{kind}/m/main.js")
        for kind in ("source", "bundle")
    ]
    page.close()
    assert len(results[0]) == 10
    assert results[1] == results[0]
