"""The gallery: new uploads, an empty library, layout, and accessibility."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import (
    REJECTION_REASON,
    RequestGate,
    axe_violations,
    bounding_box,
    scrolls_sideways,
    tiles,
)

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
    expect(first.locator(".tile-text")).to_contain_text("Person")
    expect(page.locator("#label-groups [data-name=Person]")).to_be_visible()


def test_invites_to_upload_into_an_empty_library(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 0).serve(page)
    expect(page.locator(".gallery-status")).to_contain_text("No photos yet")
    expect(page.get_by_role("group", name="Sample photos").get_by_role("button")).to_have_count(3)
    expect(page.locator("#toolbar")).to_be_hidden()


def test_an_empty_gallery_stays_where_it_is_when_its_labels_arrive(
    open_page: OpenPage, stack: Stack, api_url: str
) -> None:
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    FakeLibrary(stack, 0).serve(page)
    gate = RequestGate(page, f"{api_url}/labels*")
    page.reload()
    invitation = page.get_by_text("No photos yet")
    expect(invitation).to_be_visible()
    top = bounding_box(invitation)["y"]
    gate.release()
    expect(page.locator("#label-groups .hint")).to_have_count(1)
    assert bounding_box(invitation)["y"] == top


@pytest.mark.parametrize("width", [320, 768, 1440, 3840])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_gallery_never_scrolls_sideways(
    open_page: OpenPage, stack: Stack, width: int, direction: str
) -> None:
    page = open_page(width=width, height=720)
    library = FakeLibrary(stack, 60)
    library.change(0, fileName="a-very-long-name-without-a-single-space-" * 4 + ".jpg")
    library.change(1, labels=[{"name": "Extraordinarily-long-" * 4, "confidence": 90.0}])
    library.set_pending(2)
    library.serve(page)
    page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
    expect(tiles(page).first).to_be_attached()
    assert not scrolls_sideways(page)
    first, second = (bounding_box(tiles(page).nth(index)) for index in range(2))
    assert (first["x"] < second["x"]) == (direction == "ltr")


def test_names_a_photo_and_three_labels_on_hover_and_focus(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 2)
    labels = ["Person", "Flower", "Mammal", "Animal"]
    library.change(0, labels=[{"name": name, "confidence": 90.0} for name in labels])
    library.change(
        0, favorite=True, decision={"value": "hidden", "by": "a", "at": "2026-11-20T12:00:00.000Z"}
    )
    library.serve(page)
    first = tiles(page).first
    expect(first.locator(".tile-name")).to_have_text("picture-0.jpg")
    expect(first.locator(".tile-name")).to_have_css("opacity", "0")
    expect(first.locator(".tile-marks .icon")).to_have_count(2)
    first.hover()
    expect(first.locator(".tile-name")).to_have_css("opacity", "1")
    expect(first.locator(".tile-text")).to_have_text("Person · Flower · Mammal")
    expect(first.get_by_role("link")).to_have_accessible_name(
        "picture-0.jpg, favorite, hidden: Person, Flower, and Mammal"
    )
    tiles(page).nth(1).locator(".tile-link").focus()
    expect(tiles(page).nth(1).locator(".tile-text")).to_have_css("opacity", "1")


def test_groups_photos_by_day_and_month(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 4)
    now = datetime.now(UTC)
    for number, at in enumerate([now, now - timedelta(days=1), now - timedelta(days=4)]):
        library.change(number, uploadedAt=f"{at:%Y-%m-%dT%H:%M:%S}.000Z")
    library.change(3, uploadedAt="2024-05-03T12:00:00.000Z")
    library.serve(page)
    day = f"{now - timedelta(days=4):%A, %B} {(now - timedelta(days=4)).day}"
    headings = page.get_by_role("list", name="Photos").get_by_role("heading")
    expect(headings).to_have_text(["Today", "Yesterday", day, "May 2024"])
    library.change(0, takenAt="2020-02-01T23:59:59.000Z")
    page.locator("#order").select_option("taken")
    expect(headings.last).to_have_text("February 2020")
    expect(page.locator(".tile-name").last).to_have_text("picture-0.jpg")


@pytest.mark.parametrize(
    ("locale", "day"),
    [("en-US", "Friday, November 20"), ("en-GB", "Friday 20 November"), ("de-AT", "Freitag, 20. November")],
)
def test_dates_follow_the_locale(open_page: OpenPage, stack: Stack, locale: str, day: str) -> None:
    page = open_page(locale=locale)
    FakeLibrary(stack, 3).serve(page)
    expect(page.locator(".grid-heading")).to_have_text(day)


def test_the_first_photo_is_on_the_first_screen_of_a_phone(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    FakeLibrary(stack, 3).serve(page)
    expect(page.locator("#quick-filters button").first).to_be_visible()
    assert bounding_box(page.locator(".tile").first)["y"] < 260


def test_covers_a_flagged_photo_and_its_name(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.change(0, flags=["Violence"])
    approved = {"value": "approved", "by": "alice@example.com", "at": "2026-11-20T12:00:00.000Z"}
    library.change(1, flags=["Violence"], decision=approved)
    library.serve(page)
    first, second = tiles(page).nth(0), tiles(page).nth(1)
    expect(first.locator("img")).to_have_css("filter", "blur(18px)")
    expect(first).not_to_contain_text("picture-0")
    expect(first.get_by_role("link")).to_have_accessible_name("Sensitive photo: Person and Cat")
    expect(first.get_by_role("checkbox")).to_have_accessible_name("Select Sensitive photo")
    expect(second.locator("img")).to_have_css("filter", "none")


def test_gallery_has_no_accessibility_violations(open_page: OpenPage, stack: Stack, appearance: Json) -> None:
    page = open_page(**appearance)
    FakeLibrary(stack, 0).serve(page)
    expect(page.locator(".gallery-status")).to_contain_text("No photos yet")
    assert axe_violations(page) == [], "empty"

    page.unroute_all()
    library = FakeLibrary(stack, 40)
    library.set_failed(1, REJECTION_REASON)
    library.set_failed(3, "Try again later.", "unavailable")
    library.set_pending(0)
    library.change(4, flags=["Violence"], favorite=True)
    library.change(39, uploadedAt="2026-09-20T12:00:00.000Z")
    library.serve(page)
    expect(tiles(page).nth(1).locator("img")).to_be_attached()
    expect(page.get_by_role("slider", name="Timeline")).to_be_attached()
    tiles(page).nth(1).locator(".tile-link").focus()
    assert axe_violations(page) == [], "full"

    page.evaluate("location.hash = '#/?q=nothing'")
    expect(page.get_by_role("link", name="Clear search")).to_be_visible()
    assert axe_violations(page) == [], "nothing found"

    page.evaluate("location.hash = '#/?q=status%3Afailed'")
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()
    expect(tiles(page)).to_have_count(2)
    assert axe_violations(page) == [], "attention"
    assert not scrolls_sideways(page)

    library.list_reachable = False
    page.reload()
    expect(page.locator(".gallery-status .error-box")).to_be_visible()
    assert axe_violations(page) == [], "failed"
