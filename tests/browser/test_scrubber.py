"""The timeline at the edge, which jumps to a month."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_library import NEWEST, FakeLibrary
from tests.browser.support import bounding_box, file_names, tiles

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import OpenPage

FIRST_IN_VIEW = """() => {
  const isSeen = (tile) => tile.getBoundingClientRect().bottom > 80;
  return [...document.querySelectorAll(".tile")].find(isSeen).querySelector(".tile-name").textContent;
}"""


def timeline(page: Page) -> Locator:
    return page.get_by_role("slider", name="Timeline")


@pytest.fixture
def library(page: Page, stack: Stack) -> FakeLibrary:
    """Two photos a day, so 600 of them take ten months."""
    library = FakeLibrary(stack, 600)
    for number in range(600):
        at = NEWEST - timedelta(days=number // 2, minutes=number % 2)
        library.change(number, uploadedAt=f"{at:%Y-%m-%dT%H:%M:%S}.000Z")
    library.serve(page)
    expect(tiles(page).first).to_be_visible()
    return library


def test_shows_the_month_that_is_seen(page: Page, library: FakeLibrary) -> None:
    expect(timeline(page)).to_have_attribute("aria-valuetext", "November 2026, 40 photos")
    expect(timeline(page)).to_have_attribute("aria-valuemax", "10")
    expect(timeline(page).locator(".scrubber-marks span")).to_have_count(11)
    expect(timeline(page).locator(".scrubber-marks")).to_have_text("2026")
    page.mouse.move(600, 500)
    page.mouse.wheel(0, 3_000)
    expect(timeline(page)).to_have_attribute("aria-valuetext", "October 2026, 62 photos")


def test_jumps_to_a_month_and_continues_in_both_directions(page: Page, library: FakeLibrary) -> None:
    timeline(page).focus()
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    expect(timeline(page)).to_have_attribute("aria-valuetext", "May 2026, 62 photos")
    # 40 photos of November, then 62, 60, 62, 62 and 60
    expect(page.locator(".tile-name", has_text="picture-346.jpg")).to_be_visible()
    assert {"q": "-status:failed", "until": "2026-05", "limit": "30"} in library.list_queries
    assert "picture-346.jpg" in page.evaluate(FIRST_IN_VIEW)

    page.mouse.move(600, 500)
    page.mouse.wheel(0, -200)
    expect(page.locator(".tile-name", has_text="picture-345.jpg")).to_be_attached()
    for _ in range(4):
        page.mouse.wheel(0, -500)
        page.evaluate("new Promise((done) => requestIdleCallback(done))")
    expect(timeline(page)).not_to_have_attribute("aria-valuetext", "May 2026, 62 photos")
    page.keyboard.press("Home")
    expect(timeline(page)).to_have_attribute("aria-valuetext", "November 2026, 40 photos")
    expect(page.locator(".tile-name", has_text="picture-0.jpg").first).to_be_visible()
    assert file_names(page, 3) == ["picture-0.jpg", "picture-1.jpg", "picture-2.jpg"]


def test_jumps_to_where_it_is_clicked_and_dragged(page: Page, library: FakeLibrary) -> None:
    box = bounding_box(timeline(page))
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(x, box["y"] + box["height"] - 2, steps=4)
    expect(page.locator(".scrubber-bubble")).to_have_css("opacity", "1")
    expect(page.locator(".scrubber-bubble")).to_have_text("January 2026")
    requested = len(library.list_queries)
    page.mouse.up()
    expect(page.locator(".grid-heading", has_text="January 2026")).to_be_visible()
    assert library.list_queries[requested]["until"] == "2026-01"


def test_is_hidden_in_a_search_and_with_one_month(page: Page, library: FakeLibrary, stack: Stack) -> None:
    page.evaluate("location.hash = '#/?q=cat'")
    expect(timeline(page)).to_be_hidden()
    page.unroute_all()
    FakeLibrary(stack, 30).serve(page)
    expect(tiles(page)).to_have_count(10)
    page.evaluate("location.hash = '#/'")
    expect(tiles(page)).to_have_count(30)
    expect(timeline(page)).to_be_hidden()


def test_appears_on_a_phone_while_scrolling(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=390, height=844)
    library = FakeLibrary(stack, 90)
    library.change(89, uploadedAt="2026-01-20T12:00:00.000Z")
    library.serve(page)
    expect(tiles(page).first).to_be_visible()
    expect(page.locator("#scrubber")).to_have_css("opacity", "0")
    page.mouse.move(200, 500)
    page.mouse.wheel(0, 600)
    expect(page.locator("#scrubber")).to_have_css("opacity", "1")
    expect(page.locator("#scrubber")).to_have_css("opacity", "0")
