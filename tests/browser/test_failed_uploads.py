"""Uploads that fail: their retries, announcements, and dismissal."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.fake_uploads import FakeUploads, tiny_files
from tests.browser.support import (
    UNREACHABLE,
    UPLOAD_COUNT,
    expect_summary,
    expect_upload_phase,
    fulfill,
    new_files,
    record_requests,
    route_first,
    tiles,
    wait_until,
)

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

    from local.stack import Stack
    from tests.browser.support import NewFile


def drop_responses(page: Page, objects_url: str) -> list[Route]:
    """Store the bytes, but don't respond. Return the routes that wait for a response."""
    stored: list[Route] = []

    def store(route: Route) -> None:
        if route.request.method == "PUT":
            route.fetch()
            stored.append(route)
        else:
            route.continue_()

    page.route(objects_url, store)
    return stored


def is_done(page: Page, stack: Stack, file: FilePayload) -> bool:
    """Ask the API whether an image is recognized."""
    url = f"{stack.api_url.rstrip('/')}/images/{hashlib.sha256(file['buffer']).hexdigest()}"
    response = page.request.get(url, headers={"Authorization": f"Bearer {stack.token('alice')}"})
    return bool(response.json()["image"]["status"] == "done")


def uploads_in(page: Page, phase: str) -> Locator:
    return page.locator(f'.upload[data-phase="{phase}"]')


def test_retries_transient_errors_without_showing_them(
    fast_page: Page, uploads_url: str, objects_url: str, new_file: NewFile
) -> None:
    busy = {"status": 503, "body": "<Error><Code>SlowDown</Code></Error>"}
    route_first(fast_page, objects_url, lambda route: fulfill(route, **busy), 2)
    route_first(fast_page, uploads_url, lambda route: fulfill(route, status=429, body="{}"))
    route_first(fast_page, uploads_url, lambda route: fulfill(route, status=500, body="{}"))
    route_first(fast_page, uploads_url, lambda route: route.abort())

    fast_page.set_input_files("#files", new_files(new_file))

    expect_summary(fast_page, f"{UPLOAD_COUNT} photos uploaded")


def test_waits_for_the_connection_while_offline(fast_page: Page, new_file: NewFile) -> None:
    fast_page.wait_for_function(
        "() => { const images = [...document.querySelectorAll('.sample img')];"
        " return images.length > 0 && images.every((image) => image.complete); }"
    )
    fast_page.context.set_offline(True)
    fast_page.set_input_files("#files", new_files(new_file))
    expect_upload_phase(fast_page, "retrying", UPLOAD_COUNT)
    expect(uploads_in(fast_page, "retrying").first).to_contain_text(f"{UNREACHABLE} Retrying automatically…")

    fast_page.context.set_offline(False)
    expect_summary(fast_page, f"{UPLOAD_COUNT} photos uploaded")


def test_sends_again_what_failed_when_the_connection_is_restored(fast_page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3).serve(fast_page)
    expect(tiles(fast_page)).to_have_count(3)
    FakeUploads(library).serve(fast_page)
    put_url = "**/fake/upload"
    fast_page.route(put_url, lambda route: route.abort())
    fast_page.set_input_files("#files", tiny_files(2))
    expect_summary(fast_page, "2 photos failed")

    fast_page.unroute(put_url)
    fast_page.evaluate("document.dispatchEvent(new CustomEvent('connection-restored', {detail: {}}))")
    expect_summary(fast_page, "2 photos uploaded")


def test_retries_all_failed_uploads_with_one_button(
    fast_page: Page, uploads_url: str, new_file: NewFile
) -> None:
    fast_page.route(uploads_url, lambda route: route.abort())
    fast_page.set_input_files("#files", new_files(new_file))
    expect_summary(fast_page, f"{UPLOAD_COUNT} photos failed")
    expect(fast_page.locator("#announcements")).to_contain_text(f"{UPLOAD_COUNT} photos failed.")
    fast_page.unroute(uploads_url)

    fast_page.get_by_role("button", name="Try again: cat 0.jpg").click()
    expect_summary(fast_page, f"1 photo uploaded, {UPLOAD_COUNT - 1} failed")
    expect(fast_page.get_by_role("link", name="Show cat 0.jpg")).to_be_focused()

    fast_page.get_by_role("button", name="Retry all").click()
    expect_summary(fast_page, f"{UPLOAD_COUNT} photos uploaded")
    expect(fast_page.get_by_role("button", name="Retry all")).to_be_hidden()
    expect(fast_page.get_by_role("group", name="Photos being uploaded")).to_be_focused()

    fast_page.get_by_role("button", name="Close uploads").click()
    expect(fast_page.locator("#upload-list")).to_be_hidden()
    expect(fast_page.locator("#files")).to_be_focused()


