"""What is around the photos: the account, the keys, the drawer of filters, and the connection."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary, quota
from tests.browser.support import (
    axe_violations,
    bounding_box,
    open_account,
    scrolls_sideways,
    sign_in,
    tiles,
)

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, OpenPage


def test_the_account_shows_the_person_the_cost_and_the_quota(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(timezone_id="UTC")
    FakeLibrary(stack, 3, quota=quota(88, 200)).serve(page)
    opener = page.get_by_role("button", name="Account of alice@example.com")
    expect(opener).to_have_text("A")
    account = open_account(page)
    expect(account).to_contain_text("alice@example.com")
    expect(account.locator("#usage")).to_contain_text(re.compile(r"recognized this month.* about \$"))
    expect(account.locator(".quota-meter")).to_have_text(
        [
            "Uploads today12 of 100 leftResets on November 27 at 12:00 AM",
            "Uploads this month800 of 1,000 leftResets on December 1 at 12:00 AM",
        ]
    )
    meters = account.get_by_role("progressbar")
    expect(meters.first).to_have_accessible_name("Uploads today: 12 of 100 left")
    expect(meters.first).to_have_attribute("data-scarce", "")
    expect(meters.last).not_to_have_attribute("data-scarce", "")
    page.keyboard.press("Escape")
    expect(account).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_account_and_the_keys_are_accessible_and_fit(open_page: OpenPage, appearance: Json) -> None:
    page = open_page(**appearance)
    account = open_account(page)
    assert axe_violations(page) == [], "account"
    box = bounding_box(account)
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= appearance["width"]
    account.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    expect(account).to_be_hidden()
    assert axe_violations(page) == [], "keys"
    assert not scrolls_sideways(page)


def test_a_question_mark_lists_the_keys(page: Page) -> None:
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    expect(keys.get_by_role("heading", level=3)).to_have_text(
        ["Everywhere", "Search field", "Gallery", "Selection", "Photo", "Review"]
    )
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.locator("#search").press("?")
    expect(page.locator("#search")).to_have_value("?")
    expect(keys).to_be_hidden()


def test_escape_closes_the_keys_and_not_the_photo_behind(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    page.locator(".tile-link").first.click()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    expect(page.locator("#viewer")).to_be_visible()


def test_keys_go_to_the_search_and_choose_files_in_the_viewer_too(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    expect(tiles(page)).to_have_count(3)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Escape")  # closes the suggestions, which cover the photos
    page.locator(".tile-link").first.click()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    with page.expect_file_chooser():
        page.keyboard.press("u")


def test_on_a_phone_the_filters_are_a_drawer(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=390, height=844)
    FakeLibrary(stack, 3).serve(page)
    drawer = page.locator("#sidebar")
    expect(drawer).to_be_hidden()
    opener = page.get_by_role("button", name="Show filters")
    opener.click()
    expect(drawer).to_be_visible()
    assert bounding_box(drawer)["height"] == 844
    assert axe_violations(page) == []
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    page.evaluate("location.hash = '#/?q=cat'")
    expect(drawer).to_be_hidden()


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_the_bar_has_two_rows(open_page: OpenPage, width: int) -> None:
    page = open_page(width=width)
    row = [
        bounding_box(page.locator(each)) for each in ("#sidebar-button", "#file-picker", "#account-button")
    ]
    search = bounding_box(page.locator("#search-form"))
    assert all(abs(box["y"] + box["height"] / 2 - row[0]["y"] - row[0]["height"] / 2) <= 1 for box in row)
    assert search["y"] >= max(box["y"] + box["height"] for box in row)
    assert bounding_box(page.locator("#main"))["y"] < 130


def test_a_line_says_that_the_connection_is_lost_and_goes_by_itself(page: Page) -> None:
    page.evaluate("""() => {
      window.restored = 0;
      document.addEventListener("connection-restored", () => (window.restored += 1));
    }""")
    line = page.locator("#offline")
    page.context.set_offline(True)
    expect(line).to_have_text("You’re offline. What you started continues when you’re back.")
    assert axe_violations(page) == []
    page.context.set_offline(False)
    expect(line).to_be_empty()
    assert page.evaluate("window.restored") == 1


def test_a_line_says_that_the_service_is_unreachable_until_it_is_reached(
    fast_page: Page, api_url: str
) -> None:
    line = fast_page.locator("#offline")
    anything = re.compile(re.escape(api_url))
    fast_page.route(anything, lambda route: route.abort())
    fast_page.evaluate("document.dispatchEvent(new CustomEvent('labels-changed'))")
    expect(line).to_have_text("Can’t reach the service. Trying again by itself.")
    fast_page.unroute(anything)
    expect(line).to_be_empty()


def test_the_photo_of_the_sign_in_page_has_its_boxes_on_the_cup(open_page: OpenPage) -> None:
    page = open_page(user=None)
    scene, cup = (bounding_box(page.locator(f"#welcome {each}")) for each in (".scene", ".cup"))
    found = {"Left": 0.2904, "Top": 0.0541, "Width": 0.4034, "Height": 0.5596}  # by the local engine
    ratios = [
        (cup["x"] - scene["x"]) / scene["width"],
        (cup["y"] - scene["y"]) / scene["height"],
        cup["width"] / scene["width"],
        cup["height"] / scene["height"],
    ]
    assert ratios == pytest.approx(list(found.values()), abs=0.002)


def test_controls_can_be_told_apart_in_forced_colors(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(user=None, forced_colors="active")
    border = "(element) => getComputedStyle(element).borderTopStyle"
    assert page.locator("#sign-in").evaluate(border) == "solid"
    sign_in(page, "alice")
    FakeLibrary(stack, 3).serve(page)
    account = open_account(page)
    expect(account.get_by_role("progressbar")).to_have_count(2)
    for each in (account, account.get_by_role("progressbar").first, page.locator("#account-button")):
        assert each.evaluate(border) == "solid"
    page.keyboard.press("Escape")
    outline = "(element) => getComputedStyle(element).outlineStyle"
    select = page.get_by_role("button", name="Select", exact=True)
    assert select.evaluate(outline) == "none"
    select.click()
    page.locator(".tile-check").first.check()
    page.locator("#search").focus()  # which outlines that instead
    for each in (select, page.locator("[data-selected]"), page.get_by_role("link", name="All photos")):
        assert each.evaluate(outline) == "solid"
