"""Tiles of pending, rejected, and deleted images, and expired thumbnail links."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.support import REJECTION_REASON, set_tab_hidden, tiles

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import OpenPage


def test_polls_only_visible_pending_images(page: Page, stack: Stack) -> None:
    page.clock.install()
    page.add_init_script('Object.defineProperty(document, "hidden", {value: true, configurable: true})')
    library = FakeLibrary(stack, 200)
    library.set_pending(0)
    library.set_pending(190)
    library.serve(page)
    first = tiles(page).first
    expect(first).to_contain_text("Recognizing…")

    library.set_done(0)
    page.clock.run_for(60_000)
    assert library.requested_ids == []
    expect(first).to_have_attribute("data-status", "pending")

    set_tab_hidden(page, False)
    expect(first).to_have_attribute("data-status", "done")
    expect(first.locator(".tile-text")).to_have_text("Person · Cat")
    assert library.requested_ids == [image_id(0)]  # the other one is not visible


def test_polls_a_slow_image_less_and_less_often(page: Page, stack: Stack) -> None:
    page.clock.install()
    library = FakeLibrary(stack, 1)
    library.set_pending(0)
    library.serve(page)
    expect(tiles(page).first).to_contain_text("Recognizing…")
    for _ in range(150):
        page.clock.run_for(1_000)
    expect(tiles(page).first).to_have_attribute("data-status", "pending")
    assert 15 <= len(library.requested_ids) <= 40


def test_failed_photos_are_not_among_the_others(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.set_failed(1, REJECTION_REASON)
    library.serve(page)
    expect(tiles(page)).to_have_count(2)
    expect(page.locator("#search")).to_have_value("")
    library.set_pending(0)
    page.reload()
    expect(tiles(page).first).to_contain_text("Recognizing…")
    library.set_failed(0, REJECTION_REASON)
    expect(tiles(page)).to_have_count(1)


def test_lists_failed_photos_with_their_reasons(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(at="#/?q=status%3Afailed")
    library = FakeLibrary(stack, 4)
    library.set_failed(0, REJECTION_REASON)
    library.set_failed(2, "Recognition is unavailable.", "unavailable")
    library.serve(page)
    first, second = tiles(page).nth(0), tiles(page).nth(1)
    expect(page.locator(".tile-name")).to_have_text(["picture-0.jpg", "picture-2.jpg"])
    expect(first.locator(".tile-text")).to_have_text(REJECTION_REASON)
    expect(first.get_by_role("link")).to_have_accessible_name(f"picture-0.jpg: {REJECTION_REASON}")
    expect(first.get_by_role("button")).to_have_text(["Choose again", "Delete"])
    expect(second.get_by_role("button")).to_have_text(["Try again", "Delete"])
    with page.expect_file_chooser():
        first.get_by_role("button", name="Choose again: picture-0.jpg").click()

    second.get_by_role("button", name="Try again: picture-2.jpg").click()
    expect(second).to_contain_text("Recognizing…")
    library.set_done(2)
    expect(tiles(page)).to_have_count(1)

    first.get_by_role("button", name="Delete: picture-0.jpg").click()
    expect(page.locator(".gallery-empty")).to_have_text("Nothing needs your attention.")
    page.get_by_role("button", name="Undo").click()
    expect(tiles(page)).to_have_count(1)
    page.get_by_role("checkbox", name="Select picture-0.jpg").click()
    expect(page.locator(".selection-count")).to_have_text("1 selected")


def test_says_why_a_photo_cannot_be_tried_again(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(at="#/?q=status%3Afailed")
    library = FakeLibrary(stack, 1)
    library.set_failed(0, "Recognition is unavailable.", "unavailable")
    library.retry_problem = (409, "file-gone", "The file is gone.")
    library.serve(page)
    page.get_by_role("button", name="Try again: picture-0.jpg").click()
    expect(tiles(page).locator(".tile-text")).to_have_text("The file is gone.")
    expect(page.locator("#announcements")).to_contain_text("picture-0.jpg: The file is gone.")


def test_shows_an_upload_that_never_finished(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 1)
    library.set_pending(0, datetime.now(UTC) - timedelta(hours=1))
    library.serve(page)
    expect(tiles(page).first).to_contain_text("The upload didn’t finish. Choose the file again.")
    with page.expect_file_chooser():
        page.get_by_role("button", name="Choose again: picture-0.jpg").click()
    assert library.requested_ids == []


def test_refreshes_expired_thumbnail_links(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.expired_generations.add("first")
    library.serve(page)
    library.link_generation = "second"
    for index in range(3):
        image = tiles(page).nth(index).locator("img")
        expect(image).to_have_attribute("src", re.compile("/second$"))
        expect(image).to_have_js_property("naturalWidth", 40)


def test_removes_a_pending_image_that_was_deleted_elsewhere(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.set_pending(0)
    library.serve(page)
    expect(tiles(page)).to_have_count(3)
    del library.images[image_id(0)]
    expect(tiles(page)).to_have_count(2)


def test_refreshes_a_missing_thumbnail_only_once(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 1)
    library.expired_generations.update(("first", "second"))
    library.serve(page)
    library.link_generation = "second"
    expect(tiles(page).first).to_contain_text("No preview")
    assert len(library.requested_ids) == 1
