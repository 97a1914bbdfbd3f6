"""The search field: queries, suggestions, errors, order, and the URL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import axe_violations, file_names, scrolls_sideways, tiles

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, OpenPage


def search_field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search photos")


def suggestions(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Suggestions").get_by_role("option")


def make_library(stack: Stack) -> FakeLibrary:
    """Cats in 0 and 3, a person in 0, a sports car in 1; two people in 2, who were photographed first."""
    library = FakeLibrary(stack, 4)
    library.change(1, labels=[{"name": "Sports Car", "confidence": 90.0}], tags=["for sale"])
    library.change(2, people=2, takenAt="2026-01-02T03:04:05.000Z", favorite=True)
    return library


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("cat", [0, 3]),
        ("cat -person", [3]),
        ('"sports car"', [1]),
        ("spo*", [1]),
        ("“for sale”", [1]),  # as phones type quotes
        ("people:2..", [2]),
        ("is:favorite", [2]),
    ],
)
def test_enter_searches_and_puts_the_query_into_the_url(
    page: Page, stack: Stack, query: str, numbers: list[int]
) -> None:
    make_library(stack).serve(page)
    expect(tiles(page)).to_have_count(4)
    search_field(page).fill(query)
    search_field(page).press("Enter")
    expect(tiles(page)).to_have_count(len(numbers))
    expected = [f"picture-{number}.jpg" for number in numbers]
    assert file_names(page, len(numbers)) == expected
    expect(page.get_by_role("heading", name="Search results")).to_be_visible()
    expect(page.locator("#announcements")).to_contain_text(f"{len(numbers)} photo")

    page.reload()
    expect(tiles(page)).to_have_count(len(numbers))
    assert file_names(page, len(numbers)) == expected
    expect(search_field(page)).to_have_value(query.replace("“", '"').replace("”", '"'))
    page.get_by_role("link", name="Show all photos").click()
    expect(tiles(page)).to_have_count(4)
    expect(search_field(page)).to_have_value("")


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
    field = search_field(page)
    field.press_sequentially("cat s")
    options = suggestions(page)
    expect(options).to_have_text(["Sports Carlabel · 1", "for saletag · 1"])
    expect(options.first).to_have_accessible_name("Sports Car, label, 1 photo")
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
    expect(field).to_have_value('cat tag:"for sale"')
    expect(field).to_be_focused()
    expect(options).to_have_count(0)
    expect(page).to_have_url(re.compile(r"#/\?q=cat\+tag%3A%22for\+sale%22$"))


def test_suggests_only_the_kind_of_a_field_and_keeps_the_minus(page: Page, stack: Stack) -> None:
    library = make_library(stack).serve(page)
    field = search_field(page)
    field.press_sequentially('-tag:"for s')
    option = suggestions(page)
    expect(option).to_have_text("for saletag · 1")
    assert library.term_queries[-1] == {"prefix": "for s", "kind": "tag", "limit": "8"}
    option.click()
    expect(field).to_have_value('-tag:"for sale"')
    expect(field).to_be_focused()
    expect(tiles(page)).to_have_count(3)


def test_escape_closes_the_suggestions_and_keeps_the_text(page: Page, stack: Stack) -> None:
    make_library(stack).serve(page)
    field = search_field(page)
    field.press_sequentially("cat")
    expect(suggestions(page)).to_have_count(1)
    field.press("Escape")
    expect(suggestions(page)).to_have_count(0)
    expect(field).to_have_value("cat")
    expect(field).to_have_attribute("aria-expanded", "false")


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
    page.get_by_label("Order").select_option("Last taken")
    expect(page).to_have_url(re.compile(r"#/\?order=taken$"))
    expect(tiles(page).last).to_contain_text("picture-2.jpg")
    page.reload()
    expect(tiles(page).last).to_contain_text("picture-2.jpg")
    expect(page.get_by_label("Order")).to_have_value("taken")
    search_field(page).fill("picture")
    search_field(page).press("Enter")
    expect(page).to_have_url(re.compile(r"#/\?q=picture&order=taken$"))


def test_explains_queries_with_examples(page: Page, stack: Stack) -> None:
    make_library(stack).serve(page)
    page.get_by_text("How to search").click()
    assert axe_violations(page) == []
    page.get_by_role("link", name="is:favorite").click()
    expect(search_field(page)).to_have_value("is:favorite")
    expect(tiles(page)).to_have_count(1)


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
