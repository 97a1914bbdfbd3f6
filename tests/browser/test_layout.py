"""Layout, accessibility, loading, and size of the page."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import (
    RequestGate,
    axe_violations,
    bounding_box,
    expect_upload_phase,
    scrolls_sideways,
    sign_in,
    upload_and_open,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack
    from tests.browser.support import Json, NewFile, OpenPage, ReplaceResult


WEB = Path(__file__).parents[2] / "web"
MAX_BYTES = 120_000  # bytes, uncompressed
MAX_COMPRESSED_BYTES = 35_000


def test_has_no_accessibility_violations_from_sign_in_to_result(
    open_page: OpenPage,
    new_file: NewFile,
    full_result: Json,
    replace_result: ReplaceResult,
    images_url: str,
    appearance: Json,
) -> None:
    page = open_page(user=None, **appearance)
    expect(page.locator("#welcome")).to_be_visible()
    assert axe_violations(page) == [], "signed out"

    sign_in(page, "alice")
    assert axe_violations(page) == [], "signed in"

    gate = RequestGate(page, images_url)
    page.set_input_files("#files", new_file())
    expect_upload_phase(page, "recognizing")
    assert axe_violations(page) == [], "recognizing"

    flags = [{"Name": "Alcohol", "ParentName": "", "Confidence": 91.0}]
    failed = {"custom": {"Code": "x", "Message": "Not running."}}
    replace_result(page, full_result | {"ModerationLabels": flags, "Errors": failed})
    gate.release()
    viewer = page.locator("#viewer")
    expect(viewer).to_have_attribute("data-ready", "")
    assert axe_violations(page) == [], "blurred"

    viewer.get_by_role("button", name="View photo").click()
    viewer.get_by_role("button", name="Helmet").click()
    viewer.get_by_text("View JSON").click()
    assert axe_violations(page) == [], "opened"

    page.keyboard.press("Escape")
    page.set_input_files("#files", {"name": "empty.jpg", "mimeType": "image/jpeg", "buffer": b""})
    expect(page.locator(".upload[data-phase=failed] .error-box")).to_be_visible()
    assert axe_violations(page) == [], "failed"


def test_has_no_accessibility_violations_in_gallery_and_viewer(
    open_page: OpenPage, stack: Stack, images_url: str, appearance: Json
) -> None:
    page = open_page(**appearance)
    library = FakeLibrary(stack, 30)
    library.set_failed(1, "The picture is damaged.")
    library.set_pending(2)
    library.set_pending(3, uploaded_at=datetime(2026, 1, 1, tzinfo=UTC))
    library.serve(page)
    expect(page.locator(".tile").first).to_be_visible()
    expect(page.locator(".label")).to_have_count(2)
    page.locator("#search").fill("person")  # expands the labels
    expect(page.locator(".label:visible")).to_have_count(1)
    assert axe_violations(page) == [], "gallery"

    gate = RequestGate(page, images_url)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).click()
    viewer = page.locator("#viewer")
    expect(viewer).to_contain_text("Loading…")
    assert axe_violations(page) == [], "loading"

    gate.release()
    expect(viewer).to_have_attribute("data-ready", "")
    page.keyboard.press("+")
    assert axe_violations(page) == [], "zoomed"

    page.keyboard.press("Delete")
    page.locator(".toast button").focus()  # keeps the toast open
    expect(viewer.locator(".error-box")).to_be_visible()
    assert axe_violations(page) == [], "failed, with a toast"


@pytest.mark.parametrize("width", [320, 768, 1440, 3840])
def test_never_scrolls_sideways(
    open_page: OpenPage,
    new_file: NewFile,
    full_result: Json,
    replace_result: ReplaceResult,
    width: int,
) -> None:
    page = open_page(width=width, height=720, user=None)
    expect(page.locator("#welcome")).to_be_visible()
    assert not scrolls_sideways(page), "signed out"
    sign_in(page, "alice")
    assert not scrolls_sideways(page), "signed in"
    replace_result(page, full_result)
    name = "a-very-long-name-without-a-single-space-" * 4
    viewer = upload_and_open(page, new_file() | {"name": f"{name}.jpg"})
    viewer.get_by_text("View JSON").click()
    assert not scrolls_sideways(page), "viewer"
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    assert not scrolls_sideways(page), "done"
    page.set_input_files("#files", {"name": f"{name}.png", "mimeType": "image/png", "buffer": b""})
    expect(page.locator(".upload[data-phase=failed] .error-box")).to_be_visible()
    assert not scrolls_sideways(page), "failed"


def test_truncates_a_long_account_name_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(width=320)
    name = page.locator("#account-name")
    name.evaluate("(name) => { name.textContent = 'a.long.name@' + 'a.long.domain.'.repeat(5); }")
    assert not scrolls_sideways(page)
    out = page.get_by_role("button", name="Sign out")
    expect(out).to_be_in_viewport(ratio=1)
    assert out.evaluate("(button) => button.getBoundingClientRect().height") < 44  # one line


def test_dark_mode_changes_the_background(open_page: OpenPage) -> None:
    light, dark = (
        open_page(color_scheme=scheme)
        .locator("body")
        .evaluate("(body) => getComputedStyle(body).backgroundColor")
        for scheme in ("light", "dark")
    )
    assert (light, dark) == ("rgb(251, 248, 243)", "rgb(21, 20, 18)")


def test_mirrors_the_layout_but_not_the_photo_in_rtl(
    page: Page, new_file: NewFile, full_result: Json, replace_result: ReplaceResult
) -> None:
    replace_result(page, full_result)
    page.evaluate("document.documentElement.dir = 'rtl'")
    viewer = upload_and_open(page, new_file())

    def left(selector: str, text: str = "") -> float:
        return bounding_box(viewer.locator(selector, has_text=text).first)["x"]

    assert left(".viewer-panel") < left(".image-view")
    assert left(".box", "Flag") == pytest.approx(left(".image-view-img"), abs=1)
    row = '.item[data-name="Person"]'
    assert left(f"{row} .item-value") < left(f"{row} .item-name")
    assert left("[aria-label='Delete']") < left("[aria-label='Close']")
    assert not scrolls_sideways(page)


RECORD_SHIFTS = """() => {
  window.shifts = [];
  const nameOf = ({node}) => node?.id || node?.className || node?.nodeName;
  const record = ({value, sources}) => window.shifts.push([value, ...sources.map(nameOf)]);
  new PerformanceObserver((list) => list.getEntries().forEach(record)).observe({type: "layout-shift"});
}"""


def layout_shifts(page: Page) -> list[list[Any]]:
    """Return what moved, largest shift first. Empty if the sum is too small to notice."""
    moved: list[list[Any]] = sorted(page.evaluate("window.shifts"), reverse=True)
    return moved if sum(value for value, *_ in moved) >= 0.01 else []


def upload_and_hold_results(
    page: Page, new_file: NewFile, images_url: str, *names: str
) -> Callable[[], None]:
    """Upload files and hold their results. Return a function that releases them.

    Similar images are uploaded first, so that the labels don't change.
    """
    page.set_input_files("#files", [new_file("chelsea.jpg"), new_file("astronaut.jpg")])
    expect_upload_phase(page, "done", 2)
    for label in ("Cat", "Person"):
        expect(page.locator(f".label[data-name={label}]")).to_be_visible()
    gate = RequestGate(page, images_url)
    page.set_input_files("#files", [new_file(name) for name in names])
    expect_upload_phase(page, "recognizing", len(names))
    expect(page.locator(".tile[data-status=pending]")).to_have_count(len(names))

    def release() -> None:
        page.evaluate(RECORD_SHIFTS)
        gate.release()

    return release


def test_results_of_several_uploads_cause_no_layout_shift(
    open_page: OpenPage, new_file: NewFile, images_url: str
) -> None:
    page = open_page(height=1000)
    release = upload_and_hold_results(page, new_file, images_url, "chelsea.jpg", "astronaut.jpg")
    release()
    expect_upload_phase(page, "done", 2)
    expect(page.locator(".tile[data-status=pending]")).to_have_count(0)
    assert layout_shifts(page) == []


def test_result_of_one_upload_causes_no_layout_shift(
    open_page: OpenPage, new_file: NewFile, full_result: Json, replace_result: ReplaceResult, images_url: str
) -> None:
    page = open_page(height=1000)
    release = upload_and_hold_results(page, new_file, images_url, "chelsea.jpg")
    replace_result(page, full_result)
    release()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    expect(page.locator(".image-view-img")).to_have_js_property("naturalWidth", 451)
    assert layout_shifts(page) == []


class References(HTMLParser):
    """Collects what index.html loads, and inline code that the content security policy forbids."""

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


def test_index_html_loads_every_file_and_has_no_inline_code() -> None:
    references = References()
    references.feed((WEB / "index.html").read_text())
    files = {
        path.relative_to(WEB).as_posix()
        for path in WEB.rglob("*")
        if path.is_file() and path.name != "index.html"
    }

    assert references.forbidden == []
    assert sorted(references.loads) == sorted(files | {"config.json"})


def test_page_and_modules_stay_within_their_size_limits() -> None:
    files = [path for path in WEB.rglob("*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in sorted(files))
    assert len(content) < MAX_BYTES
    assert len(gzip.compress(content)) < MAX_COMPRESSED_BYTES
    assert {
        path.name for path in files if path.suffix == ".js" and len(path.read_text().splitlines()) >= 200
    } == set()


def test_scripts_never_parse_text_as_markup() -> None:
    unsafe = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|localStorage")
    assert [path.name for path in (WEB / "scripts").glob("*.js") if unsafe.search(path.read_text())] == []
