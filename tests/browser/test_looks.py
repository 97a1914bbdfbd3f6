"""How the page looks and loads: any width, both schemes, for everybody, small and in one round."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support import violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack
    from tests.browser.support import Answer, Document, Fresh


WEB = Path(__file__).parents[2] / "web"
LARGEST = 120_000  # bytes, uncompressed
LARGEST_COMPRESSED = 35_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_in_any_state(
    open_page: Callable[..., Page],
    stack: Stack,
    fresh: Fresh,
    everything: Document,
    answer_with: Answer,
    scheme: str,
    width: int,
) -> None:
    page = open_page(width=width, color_scheme=scheme, reduced_motion="reduce")
    assert violations(page) == [], "empty"

    images = f"{stack.api_url.rstrip('/')}/images/*"
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route(images, hold)
    page.set_input_files("#files", fresh())
    expect(page.locator(".card")).to_have_attribute("data-phase", "recognising")
    assert violations(page) == [], "busy"

    flags = [{"Name": "Alcohol", "ParentName": "", "Confidence": 91.0}]
    answer_with(
        page,
        everything
        | {"ModerationLabels": flags, "Errors": {"custom": {"Code": "x", "Message": "Not running."}}},
    )
    page.unroute(images, hold)
    for route in held:  # the gallery asks as well
        route.fallback()
    expect(page.locator("[data-drawn]")).to_be_visible()
    assert violations(page) == [], "covered"

    page.get_by_role("button", name="Show the picture").click()
    page.get_by_role("button", name="Show all").first.click()
    page.get_by_text("As a table").click()
    page.get_by_text("As JSON").click()
    assert violations(page) == [], "done"

    page.set_input_files("#files", {"name": "empty.jpg", "mimeType": "image/jpeg", "buffer": b""})
    expect(page.locator(".failure")).to_be_visible()
    assert violations(page) == [], "failed"


@pytest.mark.parametrize("width", [320, 768, 1440, 3840])
def test_nothing_is_wider_than_the_window(
    open_page: Callable[..., Page],
    fresh: Fresh,
    everything: Document,
    answer_with: Answer,
    width: int,
) -> None:
    page = open_page(width=width, height=720)
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(fits), "empty"
    answer_with(page, everything)
    page.set_input_files(
        "#files", fresh() | {"name": "a-very-long-name-without-a-single-space-" * 4 + ".jpg"}
    )
    expect(page.locator("[data-drawn]")).to_be_visible()
    page.get_by_text("As a table").click()
    page.get_by_text("As JSON").click()
    assert page.evaluate(fits), "done"


def test_the_schemes_differ(open_page: Callable[..., Page]) -> None:
    light, dark = (
        open_page(color_scheme=scheme)
        .locator("body")
        .evaluate("(body) => getComputedStyle(body).backgroundColor")
        for scheme in ("light", "dark")
    )
    assert (light, dark) == ("rgb(251, 248, 243)", "rgb(21, 20, 18)")


def test_a_script_from_right_to_left_mirrors_the_page_but_not_the_picture(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.set_input_files("#files", fresh())
    expect(page.locator("[data-drawn]")).to_be_visible()

    picture, side = page.locator(".picture").bounding_box(), page.locator(".card-side").bounding_box()
    image, flag = (
        page.locator(".picture-image").bounding_box(),
        page.locator(".box", has_text="Flag").bounding_box(),
    )
    assert picture is not None
    assert side is not None
    assert image is not None
    assert flag is not None
    assert side["x"] < picture["x"]
    assert flag["x"] == pytest.approx(image["x"], abs=1)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_result_moves_nothing(open_page: Callable[..., Page], fresh: Fresh) -> None:
    page = open_page(height=1000)
    page.set_input_files("#files", [fresh("chelsea.jpg"), fresh()])
    page.evaluate("""() => {
      window.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach(({value}) => (window.shift += value)))
        .observe({type: "layout-shift"});
    }""")
    expect(page.locator("[data-drawn]")).to_have_count(2)
    assert page.evaluate("window.shift") < 0.01


class References(HTMLParser):
    """What index.html asks the browser to load, and what a strict policy would forbid in it."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.forbidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "link" or (tag == "script" and "src" in values):
            self.loads.append(values.get("href") or values.get("src") or "")
        elif tag in ("script", "style"):
            self.forbidden.append(tag)
        self.forbidden += [f"{tag} {name}" for name, _ in attrs if name == "style" or name.startswith("on")]


def test_everything_is_asked_for_in_one_round() -> None:
    references = References()
    references.feed((WEB / "index.html").read_text())
    files = {
        path.relative_to(WEB).as_posix()
        for path in WEB.rglob("*")
        if path.is_file() and path.name != "index.html"
    }

    assert references.forbidden == []
    assert sorted(references.loads) == sorted(files | {"config.json"})


def test_the_page_is_small_and_its_modules_too() -> None:
    files = [path for path in WEB.rglob("*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in sorted(files))
    assert len(content) < LARGEST
    assert len(gzip.compress(content)) < LARGEST_COMPRESSED
    assert {
        path.name for path in files if path.suffix == ".js" and len(path.read_text().splitlines()) >= 200
    } == set()


def test_no_module_makes_markup_from_text() -> None:
    unsafe = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|localStorage")
    assert [path.name for path in (WEB / "scripts").glob("*.js") if unsafe.search(path.read_text())] == []
