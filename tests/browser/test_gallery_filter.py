"""Searching by one label, with a click or a link."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import expect_upload_phase, file_names, tiles

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import NewFile, OpenPage


def test_filters_by_a_clicked_label_and_updates_the_url(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 30).serve(page)
    tiles(page).first.get_by_role("link", name="Cat", exact=True).click()

    expect(page).to_have_url(re.compile(r"#/\?q=label%3ACat$"))
    expect(page.get_by_role("heading", name="Photos with Cat")).to_be_visible()
    expect(tiles(page)).to_have_count(10)
    expect(page.locator("#announcements")).to_contain_text("10 photos with Cat.")
    expect(page).to_have_title("Cat – Image recognition")

    page.get_by_role("link", name="Show all photos").click()
    expect(page.get_by_role("heading", name="Your photos", exact=True)).to_be_visible()
    assert file_names(page, 2) == ["picture-0.jpg", "picture-1.jpg"]

    page.go_back()
    expect(page.get_by_role("heading", name="Photos with Cat")).to_be_visible()


def test_focuses_the_title_after_the_filter_is_removed(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(at="#/label/Cat")
    FakeLibrary(stack, 30).serve(page)
    page.get_by_role("link", name="Show all photos").press("Enter")
    expect(page.get_by_role("heading", name="Your photos", exact=True)).to_be_focused()


def test_restores_the_filter_from_the_url(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(at="#/label/Person")
    expect(page).to_have_url(re.compile(r"#/label/Person$"))  # still, after the sign-in
    FakeLibrary(stack, 30).serve(page)
    assert file_names(page, 3) == ["picture-0.jpg", "picture-10.jpg", "picture-20.jpg"]
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()


def test_shows_that_an_unknown_label_has_no_photos(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 30).serve(page)
    page.evaluate("location.hash = '#/label/50 %25 <b>dog</b>'")
    message = "No photos with “\u206850 % <b>dog</b>\u2069”"
    expect(page.locator(".gallery-empty")).to_have_text(message)
    expect(page.locator("#announcements")).to_contain_text("0 photos with 50 % <b>dog</b>.")
    page.reload()
    expect(page.locator(".gallery-empty")).to_have_text(message)


def test_applies_the_filter_to_new_uploads(open_page: OpenPage, new_file: NewFile) -> None:
    page = open_page(user="bob", at="#/label/Person")
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()
    cat = new_file("chelsea.jpg") | {"name": "a cat.jpg"}
    woman = new_file() | {"name": "a woman.jpg"}
    page.set_input_files("#files", [cat, woman])
    expect_upload_phase(page, "done", 2)
    expect(tiles(page).first.locator(".tile-name")).to_have_text("a woman.jpg")
    expect(tiles(page).filter(has_text="a cat.jpg")).to_have_count(0)

    page.get_by_role("link", name="Show all photos").click()
    expect(page.get_by_role("heading", name="Your photos", exact=True)).to_be_visible()
    expect(tiles(page).filter(has_text="a cat.jpg")).to_have_count(1)
