"""The figures of the page: a section of `make bench`."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from bench.figures import Figure, Section
from bench.page.library import Library
from bench.page.lighthouse import Lighthouse, Run, install
from bench.page.scroll import SLOW_FRAME_MS, Scroll, scroll_down
from bench.page.table import format_table
from local.settings import UNLIMITED, stack_parameters, use_local_credentials
from local.stack import Stack
from tests.browser.conftest import CHROMIUM_ARGS, WINDOWED_NAMES, find_chromium
from tests.browser.support import sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from playwright.sync_api import Page

SCORES = ("performance", "accessibility", "best-practices", "seo")
_EMPTY, _SOME, _MANY = 0, 100, 10_000  # pictures
_TIMEOUT_MS = 60_000
_PHOTOGRAPHS = 24


def gallery(size: int) -> str:
    """Return the name of the gallery with as many pictures."""
    return f"gallery of {size:,}"


def measure(*, quick: bool, runs: int = 3, reports: Path | None = None) -> Section:
    """Measure the sign-in page, the gallery of three sizes and the viewer.

    Needs Chromium, Node.js and npm.
    """
    pages, scroll = run(quick=quick, runs=1 if quick else runs, reports=reports)
    return Section((*page_figures(pages), *scroll_figures(scroll)), details(pages))


def run(*, quick: bool, runs: int, reports: Path | None) -> tuple[dict[str, list[Run]], Scroll]:
    """Return the results of each page by its name, and a scroll through the largest gallery."""
    use_local_credentials(os.environ)
    install()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    lighthouse = Lighthouse(port, runs, reports)
    parameters = stack_parameters(os.environ) | UNLIMITED
    with (
        Stack(parameters=parameters, schedules=False, log=lambda name, line: None) as stack,
        _open_page(stack, port) as page,
    ):
        library = Library.of(stack, 8 if quick else _PHOTOGRAPHS)
        url = stack.page_url
        page.goto(url)
        pages = {"sign-in": lighthouse.measure("sign-in", url, "cold")}
        page.goto(url)
        sign_in(page, "alice")
        for size in (_EMPTY, _SOME, _MANY):
            library.grow_to(size)
            pages[gallery(size)] = lighthouse.measure(gallery(size), url, "warm")
        if not quick:
            viewer = f"{url}#/image/{library.ids[0]}"
            pages["viewer"] = lighthouse.measure("viewer", viewer, "warm")
            pages["gallery, empty cache"] = lighthouse.measure("gallery cold", url, "cold")
            pages["viewer, empty cache"] = lighthouse.measure("viewer cold", viewer, "cold")
        return pages, scroll_down(page, url, 5 if quick else 20)


@contextmanager
def _open_page(stack: Stack, port: int) -> Iterator[Page]:
    """Open a tab without a size of its own: Lighthouse sets that of a phone."""
    executable = find_chromium(WINDOWED_NAMES)  # what people have
    if executable is None:
        raise FileNotFoundError("Chromium is missing. Install it or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=[*CHROMIUM_ARGS, f"--remote-debugging-port={port}"]
        )
        page = browser.new_page(no_viewport=True)
        page.set_default_timeout(_TIMEOUT_MS)
        yield page
        browser.close()


def page_figures(pages: Mapping[str, Sequence[Run]]) -> Iterator[Figure]:
    """Yield the figures of the pages as people see them.

    That is the sign-in page with an empty cache, and the others after it.
    """
    for name, runs in pages.items():
        if "empty cache" in name:
            continue
        lowest = tuple(min(each[score] for score in SCORES) for each in runs)
        yield Figure(f"{name}: lowest score", lowest, "", 98, 90, at_least=True, decimals=0)
        yield Figure(f"{name}: LCP", _values(runs, "lcp", 1_000), "s", 1.5, 4)
        yield Figure(f"{name}: CLS", _values(runs, "cls"), "", 0.02, 0.1, decimals=3)
        yield Figure(f"{name}: longest task", _values(runs, "longest"), "ms", 200, 1_000, decimals=0)
    for key, title, limit in (("bytes", "bytes", 1.25), ("lcp", "LCP", 2.0)):
        ratio = _median(pages[gallery(_MANY)], key) / _median(pages[gallery(_SOME)], key)
        yield Figure(f"{title} with {_MANY:,} pictures / {_SOME}", (ratio,), "", 1.1, limit)


def scroll_figures(scroll: Scroll) -> Iterator[Figure]:
    """Yield the figures of a scroll."""
    name = f"scroll past {scroll.photos:,} of {_MANY:,}"
    yield Figure(f"{name}: frames above {SLOW_FRAME_MS} ms", (scroll.slow,), "%", limit=15)
    yield Figure(f"{name}: longest frame", (max(scroll.frames),), "ms", decimals=0)


def details(pages: Mapping[str, Sequence[Run]]) -> tuple[str, ...]:
    """Return all values as a table, and the audits that a page fails."""
    lines = format_table(pages).splitlines()
    for name, runs in pages.items():
        if failed := sorted({audit for each in runs for audit in each["failed"]}):
            lines.append(f"{name}: below 90: {', '.join(failed)}")
    return tuple(lines)


def _values(runs: Sequence[Run], key: str, unit: float = 1) -> tuple[float, ...]:
    return tuple(each[key] / unit for each in runs)


def _median(runs: Sequence[Run], key: str) -> float:
    return median(_values(runs, key))
