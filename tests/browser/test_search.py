"""The search field: queries, suggestions, errors, order, and the URL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import axe_violations, bounding_box, file_names, scrolls_sideways, tiles

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, OpenPage


def search_field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search photos")


def suggestions(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Suggestions").get_by_role("option")


def chips(page: Page) -> Locator:
    return page.locator("#search-chips").get_by_role("button")


def shown_query(page: Page) -> str:
    """Return the query in the field: its chips, then its text."""
    shown = []
    for chip in chips(page).all():
        minus = "-" if chip.get_attribute("data-excluded") is not None else ""
        shown.append(minus + chip.locator(".search-chip-name").inner_text())
    return " ".join(filter(None, [*shown, search_field(page).input_value()]))


def make_library(stack: Stack) -> FakeLibrary:
    """Cats in 0 and 3, a person in 0, a sports car in 1; two people in 2, who were photographed first."""
    library = FakeLibrary(stack, 4)
    library.change(1, labels=[{"name": "Sports Car", "confidence": 90.0}], tags=["for sale"])
    library.change(2, people=2, takenAt="2026-01-02T03:04:05.000Z", favorite=True)
    return library


@pytest.mark.parametrize(
    ("query", "numbers", "shown"),
    [
        ("cat", [0, 3], "cat"),
        ("cat -person", [3], "-person cat"),
        ('"sports car"', [1], '"sports car"'),
        ("spo*", [1], "spo*"),
        ("“for sale”", [1], '"for sale"'),  # as phones type quotes
        ("people:2..", [2], "2.."),
        ("is:favorite", [2], "Favorite"),
    ],
)
def test_enter_searches_and_puts_the_query_into_the_url(
    page: Page, stack: Stack, query: str, numbers: list[int], shown: str
) -> None:
    make_library(stack).serve(page)
    expect(tiles(page)).to_have_count(4)
    search_field(page).fill(query)
    search_field(page).press("Enter")
    expect(tiles(page)).to_have_count(len(numbers))
    expected = [f"picture-{number}.jpg" for number in numbers]
    assert file_names(page, len(numbers)) == expected
    title = "Favorites" if query == "is:favorite" else "Search results"
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.locator("#announcements")).to_contain_text(f"{len(numbers)} photo")

    page.reload()
    expect(tiles(page)).to_have_count(len(numbers))
    assert file_names(page, len(numbers)) == expected
    assert shown_query(page) == shown
    page.get_by_role("link", name="Glimpse").click()
    expect(tiles(page)).to_have_count(4)
    assert shown_query(page) == ""


def test_enter_repeats_the_same_search(page: Page, stack: Stack) -> None:
    library = make_library(stack).serve(page)
    search_field(page).fill("cat")
    search_field(page).press("Enter")
    expect(tiles(page)).to_have_count(2)
    library.change(2, labels=[{"name": "Cat", "confidence": 90.0}])
    search_field(page).press("Enter")
    expect(tiles(page)).to_have_count(3)


def test_suggests_terms_of_every_kind_with_counts(page: Page, stack: Stack) -> None:
    library = make_library(stack).serve(page)
    expect(tiles(page)).to_have_count(4)
    field = search_field(page)
    field.press_sequentially("cat s")
    options = suggestions(page)
    expect(options).to_have_text(["Sports Car1", "for sale1"])
    expect(options.first).to_have_accessible_name("Sports Car, Label, 1 photo")
    expect(page.get_by_role("group", name="Label").get_by_role("option")).to_have_text("Sports Car1")
    expect(page.get_by_role("group", name="Tag").locator("mark")).to_have_text("s")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#announcements")).to_contain_text("2 suggestions.")
    assert library.term_queries[-1] == {"prefix": "s", "limit": "8"}

    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    field.press("ArrowUp")
    expect(page.locator("[aria-selected=true]")).to_have_count(0)
    field.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(chips(page)).to_have_text(["Tagfor sale"])
    expect(field).to_have_value("cat")
    expect(field).to_be_focused()
    expect(options).to_have_count(0)
    expect(page).to_have_url(re.compile(r"#/\?q=cat\+tag%3A%22for\+sale%22$"))


def test_suggests_only_the_kind_of_a_field_and_keeps_the_minus(page: Page, stack: Stack) -> None:
    library = make_library(stack).serve(page)
    expect(tiles(page)).to_have_count(4)
    field = search_field(page)
    field.press_sequentially('-tag:"for s')
    option = suggestions(page)
    expect(option).to_have_text(["for sale1"])
    assert library.term_queries[-1] == {"prefix": "for s", "kind": "tag", "limit": "8"}
    option.click()
    expect(chips(page)).to_have_accessible_name("Remove excluded Tag for sale")
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    expect(tiles(page)).to_have_count(3)


def test_escape_closes_the_suggestions_and_keeps_the_text(page: Page, stack: Stack) -> None:
    make_library(stack).serve(page)
    expect(tiles(page)).to_have_count(4)
    field = search_field(page)
    field.press_sequentially("cat")
    expect(suggestions(page)).to_have_count(1)
    field.press("Escape")
    expect(suggestions(page)).to_have_count(0)
    expect(field).to_have_value("cat")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press("Escape")
    expect(field).not_to_be_focused()
    expect(field).to_have_value("cat")


def test_searches_although_suggestions_fail(page: Page, stack: Stack) -> None:
    make_library(stack).serve(page)
    page.route(re.compile("/terms"), lambda route: route.abort("internetdisconnected"))
    search_field(page).press_sequentially("cat")
    search_field(page).press("Enter")
    expect(tiles(page)).to_have_count(2)


def test_shows_what_is_wrong_with_a_query_and_where(page: Page, stack: Stack) -> None:
    make_library(stack).serve(page)
    field = search_field(page)
    field.fill('🐈 cat label:"sofa')
    field.press("Enter")
    error = page.get_by_role("alert").filter(has_text="quote")
    expect(error).to_have_text("The quote isn't closed, at character 13.")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("The quote isn't closed, at character 13.")
    assert field.evaluate("(field) => field.value.slice(field.selectionStart)") == '"sofa'
    expect(page.locator(".gallery-status")).to_have_text("")
    assert axe_violations(page) == []

    field.fill("cat")
    field.press("Enter")
    expect(tiles(page)).to_have_count(2)
    expect(page.locator("#search-error")).to_have_text("")
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_orders_by_the_time_taken(page: Page, stack: Stack) -> None:
    make_library(stack).serve(page)
    expect(tiles(page)).to_have_count(4)
    page.get_by_label("Order").select_option("Date taken")
    expect(page).to_have_url(re.compile(r"#/\?order=taken$"))
    expect(tiles(page).last).to_contain_text("picture-2.jpg")
    page.reload()
    expect(tiles(page).last).to_contain_text("picture-2.jpg")
    expect(page.get_by_label("Order")).to_have_value("taken")
    search_field(page).fill("picture")
    search_field(page).press("Enter")
    expect(page).to_have_url(re.compile(r"#/\?q=picture&order=taken$"))


def test_explains_what_a_search_can_contain(page: Page, stack: Stack) -> None:
    make_library(stack).serve(page)
    expect(tiles(page)).to_have_count(4)
    page.locator("#search").focus()
    fields = page.get_by_role("group", name="Search by").get_by_role("option")
    expect(fields.first).to_have_accessible_name("color:, a main color")
    expect(fields).to_have_count(7)
    fields.last.click()
    expect(fields).to_have_count(19)
    assert axe_violations(page) == []
    fields.filter(has_text="is:favorite").click()
    expect(chips(page)).to_have_text(["Favorite"])
    expect(tiles(page)).to_have_count(1)


def test_a_chosen_field_suggests_its_values(page: Page, stack: Stack) -> None:
    library = make_library(stack).serve(page)
    search_field(page).click()
    suggestions(page).filter(has_text="tag:").first.click()
    expect(search_field(page)).to_have_value("tag:")
    expect(suggestions(page)).to_have_text(["for sale1"])
    assert library.term_queries[-1] == {"kind": "tag", "limit": "8"}


def test_suggests_recent_searches_until_the_sign_out(page: Page, stack: Stack) -> None:
    make_library(stack).serve(page)
    field = search_field(page)
    for query in ("cat", "label:Person", "cat"):
        field.fill(query)
        field.press("Enter")
        page.get_by_role("button", name="Clear search").click()
    page.reload()
    field.click()
    recent = page.get_by_role("group", name="Recent").get_by_role("option")
    expect(recent).to_have_text(["cat", "label:Person"])
    recent.last.click()
    expect(chips(page)).to_have_text(["Person"])
    expect(tiles(page)).to_have_count(1)
    assert page.evaluate("sessionStorage.getItem('recent-searches')") == '["label:Person","cat"]'
    page.evaluate("document.dispatchEvent(new CustomEvent('signed-out', {detail: {}}))")
    assert page.evaluate("sessionStorage.getItem('recent-searches')") is None


def test_removes_and_reaches_chips_with_the_keyboard(page: Page, stack: Stack) -> None:
    make_library(stack).serve(page)
    field = search_field(page)
    field.fill('label:Cat -label:Person tag:"for sale" picture')
    field.press("Enter")
    expect(chips(page)).to_have_text(["Cat", "Person", "Tagfor sale"])
    for name, chip in zip(
        ["Remove Cat", "Remove excluded Person", "Remove Tag for sale"], chips(page).all(), strict=True
    ):
        expect(chip).to_have_accessible_name(name)
    expect(field).to_have_value("picture")

    field.press("Home")
    field.press("ArrowLeft")
    expect(chips(page).last).to_be_focused()
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_text(["Cat", "Person"])
    expect(field).to_be_focused()
    expect(tiles(page)).to_have_count(1)

    field.press("Home")
    field.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(chips(page).first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(field).to_be_focused()
    field.fill("")
    field.press("Backspace")
    expect(chips(page)).to_have_text(["Cat"])
    expect(page).to_have_url(re.compile(r"#/\?q=label%3ACat$"))
    expect(tiles(page)).to_have_count(2)
    chips(page).click()
    expect(tiles(page)).to_have_count(4)
    expect(field).to_be_focused()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_long_query_scrolls_inside_the_field(open_page: OpenPage, stack: Stack, width: int) -> None:
    page = open_page(width=width)
    make_library(stack).serve(page)
    field = search_field(page)
    field.fill(" ".join(f'-label:"Some long label {number}"' for number in range(12)))
    field.press("Enter")
    expect(chips(page)).to_have_count(12)
    expect(chips(page).last).to_be_in_viewport(ratio=1)
    expect(chips(page).first).not_to_be_in_viewport()
    assert bounding_box(field)["width"] >= 64
    assert not scrolls_sideways(page)
    assert axe_violations(page) == []


def test_the_last_chip_of_a_linked_search_is_not_cut(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=320)
    make_library(stack).serve(page)
    page.evaluate("location.hash = '#/?q=label%3AZebra%20color%3Ared'")
    expect(chips(page)).to_have_count(2)
    expect(page.get_by_role("button", name="Clear search").first).to_be_visible()
    expect(chips(page).last).to_be_in_viewport(ratio=1)


def test_says_how_many_photos_can_be_searched(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 1284).serve(page)
    expect(page.get_by_placeholder("Search 1,284 photos")).to_be_visible()


def test_the_search_has_no_accessibility_violations_and_fits(
    open_page: OpenPage, stack: Stack, appearance: Json
) -> None:
    page = open_page(**appearance)
    library = make_library(stack)
    library.change(1, tags=["a-very-long-tag-without-a-single-space-" * 2])
    library.serve(page)
    search_field(page).press_sequentially("a")
    expect(suggestions(page).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert axe_violations(page) == []
    assert not scrolls_sideways(page)
