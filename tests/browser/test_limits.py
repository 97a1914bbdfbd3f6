"""Uploads that the API refuses because of a limit: the rate, the quota, and the ceiling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.fake_uploads import (
    CEILING_SENTENCE,
    QUOTA_SENTENCE,
    RATE_SENTENCE,
    SENTENCES,
    FakeUploads,
    tiny_files,
)
from tests.browser.support import (
    axe_violations,
    expect_summary,
    expect_upload_phase,
    freeze_clock,
    record_requests,
    scrolls_sideways,
    show_failed,
    tiles,
)
from tests.browser.viewer_support import get_viewer

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, OpenPage

MAX_PARALLEL = 6
PAUSED = f"{RATE_SENTENCE} Retrying automatically…"
UNAVAILABLE = "The picture couldn't be recognized after several attempts. Try again later."


def serve_uploads(
    page: Page, stack: Stack, allowed: int, refusal: str, retry_after: int = 30, *, renews: bool = False
) -> FakeUploads:
    """Serve a library to a signed-in person, and refuse uploads after the first ones."""
    library = FakeLibrary(stack, 3).serve(page)
    expect(tiles(page)).to_have_count(3)
    return FakeUploads(library, allowed, refusal, retry_after, renews).serve(page)


def test_waits_as_long_as_the_rate_limit_says_and_goes_on(page: Page, stack: Stack) -> None:
    page.clock.install()
    uploads = serve_uploads(page, stack, 10, "rate-limited")
    page.set_input_files("#files", tiny_files(40))
    expect(page.get_by_role("status").filter(has_text=RATE_SENTENCE)).to_have_text(PAUSED)
    freeze_clock(page)
    expect_upload_phase(page, "waiting", 30)
    refused = uploads.refused
    assert 1 <= refused <= MAX_PARALLEL

    uploads.allowed = 1000
    page.clock.run_for(20_000)
    assert (uploads.accepted, uploads.refused) == (10, refused)

    page.clock.run_for(10_000)
    page.clock.resume()
    expect_summary(page, "40 photos uploaded")
    expect(page.locator("#upload-pause")).to_be_hidden()
    assert (uploads.accepted, uploads.refused) == (40, refused)


def test_five_hundred_files_finish_at_a_limited_rate(page: Page, stack: Stack) -> None:
    uploads = serve_uploads(page, stack, 150, "rate-limited", 1, renews=True)
    page.set_input_files("#files", tiny_files(500))
    expect_summary(page, "500 photos uploaded", timeout=180_000)
    assert uploads.accepted == 500
    assert 3 <= uploads.refused <= 3 * MAX_PARALLEL


def test_files_can_be_canceled_while_the_rate_is_limited(page: Page, stack: Stack) -> None:
    page.clock.install()
    uploads = serve_uploads(page, stack, 0, "rate-limited")
    page.set_input_files("#files", tiny_files(20))
    expect(page.locator("#upload-pause")).to_have_text(PAUSED)
    expect_upload_phase(page, "waiting", 20)
    freeze_clock(page)
    page.get_by_role("button", name="Cancel all").click()
    expect(page.locator("#upload-list")).to_be_hidden()
    uploads.allowed = 1000
    page.clock.run_for(30_000)
    page.clock.resume()

    page.set_input_files("#files", tiny_files(8, start=50))
    expect_summary(page, "8 photos uploaded")
    assert uploads.accepted == 8


@pytest.mark.parametrize(
    ("refusal", "sentence"), [("quota-exceeded", QUOTA_SENTENCE), ("ceiling-reached", CEILING_SENTENCE)]
)
def test_fails_all_waiting_files_at_once_when_a_limit_is_reached(
    page: Page, stack: Stack, refusal: str, sentence: str
) -> None:
    uploads = serve_uploads(page, stack, 5, refusal)
    page.set_input_files("#files", tiny_files(60))
    expect_summary(page, "5 photos uploaded, 55 failed")
    assert 1 <= uploads.refused <= MAX_PARALLEL
    errors = page.locator(".upload[data-phase=failed] .upload-status")
    assert errors.all_text_contents() == [sentence] * 55
    expect(page.locator("#announcements p").filter(has_text=sentence)).to_have_count(3)

    uploads.refused = 0
    page.get_by_role("button", name="Retry all").click()
    expect_upload_phase(page, "failed", 55)  # the summary still shows the first attempt for a moment
    assert 1 <= uploads.refused <= MAX_PARALLEL

    uploads.allowed = 1000
    page.get_by_role("button", name="Try again: cat 59.jpg").click()
    expect_summary(page, "6 photos uploaded, 54 failed")
    page.get_by_role("button", name="Retry all").click()
    expect_summary(page, "60 photos uploaded")
    assert uploads.accepted == 60


def test_never_retries_by_itself_above_the_quota(page: Page, stack: Stack, uploads_url: str) -> None:
    page.clock.install()
    serve_uploads(page, stack, 0, "quota-exceeded")
    page.set_input_files("#files", tiny_files(10))
    expect_summary(page, "10 photos failed")
    freeze_clock(page)
    requests = record_requests(page, "POST", uploads_url)
    page.clock.run_for(10 * 60_000)
    assert requests == []


@pytest.mark.parametrize("refusal", ["rate-limited", "quota-exceeded"])
def test_the_list_is_accessible_at_a_limit(
    open_page: OpenPage, stack: Stack, appearance: Json, refusal: str
) -> None:
    page = open_page(**appearance)
    serve_uploads(page, stack, 3, refusal)
    page.set_input_files("#files", tiny_files(20))
    expect_upload_phase(page, "waiting" if refusal == "rate-limited" else "failed", 17)
    if refusal == "quota-exceeded" and page.locator("#upload-body").is_hidden():
        page.locator("#upload-toggle").click()
    expect(page.get_by_text(SENTENCES[refusal]).last).to_be_visible()
    assert not scrolls_sideways(page)
    assert axe_violations(page) == []


def test_shows_the_ceiling_when_a_photo_is_retried(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.set_failed(0, UNAVAILABLE, "unavailable")
    show_failed(page)
    library.retry_problem = (429, "ceiling-reached", CEILING_SENTENCE)
    library.serve(page)
    tiles(page).first.get_by_role("button", name="Try again").click()
    expect(tiles(page).first).to_contain_text(CEILING_SENTENCE)

    page.locator(".tile-link").first.click()
    error = get_viewer(page).locator(".error-box")
    expect(error.locator("p")).to_have_text(UNAVAILABLE)
    error.get_by_role("button", name="Try again").click()
    expect(error.locator("p")).to_have_text(CEILING_SENTENCE)
    expect(page.locator("#announcements")).to_contain_text(re.compile(re.escape(CEILING_SENTENCE) + "$"))
    expect(error.get_by_role("button")).to_have_text("Try again")