def test_announces_the_first_failures_and_then_the_total(
    page: Page, uploads_url: str, new_file: NewFile
) -> None:
    problem = json.dumps({"code": "too-large", "detail": "The file is too large."})
    page.route(uploads_url, lambda route: fulfill(route, status=413, body=problem))
    page.set_input_files("#files", new_files(new_file))

    expect_summary(page, f"{UPLOAD_COUNT} photos failed")
    announcements = page.locator("#announcements p")
    failure = re.compile(r"^cat \d\.jpg: The file is too large\.$")
    expect(announcements).to_have_text(
        [
            f"Uploading {UPLOAD_COUNT} photos.",
            *[failure] * 3,
            f"{UPLOAD_COUNT} photos failed.",
        ]
    )


def test_keeps_a_stored_image_whose_response_was_lost(
    fast_page: Page, stack: Stack, objects_url: str, new_file: NewFile
) -> None:
    deleted = record_requests(fast_page, method="DELETE")
    files = new_files(new_file, 2)
    stored = drop_responses(fast_page, objects_url)
    fast_page.set_input_files("#files", files)
    wait_until(fast_page, lambda: len(stored) == 2 and all(is_done(fast_page, stack, file) for file in files))
    for route in stored:
        route.abort()
    expect_summary(fast_page, "2 photos already uploaded")
    fast_page.unroute(objects_url)

    fast_page.set_input_files("#files", new_files(new_file, 2))

    expect_summary(fast_page, "2 photos uploaded")
    expect(fast_page.locator('.tile[data-status="done"]')).to_have_count(4)
    assert deleted == []


def test_dismissing_a_failed_upload_keeps_an_image_stored_by_another(
    fast_page: Page, objects_url: str, new_file: NewFile
) -> None:
    deleted = record_requests(fast_page, method="DELETE")
    files = new_files(new_file, 2)
    fast_page.route(
        objects_url, lambda route: route.abort() if route.request.method == "PUT" else route.continue_()
    )
    fast_page.set_input_files("#files", files)
    expect_summary(fast_page, "2 photos failed")
    fast_page.unroute(objects_url)
    fast_page.set_input_files("#files", files)
    expect_summary(fast_page, "2 photos uploaded, 2 failed")

    fast_page.get_by_role("button", name="Close uploads").click()
    fast_page.set_input_files("#files", new_files(new_file, 2))

    expect_summary(fast_page, "2 photos uploaded")
    expect(fast_page.locator('.tile[data-status="done"]')).to_have_count(4)
    assert deleted == []


def test_dismissing_a_failed_upload_keeps_an_image_seen_as_done(
    fast_page: Page, stack: Stack, uploads_url: str, images_url: str, objects_url: str, new_file: NewFile
) -> None:
    deleted = record_requests(fast_page, method="DELETE")
    file = new_file()
    stored = drop_responses(fast_page, objects_url)
    fast_page.set_input_files("#files", file)
    wait_until(fast_page, lambda: len(stored) == 1 and is_done(fast_page, stack, file))
    fast_page.route(uploads_url, lambda route: route.abort())
    stored[0].abort()
    expect_summary(fast_page, "1 photo failed")
    fast_page.unroute(uploads_url)
    fast_page.unroute(objects_url)
    # only the viewer gets a response, not the gallery
    fast_page.route(
        images_url, lambda route: route.continue_() if "/image/" in fast_page.url else route.abort()
    )
    fast_page.locator(".tile-link").click()
    expect(fast_page.locator("#viewer")).to_have_attribute("data-ready", "")
    fast_page.keyboard.press("Escape")

    fast_page.get_by_role("button", name="Dismiss astronaut.jpg").click()
    fast_page.unroute(images_url)
    fast_page.set_input_files("#files", new_files(new_file, 2))

    expect_summary(fast_page, "2 photos uploaded")
    assert deleted == []
