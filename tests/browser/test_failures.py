"""Refusals of the API in words, with a way on that works."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support import answered, goes_on, shows

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack
    from tests.browser.support import Fresh

FAULT = "Something went wrong on our side. Try again in a moment."
BUSY = "The service is busy. Try again in a moment."
TOO_LARGE = "The file is too large. The limit is 25 MB."
UNREACHABLE = "Can't reach the service. Check your connection."


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """Tries again sooner than it does for people."""
    return open_page(hurry=True)


def test_a_network_that_is_down(page: Page, uploads: str, fresh: Fresh) -> None:
    page.route(uploads, lambda route: route.abort("internetdisconnected"))
    page.set_input_files("#files", fresh())
    shows(page, UNREACHABLE)

    page.unroute(uploads)
    goes_on(page)


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (500, '{"message":"Internal Server Error"}', FAULT),
        (429, '{"message":"Too Many Requests"}', BUSY),
        (503, "<html>", BUSY),
        (200, "<html>", "The service sent an unexpected response. Try again in a moment."),
        (413, json.dumps({"code": "too-large", "detail": TOO_LARGE}), TOO_LARGE),
    ],
)
def test_a_refusal_of_the_api(
    page: Page, uploads: str, fresh: Fresh, status: int, body: str, sentence: str
) -> None:
    page.route(uploads, lambda route: answered(route, status=status, body=body))
    page.set_input_files("#files", fresh())
    shows(page, sentence)

    page.unroute(uploads)
    goes_on(page)


@pytest.mark.parametrize(
    "file",
    [
        {"name": "empty.jpg", "mimeType": "image/jpeg", "buffer": b""},
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"},
    ],
    ids=["empty", "text"],
)
def test_the_apis_own_sentence_is_shown(page: Page, uploads: str, file: dict[str, Any]) -> None:
    with page.expect_response(uploads) as answer:
        page.set_input_files("#files", file)
    problem = answer.value.json()

    assert answer.value.status in (400, 415)
    assert len(problem["detail"]) > 20
    shows(page, problem["detail"])


def test_a_file_that_is_no_picture_inside_says_the_records_reason(
    page: Page, uploads: str, fresh: Fresh
) -> None:
    broken = fresh() | {"name": "letter.jpg"}
    broken["buffer"] = b"Dear reader, " + broken["buffer"]
    page.set_input_files("#files", broken)
    expect(page.locator(".upload")).to_have_attribute("data-phase", "failed")
    sentence = page.locator(".upload .error-box p").text_content() or ""
    shows(page, sentence)
    assert sentence.endswith(".")

    with page.expect_request(uploads):
        page.get_by_role("button", name="Try again").click()
    expect(page.locator(".upload")).to_have_attribute("data-phase", "failed")
    shows(page, sentence)


def test_settings_that_do_not_load(open_page: Callable[..., Page], stack: Stack) -> None:
    page = open_page()
    settings = f"{stack.page_url.rstrip('/')}/config.json"
    page.route(settings, lambda route: route.fulfill(status=404, body=""))
    page.reload()
    expect(page.get_by_role("alert")).to_have_text(
        "Couldn't load the page's settings (config.json). Check your connection and the deployment."
    )

    page.unroute(settings)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("alice@example.com")).to_be_visible()
    expect(page.get_by_text("Upload photos")).to_be_visible()


def test_a_file_far_too_large_is_refused_before_it_is_read(page: Page, uploads: str, stack: Stack) -> None:
    with page.expect_response(uploads) as answer:
        page.evaluate("""() => {
          const part = new Uint8Array(1 << 26);
          const data = new DataTransfer();
          data.items.add(new File([part, part, part, part, "."], "film.jpg", {type: "image/jpeg"}));
          document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data}));
        }""")
    assert answer.value.json()["code"] == "too-large"
    shows(page, answer.value.json()["detail"])
    assert "hashing" not in page.evaluate("window.phases")
