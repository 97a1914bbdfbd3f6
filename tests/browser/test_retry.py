"""Retrying a photo that failed as unavailable: in the viewer, in the gallery, and in the list of uploads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.support import (
    REJECTION_REASON,
    UNREACHABLE,
    axe_violations,
    expect_upload_error,
    fulfill,
    record_requests,
    retry_succeeds,
    show_failed,
    tiles,
)
from tests.browser.viewer_support import expect_image, get_viewer

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import NewFile

UNAVAILABLE = "The picture couldn't be recognized after several attempts. Try again later."
GONE = "The picture was deleted before it could be processed. Upload it again."


@pytest.fixture
def library(page: Page, stack: Stack) -> FakeLibrary:
    """A library whose first photo failed as unavailable, long after its upload."""
    library = FakeLibrary(stack, 3)
    library.set_failed(0, UNAVAILABLE, "unavailable")
    show_failed(page)
    return library.serve(page)


def open_failed_photo(page: Page) -> Locator:
    """Open the first photo. Return the viewer's error."""
    page.locator(".tile-link").first.click()
    error = get_viewer(page).locator(".error-box")
    expect(error.locator("p")).to_have_text(UNAVAILABLE)
    return error


def test_the_viewer_retries_an_unavailable_photo(page: Page, library: FakeLibrary) -> None:
    error = open_failed_photo(page)
    expect(error.get_by_role("button")).to_have_text("Try again")
    assert axe_violations(page) == []
    error.get_by_role("button", name="Try again").focus()
    page.keyboard.press("Enter")
    expect(get_viewer(page)).to_contain_text("Results will appear here.")
    expect(get_viewer(page).get_by_role("heading", level=2)).to_be_focused()
    library.set_done(0)
    expect_image(page, 0)
    assert library.retried_ids == [image_id(0)]


def test_the_viewer_still_waits_for_a_retried_photo_after_a_reload(page: Page, library: FakeLibrary) -> None:
    open_failed_photo(page).get_by_role("button", name="Try again").click()
    expect(get_viewer(page)).to_contain_text("Results will appear here.")
    page.reload()
    expect(get_viewer(page)).to_contain_text("Results will appear here.")
    library.set_done(0)
    expect_image(page, 0)


def test_the_viewer_can_retry_again_when_the_service_was_unreachable(
    page: Page, library: FakeLibrary, api_url: str
) -> None:
    error = open_failed_photo(page)
    url = f"{api_url}/images/*/retry"
    page.route(url, lambda route: route.abort())
    error.get_by_role("button", name="Try again").click()
    expect(error.locator("p")).to_have_text(UNREACHABLE)
    expect(page.locator("#announcements")).to_contain_text(UNREACHABLE)
    page.unroute(url)
    error.get_by_role("button", name="Try again").click()
    expect(get_viewer(page)).to_contain_text("Results will appear here.")
    assert library.retried_ids == [image_id(0)]


def test_the_viewer_lets_the_user_choose_a_file_that_is_gone(page: Page, library: FakeLibrary) -> None:
    library.retry_problem = (409, "not-retryable", GONE)
    error = open_failed_photo(page)
    error.get_by_role("button", name="Try again").click()
    expect(error.locator("p")).to_have_text(GONE)
    expect(error.get_by_role("button")).to_have_text("Choose file again")


def test_the_gallery_retries_an_unavailable_photo(page: Page, library: FakeLibrary) -> None:
    tile = tiles(page).first
    expect(tile).to_contain_text(UNAVAILABLE)
    button = tile.get_by_role("button", name="Try again: picture-0.jpg")
    expect(button).to_have_text("Try again")
    button.focus()
    page.keyboard.press("Enter")
    expect(tile).to_contain_text("Recognizing…")
    expect(tile.locator(".tile-link")).to_be_focused()
    library.set_done(0)
    expect(tile).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert library.retried_ids == [image_id(0)]


def test_the_gallery_shows_why_a_photo_was_not_retried(page: Page, library: FakeLibrary) -> None:
    library.retry_problem = (409, "not-retryable", GONE)
    tile = tiles(page).first
    tile.get_by_role("button", name="Try again").click()
    expect(tile).to_contain_text(GONE)
    expect(page.locator("#announcements")).to_contain_text(f"picture-0.jpg: {GONE}")


def test_other_failures_are_not_retried(page: Page, library: FakeLibrary) -> None:
    library.set_failed(0, REJECTION_REASON, "broken")
    page.reload()
    tile = tiles(page).first
    expect(tile).to_contain_text(REJECTION_REASON)
    expect(tile.get_by_role("button")).to_have_text(["Choose again", "Delete"])
    tile.locator(".tile-link").click()
    expect(get_viewer(page).locator(".error-box button")).to_have_text("Choose file again")


class UnavailableOnce:
    """Makes the first result of an upload a failure, until it is retried."""

    def __init__(self, page: Page, images_url: str) -> None:
        self.retries = 0
        self.refusal: str | None = None
        page.route(images_url, self._get)
        page.route(f"{images_url}/retry", self._retry)

    def _get(self, route: Route) -> None:
        response = route.fetch()
        body = response.json()
        if body["image"]["status"] == "done" and not self.retries:
            body["image"] |= {"status": "failed", "reason": {"code": "unavailable", "message": UNAVAILABLE}}
        route.fulfill(response=response, json=body)

    def _retry(self, route: Route) -> None:
        self.retries += 1
        if self.refusal:
            problem = {"code": "not-retryable", "detail": self.refusal}
            fulfill(route, status=409, body=json.dumps(problem))
        else:
            route.continue_()


@pytest.mark.parametrize("refusal", [None, GONE])
def test_a_failed_upload_is_retried_and_sent_again_only_if_its_file_is_gone(
    page: Page, images_url: str, objects_url: str, uploads_url: str, new_file: NewFile, refusal: str | None
) -> None:
    service = UnavailableOnce(page, images_url)
    service.refusal = refusal
    created = record_requests(page, "POST", uploads_url)
    page.set_input_files("#files", new_file())
    expect_upload_error(page, UNAVAILABLE)
    expect(tiles(page)).to_have_count(0)
    retry_succeeds(page)
    expect(tiles(page).first).to_have_attribute("data-status", "done")
    assert service.retries == 1
    assert len(created) == (1 if refusal is None else 2)
