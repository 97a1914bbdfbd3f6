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
    expect(first.get_by_role("link", name="Cat", exact=True)).to_be_visible()
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


def test_shows_a_rejection_and_lets_the_user_choose_the_file_again(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.set_failed(0, REJECTION_REASON)
    library.serve(page)
    first = tiles(page).first
    expect(first).to_contain_text(REJECTION_REASON)
    link = first.get_by_role("link")
    expect(link).to_have_attribute("aria-label", f"picture-0.jpg: {REJECTION_REASON}")

    with page.expect_file_chooser():
        first.get_by_role("button", name="Choose again").click()


def test_shows_an_upload_that_never_finished(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 1)
    library.set_pending(0, datetime.now(UTC) - timedelta(hours=1))
    library.serve(page)
    expect(tiles(page).first).to_contain_text("The upload didn't finish. Choose the file again.")
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
