"""Searching by one label, with a link; the title, and a search that finds nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import RequestGate, expect_upload_phase, file_names, tiles

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import NewFile, OpenPage


def test_shows_the_photos_with_a_label(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 30).serve(page)
    expect(tiles(page).first).to_be_visible()
    page.evaluate("location.hash = '#/?q=label%3ACat'")

    expect(page.get_by_role("heading", name="Cat", exact=True)).to_be_visible()
    expect(tiles(page)).to_have_count(10)
    expect(page.locator("#gallery-count")).to_have_text("10")
    expect(page.locator("#announcements")).to_contain_text("Cat: 10 photos.")
    expect(page).to_have_title("Cat – Glimpse")

    page.get_by_role("link", name="Glimpse").click()
    expect(page.get_by_role("heading", name="All photos", exact=True)).to_be_visible()
    expect(page).to_have_title("Glimpse")
    assert file_names(page, 2) == ["picture-0.jpg", "picture-1.jpg"]

    page.go_back()
    expect(page.get_by_role("heading", name="Cat", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("query", "title", "count"),
    [
        ("", "All photos", "29"),
        ("is:favorite", "Favorites", "2"),
        ("is:hidden", "Hidden", "1"),
        ("status:failed", "Needs attention", "1"),
        ("picture", "Search results", "29"),
        ("constructor", "Search results", "0"),
        ('label:"Cat"', "Cat", "10"),
    ],
)
def test_names_and_counts_each_view(
    open_page: OpenPage, stack: Stack, query: str, title: str, count: str
) -> None:
    page = open_page(at=f"#/?{urlencode({'q': query})}")
    library = FakeLibrary(stack, 30)
    library.change(1, favorite=True)
    library.change(2, favorite=True)
    library.change(4, decision={"value": "hidden", "by": "a", "at": "2026-11-20T12:00:00.000Z"})
    library.set_failed(5, "The picture is damaged.")
    library.serve(page)
    expect(page.locator("#gallery-title")).to_have_text(title)
    expect(page.locator("#gallery-count")).to_have_text(count)
    expect(page).to_have_title(f"{title} – Glimpse" if query else "Glimpse")


def test_counts_all_photos_before_they_are_loaded(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 1_234)
    library.set_failed(1_000, "The picture is damaged.")
    library.serve(page)
    expect(page.locator("#gallery-count")).to_have_text("1,233")


def test_clears_a_search_that_finds_nothing(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 30).serve(page)
    page.evaluate("location.hash = '#/?q=unicorn&order=taken'")
    expect(page.locator(".gallery-empty")).to_have_text("No photos match “\u2068unicorn\u2069”")
    page.get_by_role("link", name="Clear search").press("Enter")
    expect(page.get_by_role("heading", name="All photos", exact=True)).to_be_focused()
    expect(page).to_have_url(re.compile(r"#/\?order=taken$"))
    assert file_names(page, 1) == ["picture-0.jpg"]


def test_keeps_the_photos_until_those_of_the_next_search_arrive(
    page: Page, stack: Stack, api_url: str
) -> None:
    FakeLibrary(stack, 30).serve(page)
    expect(tiles(page).first).to_be_visible()
    gate = RequestGate(page, f"{api_url}/images?*")
    for word in ("picture-1", "picture-2"):
        page.evaluate("(word) => { location.hash = `#/?q=name:${word}*`; }", word)
    gate.wait_for(2)
    expect(tiles(page).first).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)
    slow, fast = gate.held
    gate.disable()
    fast.fallback()
    expect(tiles(page)).to_have_count(11)
    assert file_names(page, 2) == ["picture-2.jpg", "picture-20.jpg"]
    slow.fallback()  # its response is outdated
    expect(tiles(page)).to_have_count(11)


def test_restores_the_filter_from_the_url(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(at="#/label/Person")
    expect(page).to_have_url(re.compile(r"#/label/Person$"))  # still, after the sign-in
    FakeLibrary(stack, 30).serve(page)
    assert file_names(page, 3) == ["picture-0.jpg", "picture-10.jpg", "picture-20.jpg"]
    expect(page.get_by_role("heading", name="Person", exact=True)).to_be_visible()


def test_shows_that_an_unknown_label_has_no_photos(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 30).serve(page)
    page.evaluate("location.hash = '#/label/50 %25 <b>dog</b>'")
    message = "No photos match “\u206850 % <b>dog</b>\u2069”"
    expect(page.locator(".gallery-empty")).to_have_text(message)
    expect(page.locator("#announcements")).to_contain_text("50 % <b>dog</b>: 0 photos.")
    page.reload()
    expect(page.locator(".gallery-empty")).to_have_text(message)


def test_applies_the_filter_to_new_uploads(open_page: OpenPage, new_file: NewFile) -> None:
    page = open_page(user="bob", at="#/label/Person")
    expect(page.get_by_role("heading", name="Person", exact=True)).to_be_visible()
    cat = new_file("chelsea.jpg") | {"name": "a cat.jpg"}
    woman = new_file() | {"name": "a woman.jpg"}
    page.set_input_files("#files", [cat, woman])
    expect_upload_phase(page, "done", 2)
    expect(tiles(page).first.locator(".tile-name")).to_have_text("a woman.jpg")
    expect(tiles(page).filter(has_text="a cat.jpg")).to_have_count(0)

    page.get_by_role("link", name="Glimpse").click()
    expect(page.get_by_role("heading", name="All photos", exact=True)).to_be_visible()
    expect(tiles(page).filter(has_text="a cat.jpg")).to_have_count(1)
