"""Layout: widths, dark mode, right-to-left text, and layout shifts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import (
    RequestGate,
    bounding_box,
    expect_summary,
    expect_upload_phase,
    open_account,
    scrolls_sideways,
    sign_in,
    upload_and_open,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack
    from tests.browser.support import Json, NewFile, OpenPage, ReplaceResult


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
    viewer.get_by_text("Details", exact=True).click()
    viewer.get_by_text("View JSON").click()
    assert not scrolls_sideways(page), "viewer"
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    assert not scrolls_sideways(page), "done"
    page.set_input_files("#files", {"name": f"{name}.png", "mimeType": "image/png", "buffer": b""})
    expect_summary(page, "1 photo failed")
    if width == 320:
        page.locator("#upload-toggle").click()
    expect(page.locator(".upload[data-phase=failed]")).to_be_visible()
    assert not scrolls_sideways(page), "failed"


def test_truncates_a_long_account_name_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(width=320)
    account = open_account(page)
    name = account.locator("#account-name")
    name.evaluate("(name) => { name.textContent = 'a.long.name@' + 'a.long.domain.'.repeat(5); }")
    assert not scrolls_sideways(page)
    out = account.get_by_role("button", name="Sign out")
    expect(out).to_be_in_viewport(ratio=1)
    assert out.evaluate("(button) => button.getBoundingClientRect().height") < 44  # one line


def test_dark_mode_changes_the_background(open_page: OpenPage) -> None:
    light, dark = (
        open_page(color_scheme=scheme)
        .locator("body")
        .evaluate("(body) => getComputedStyle(body).backgroundColor")
        for scheme in ("light", "dark")
    )
    assert (light, dark) == ("rgb(251, 250, 248)", "rgb(21, 21, 20)")


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
        expect(page.locator(f".facet-button[data-name={label}]")).to_be_visible()
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


def test_keeps_the_samples_aligned_and_their_names_on_one_line_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(width=320)
    expect(page.locator(".sample")).to_have_count(3)
    tops, heights = (
        page.locator(f".sample{part}").evaluate_all(
            f"(all) => all.map((each) => Math.round(each.getBoundingClientRect().{side}))"
        )
        for part, side in ((" img", "top"), ("", "height"))
    )
    assert len(set(tops)) == 1
    assert len(set(heights)) == 1
    assert not scrolls_sideways(page)


@pytest.mark.parametrize("width", [320, 1440])
def test_ends_a_long_failure_in_a_tile_with_an_ellipsis(
    open_page: OpenPage, stack: Stack, width: int
) -> None:
    page = open_page(width=width)
    library = FakeLibrary(stack, 2)
    library.set_failed(0, "This file isn't an image. " + "Choose a file in another format. " * 12)
    library.serve(page)
    message = page.locator(".tile-message").first
    assert message.evaluate("(text) => getComputedStyle(text).webkitLineClamp") == "5"
    assert message.evaluate("(text) => text.scrollHeight > text.clientHeight")
    tile, text = bounding_box(page.locator(".tile-link").first), bounding_box(message)
    assert tile["y"] < text["y"]
    assert text["y"] + text["height"] < tile["y"] + tile["height"]
