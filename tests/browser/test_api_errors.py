"""Errors of the API: each has a message and a working retry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support import (
    UNREACHABLE,
    expect_upload_error,
    expect_upload_phase,
    fulfill,
    retry_succeeds,
)

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

    from tests.browser.support import NewFile, OpenPage


SERVER_ERROR = "Something went wrong on our side. Try again in a moment."
BUSY = "The service is busy. Try again in a moment."
TOO_LARGE = "The file is too large. The limit is 25 MB."


def test_shows_that_the_service_is_unreachable(fast_page: Page, uploads_url: str, new_file: NewFile) -> None:
    fast_page.route(uploads_url, lambda route: route.abort("internetdisconnected"))
    fast_page.set_input_files("#files", new_file())
    expect_upload_error(fast_page, UNREACHABLE)

    fast_page.unroute(uploads_url)
    retry_succeeds(fast_page)


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (500, '{"message":"Internal Server Error"}', SERVER_ERROR),
        (429, '{"message":"Too Many Requests"}', BUSY),
        (503, "<html>", BUSY),
        (200, "<html>", "The service sent an unexpected response. Try again in a moment."),
    ],
)
def test_shows_a_message_for_every_api_error(
    fast_page: Page, uploads_url: str, new_file: NewFile, status: int, body: str, message: str
) -> None:
    fast_page.route(uploads_url, lambda route: fulfill(route, status=status, body=body))
    fast_page.set_input_files("#files", new_file())
    expect_upload_error(fast_page, message)

    fast_page.unroute(uploads_url)
    retry_succeeds(fast_page)


def test_offers_no_retry_for_a_file_that_is_too_large(
    page: Page, uploads_url: str, new_file: NewFile
) -> None:
    body = json.dumps({"code": "too-large", "detail": TOO_LARGE})
    page.route(uploads_url, lambda route: fulfill(route, status=413, body=body))
    page.set_input_files("#files", new_file())
    expect_upload_error(page, TOO_LARGE, None)


@pytest.mark.parametrize(
    "file",
    [
        {"name": "empty.jpg", "mimeType": "image/jpeg", "buffer": b""},
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"not an image"},
    ],
    ids=["empty", "text"],
)
def test_shows_the_detail_of_a_problem(fast_page: Page, uploads_url: str, file: FilePayload) -> None:
    with fast_page.expect_response(uploads_url) as response:
        fast_page.set_input_files("#files", file)
    problem = response.value.json()

    assert response.value.status in (400, 415)
    assert len(problem["detail"]) > 20
    expect_upload_error(fast_page, problem["detail"], None)


def test_shows_the_reason_of_a_rejected_image(fast_page: Page, new_file: NewFile) -> None:
    letter = new_file() | {"name": "letter.jpg"}
    letter["buffer"] = b"Dear reader, " + letter["buffer"]
    fast_page.set_input_files("#files", letter)
    expect_upload_phase(fast_page, "failed")
    reason = fast_page.locator(".upload-status").text_content() or ""
    expect_upload_error(fast_page, reason, None)
    assert reason.startswith("This file isn't an image.")


def test_can_reload_missing_settings(open_page: OpenPage, page_url: str) -> None:
    page = open_page()
    settings_url = f"{page_url}config.json"
    page.route(settings_url, lambda route: route.fulfill(status=404, body=""))
    page.reload()
    expect(page.get_by_role("alert")).to_have_text(
        "Couldn’t load the page’s settings (config.json). Check your connection and the deployment."
    )

    page.unroute(settings_url)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#account-name")).to_have_text("alice@example.com")
    expect(page.locator("#layout")).to_be_visible()


def test_rejects_a_huge_file_before_reading_it(fast_page: Page, uploads_url: str) -> None:
    with fast_page.expect_response(uploads_url) as response:
        fast_page.evaluate("""() => {
          const part = new Uint8Array(1 << 26);
          const data = new DataTransfer();
          data.items.add(new File([part, part, part, part, "."], "film.jpg", {type: "image/jpeg"}));
          document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data}));
        }""")
    assert response.value.json()["code"] == "too-large"
    expect_upload_error(fast_page, response.value.json()["detail"], None)
    assert "hashing" not in fast_page.evaluate("window.phases")
