"""The gallery: new uploads, an empty library, layout, and accessibility."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import REJECTION_REASON, axe_violations, bounding_box, scrolls_sideways, tiles

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, NewFile, OpenPage


def test_shows_a_new_upload_and_its_labels(open_page: OpenPage, new_file: NewFile) -> None:
    page = open_page()
    page.set_input_files("#files", new_file())

    first = tiles(page).first
    expect(first).to_have_attribute("data-status", "done")
    picture = first.locator("img")
    expect(picture).to_be_visible()
    picture.evaluate("(image) => image.decode()")
    assert picture.evaluate("({naturalWidth, naturalHeight}) => [naturalWidth, naturalHeight]") == [480, 480]
    expect(first.get_by_role("link", name="Person", exact=True)).to_be_visible()
    expect(page.locator(".label").filter(has_text="Person")).to_be_visible()


def test_shows_a_hint_in_an_empty_library(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 0).serve(page)
    expect(page.locator(".gallery-status")).to_contain_text("No photos yet")
    expect(page.locator(".gallery-status")).to_contain_text(
        "Your photos will appear here, newest first. Or try one of these:"
    )
    expect(page.locator(".illustration")).to_be_visible()
    expect(page.locator("#search")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 768, 1440, 3840])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_gallery_never_scrolls_sideways(
    open_page: OpenPage, stack: Stack, width: int, direction: str
) -> None:
    page = open_page(width=width, height=720)
    library = FakeLibrary(stack, 60)
    library.change(0, fileName="a-very-long-name-without-a-single-space-" * 4 + ".jpg")
    library.change(1, labels=[{"name": "Extraordinarily-long-" * 4, "confidence": 90.0}])
    library.set_failed(2, REJECTION_REASON)
    library.serve(page)
    page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
    expect(tiles(page).first).to_be_attached()
    page.locator("#search").click()
    assert not scrolls_sideways(page)
    page.locator(".labels").evaluate("(labels) => { labels.open = true; }")
    assert not scrolls_sideways(page)
    first, second = (bounding_box(tiles(page).nth(index)) for index in range(2))
    assert (first["x"] < second["x"]) == (direction == "ltr")


def test_shows_no_cut_off_labels_on_a_phone(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=320, height=720)
    library = FakeLibrary(stack, 1)
    labels = ["Person", "Flower", "Mammal"]
    library.change(0, labels=[{"name": name, "confidence": 90.0} for name in labels])
    library.serve(page)
    expect(tiles(page).get_by_role("link", name="Person", exact=True)).to_be_visible()
    chips = tiles(page).locator(".chips")
    shown = chips.evaluate(
        """(chips) => [...chips.children]
          .filter((chip) => chip.getBoundingClientRect().top < chips.getBoundingClientRect().bottom)
          .map((chip) => [chip.textContent, chip.scrollWidth > chip.clientWidth])"""
    )
    assert shown == [["Person", False], ["Flower", False]]


def test_gallery_has_no_accessibility_violations(open_page: OpenPage, stack: Stack, appearance: Json) -> None:
    page = open_page(**appearance)
    FakeLibrary(stack, 0).serve(page)
    expect(page.locator(".gallery-status")).to_contain_text("No photos yet")
    assert axe_violations(page) == [], "empty"

    page.unroute_all()
    library = FakeLibrary(stack, 40)
    library.set_failed(1, REJECTION_REASON)
    library.set_pending(2)
    library.serve(page)
    expect(tiles(page).first.locator("img")).to_be_attached()
    page.locator(".labels").evaluate("(labels) => { labels.open = true; }")
    expect(page.locator(".label")).to_have_count(2)
    assert axe_violations(page) == [], "full"

    search = page.locator("#search")
    search.press_sequentially("pe")
    expect(page.locator(".suggestion")).to_have_count(1)
    search.press("ArrowDown")
    assert axe_violations(page) == [], "searching"
    search.press("Enter")
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()
    assert axe_violations(page) == [], "filtered"

    library.list_reachable = False
    page.reload()
    expect(page.locator(".gallery-status .error-box")).to_be_visible()
    assert axe_violations(page) == [], "failed"
