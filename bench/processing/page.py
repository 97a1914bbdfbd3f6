"""From a picture's result to its boxes on the page, in Chromium."""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import Error, sync_playwright

from bench.figures import Figure
from bench.usage.picture import draw
from tests.browser.conftest import CHROMIUM_ARGS, WINDOWED_NAMES, find_chromium
from tests.browser.support import sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from bench.processing.stack import SlowStack

_TIMEOUT_MS = 60_000
_GOAL, _LIMIT = 300, 2000  # milliseconds
# Notes the time of the first frame with the boxes of a viewer that is ready.
_WATCH = """
let isShown = false;
new MutationObserver(() => {
  const wasShown = isShown;
  isShown = Boolean(document.querySelector("#viewer[data-ready] .box"));
  if (wasShown || !isShown) return;
  requestAnimationFrame(() => {
    document.documentElement.dataset.shownAt = performance.timeOrigin + performance.now();
  });
}).observe(document, {subtree: true, childList: true, attributeFilter: ["data-ready"]});
"""
_FORGET = "location.hash = '#/'; delete document.documentElement.dataset.shownAt"


def measure_page(running: SlowStack, numbers: range) -> Figure:
    """Return the time from `done` to the frame with the boxes, for a picture that the page uploads."""
    with _open(running) as page:
        waits = tuple(_wait(running, page, number) for number in numbers)
    return Figure("done to boxes on the page", waits, "ms", goal=_GOAL, limit=_LIMIT, decimals=0)


def _wait(running: SlowStack, page: Page, number: int) -> float:
    content = draw(number)
    page.evaluate(_FORGET)
    page.locator("#viewer").wait_for(state="hidden")
    file = {"name": f"picture-{number}.jpg", "mimeType": "image/jpeg", "buffer": content}
    page.set_input_files("#files", file)  # type: ignore[arg-type]
    page.locator("html[data-shown-at]").wait_for()
    shown = float(page.evaluate("document.documentElement.dataset.shownAt"))
    done = running.completions.wait(hashlib.sha256(content).hexdigest())
    clock = time.time() - time.perf_counter()
    return shown - (done + clock) * 1000


@contextmanager
def _open(running: SlowStack) -> Iterator[Page]:
    """Open the page in Chromium, and sign in. Raises Error if there is no Chromium."""
    executable = find_chromium(WINDOWED_NAMES)
    if executable is None:
        raise Error("Chromium is missing. Install it or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(_TIMEOUT_MS)
        page.add_init_script(_WATCH)
        page.goto(running.stack.page_url)
        sign_in(page, "alice")
        yield page
        browser.close()
