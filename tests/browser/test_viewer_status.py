"""Photos in the viewer that are pending, rejected, or missing, or that failed to load."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.support import show_failed
from tests.browser.viewer_support import expect_image, get_viewer

if TYPE_CHECKING:
    from local.stack import Stack


def test_shows_that_a_photo_does_not_exist(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    page.goto(page.url.split("#")[0] + f"#/image/{image_id(99)}")
    expect(get_viewer(page).locator(".error-box p")).to_have_text(
        "This picture doesn't exist. It may have been deleted."
    )
    expect(get_viewer(page).get_by_role("button", name="Delete")).to_be_hidden()
    expect(get_viewer(page).locator(".error-box button")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(get_viewer(page)).to_be_hidden()


def test_shows_a_pending_photo_when_it_is_done(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.set_pending(0)
    library.serve(page)
    page.locator(".tile-link").first.click()
    expect(get_viewer(page)).to_contain_text("Results will appear here.")
    library.set_done(0)
    expect_image(page, 0)


def test_shows_an_unfinished_upload_and_lets_the_user_choose_the_file_again(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.set_pending(0, datetime.now(UTC) - timedelta(hours=1))
    library.serve(page)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).click()
    message = "The upload didn’t finish. Choose the file again."
    expect(get_viewer(page).locator(".error-box p")).to_have_text(message)
    expect(page.locator("#announcements")).to_contain_text(message)
    with page.expect_file_chooser():
        get_viewer(page).get_by_role("button", name="Choose file again").click()
    assert library.requested_ids == [image_id(0)]


def test_can_retry_a_photo_that_failed_to_load(page: Page, stack: Stack, images_url: str) -> None:
    FakeLibrary(stack, 3).serve(page)
    expect(page.locator(".tile img")).to_have_count(3)
    page.route(images_url, lambda route: route.abort())
    page.locator(".tile-link").first.click()
    message = "Can’t reach the service. Check your connection."
    expect(get_viewer(page).locator(".error-box p")).to_have_text(message)
    expect(page.locator("#announcements")).to_contain_text(message)
    expect(get_viewer(page).locator(".image-view-img")).to_be_visible()  # the thumbnail
    expect(get_viewer(page).locator(".image-view-message")).to_be_hidden()

    page.unroute(images_url)
    get_viewer(page).get_by_role("button", name="Try again").click()
    expect_image(page, 0)
    expect(get_viewer(page).get_by_role("heading", level=2)).to_be_focused()


def test_shows_a_rejection_and_lets_the_user_choose_the_file_again(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.set_failed(0, "The picture is damaged.")
    show_failed(page)
    library.serve(page)
    page.locator(".tile-link").first.click()
    expect(get_viewer(page).locator(".error-box p")).to_have_text("The picture is damaged.")
    with page.expect_file_chooser():
        get_viewer(page).get_by_role("button", name="Choose file again").click()
