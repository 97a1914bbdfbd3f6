"""Many uploads at once: their list, limits, retries, cancellation, and interruptions."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import Dialog, Locator, Page, Route, expect

from tests.browser.support import (
    RequestGate,
    axe_violations,
    bounding_box,
    drop_files,
    expect_upload_phase,
    fulfill,
    record_requests,
    scrolls_sideways,
    wait_until,
)

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import FilePayload

    from local.stack import Stack
    from tests.browser.support import Json, NewFile, OpenPage

COUNT = 5  # more than the number of failures that are announced one by one
HASHED_UPLOADS = (
    "[...(await import(new URL('scripts/polling.js', location))).activeUploads].filter(({id}) => id).length"
)


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


def new_files(new_file: NewFile, count: int = COUNT) -> list[FilePayload]:
    return [new_file("chelsea.jpg") | {"name": f"cat {number}.jpg"} for number in range(count)]


def uploads_in(page: Page, phase: str) -> Locator:
    return page.locator(f'.upload[data-phase="{phase}"]')


def expect_summary(page: Page, text: str, timeout: int = 30_000) -> None:
    expect(page.locator("#upload-summary")).to_have_text(text, timeout=timeout)


def test_lists_thirty_uploads_and_scrolls(page: Page, new_file: NewFile) -> None:
    page.evaluate("""() => {
      window.changed = [];
      document.addEventListener("image-changed", ({detail: {image}}) => window.changed.push(image));
    }""")
    page.set_input_files("#files", new_files(new_file, 30))

    expect(page.locator(".upload")).to_have_count(30)
    expect(page.locator("#announcements")).to_contain_text("Uploading 30 photos.")
    expect_summary(page, "30 of 30 done", timeout=90_000)  # generous, for a busy machine
    expect(page.locator("#announcements")).to_contain_text("30 of 30 done.")
    expect(page.get_by_label("Progress of all uploads")).to_have_js_property("value", 1)
    assert bounding_box(page.locator("#upload-list"))["height"] < 400

    changed: list[Json] = page.evaluate("window.changed")
    ids = {image["id"] for image in changed}
    assert len(ids) == 30
    assert {image["id"] for image in changed if image["status"] == "pending"} == ids
    done = [image for image in changed if image["status"] == "done"]
    assert {image["id"] for image in done} == ids
    assert all(image["thumbnailUrl"].startswith("http") for image in done)


def test_sends_six_files_at_a_time(page: Page, objects_url: str, new_file: NewFile) -> None:
    gate = RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", new_files(new_file, 10))

    expect_upload_phase(page, "uploading", 6)
    expect_upload_phase(page, "waiting", 4)
    gate.wait_for(6)

    gate.held[0].continue_()
    expect_upload_phase(page, "waiting", 3)


def test_uploads_nested_folders(page: Page, new_file: NewFile, tmp_path: Path) -> None:
    for number, file in enumerate(new_files(new_file, 6)):
        folder = tmp_path / "Holiday" / f"day {number % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file["name"]).write_bytes(file["buffer"])

    drop_files(page, [tmp_path / "Holiday"])

    expect_summary(page, "6 of 6 done")
    expect(page.locator("#notice")).to_have_text("Added 6 photos from the folder “Holiday”.")


def test_links_files_that_are_already_uploaded(page: Page, new_file: NewFile) -> None:
    files = new_files(new_file)
    page.set_input_files("#files", files[:3])
    expect_summary(page, "3 of 3 done")

    page.set_input_files("#files", files)

    expect_summary(page, f"{COUNT} of {COUNT} done, 3 already uploaded")
    first = page.locator(".upload").first
    expect(first).to_contain_text("Already uploaded")
    expect(first.get_by_role("link")).to_have_attribute("href", re.compile("^#/image/[0-9a-f]{64}$"))


def test_retries_transient_errors_without_showing_them(
    fast_page: Page, uploads_url: str, objects_url: str, new_file: NewFile
) -> None:
    busy = {"status": 503, "body": "<Error><Code>SlowDown</Code></Error>"}
    fast_page.route(objects_url, lambda route: fulfill(route, **busy), times=2)
    fast_page.route(uploads_url, lambda route: fulfill(route, status=429, body="{}"), times=1)
    fast_page.route(uploads_url, lambda route: fulfill(route, status=500, body="{}"), times=1)
    fast_page.route(uploads_url, lambda route: route.abort(), times=1)

    fast_page.set_input_files("#files", new_files(new_file))

    expect_summary(fast_page, f"{COUNT} of {COUNT} done")


def test_waits_for_the_connection_while_offline(fast_page: Page, new_file: NewFile) -> None:
    fast_page.context.set_offline(True)
    fast_page.set_input_files("#files", new_files(new_file))
    expect_upload_phase(fast_page, "retrying", COUNT)
    expect(uploads_in(fast_page, "retrying").first).to_contain_text(
        "Can't reach the service. Check your connection. Retrying automatically…"
    )

    fast_page.context.set_offline(False)
    expect_summary(fast_page, f"{COUNT} of {COUNT} done")


def test_retries_all_failed_uploads_with_one_button(
    fast_page: Page, uploads_url: str, new_file: NewFile
) -> None:
    fast_page.route(uploads_url, lambda route: route.abort())
    fast_page.set_input_files("#files", new_files(new_file))
    expect_summary(fast_page, f"0 of {COUNT} done, {COUNT} failed")
    expect(fast_page.locator("#announcements")).to_contain_text(f"{COUNT} failed.")
    fast_page.unroute(uploads_url)

    fast_page.get_by_role("button", name="Try again: cat 0.jpg").click()
    expect_summary(fast_page, f"1 of {COUNT} done, {COUNT - 1} failed")
    expect(fast_page.get_by_role("button", name="Dismiss cat 0.jpg")).to_be_focused()

    fast_page.get_by_role("button", name="Retry all").click()
    expect_summary(fast_page, f"{COUNT} of {COUNT} done")
    expect(fast_page.get_by_role("button", name="Retry all")).to_be_hidden()
    expect(fast_page.get_by_role("list", name="Photos being uploaded")).to_be_focused()

    fast_page.get_by_role("button", name="Clear list").click()
    expect(fast_page.locator("#upload-list")).to_be_hidden()
    expect(fast_page.locator("#files")).to_be_focused()


def test_announces_the_first_failures_and_then_the_total(
    page: Page, uploads_url: str, new_file: NewFile
) -> None:
    problem = json.dumps({"code": "too-large", "detail": "The file is too large."})
    page.route(uploads_url, lambda route: fulfill(route, status=413, body=problem))
    page.set_input_files("#files", new_files(new_file))

    expect_summary(page, f"0 of {COUNT} done, {COUNT} failed")
    announcements = page.locator("#announcements p")
    failure = re.compile(r"^cat \d\.jpg: The file is too large\.$")
    expect(announcements).to_have_text(
        [f"Uploading {COUNT} photos.", *[failure] * 3, f"0 of {COUNT} done, {COUNT} failed."]
    )


def test_can_cancel_one_or_all_uploads(page: Page, objects_url: str, new_file: NewFile) -> None:
    RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", new_files(new_file, 8))
    expect_upload_phase(page, "uploading", 6)

    page.get_by_role("button", name="Cancel cat 0.jpg").click()
    expect_summary(page, "0 of 7 done")
    expect_upload_phase(page, "uploading", 6)

    deleted = record_requests(page, method="DELETE")
    page.get_by_role("button", name="Cancel all").click()
    expect(page.locator("#upload-list")).to_be_hidden()
    expect(page.locator("#files")).to_be_focused()
    page.wait_for_function("() => document.querySelectorAll('.upload').length === 0")
    page.unroute(objects_url)

    page.set_input_files("#files", new_files(new_file))
    expect_summary(page, f"{COUNT} of {COUNT} done")
    assert len(set(deleted)) >= 6


def test_closing_the_page_asks_only_during_uploads(page: Page, objects_url: str, new_file: NewFile) -> None:
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", dismiss)
    gate = RequestGate(page, objects_url, "PUT")
    page.get_by_role("heading", level=1).click(force=True)  # browsers ask only after a user gesture
    page.set_input_files("#files", new_files(new_file))
    expect_upload_phase(page, "uploading", COUNT)

    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert dialogs == ["beforeunload"]
    expect_upload_phase(page, "uploading", COUNT)

    gate.release()
    expect_summary(page, f"{COUNT} of {COUNT} done")
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert dialogs == ["beforeunload"]


def test_resumes_interrupted_uploads_when_files_are_chosen_again(
    page: Page, objects_url: str, new_file: NewFile
) -> None:
    files = new_files(new_file, 8)
    gate = RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", files)
    expect_upload_phase(page, "uploading", 6)
    gate.wait_for(6)
    for route in gate.held[:2]:
        route.continue_()
    expect_upload_phase(page, "done", 2)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("Upload photos")).to_be_visible()
    gate.disable()
    puts = record_requests(page, method="PUT")

    page.set_input_files("#files", files)

    expect_summary(page, "8 of 8 done, 2 already uploaded")
    assert len(puts) == 6


def test_sends_identical_files_once(page: Page, objects_url: str, new_file: NewFile) -> None:
    gate = RequestGate(page, objects_url, "PUT")
    stored: list[int] = []
    page.on(
        "response",
        lambda response: stored.append(response.status) if response.request.method == "PUT" else None,
    )
    file = new_file()
    page.set_input_files("#files", [file | {"name": f"copy {number}.jpg"} for number in range(COUNT)])
    expect_upload_phase(page, "uploading", 1)
    gate.wait_for(1)

    gate.release()
    expect_upload_phase(page, "done", COUNT)
    assert stored.count(200) == 1


def test_canceling_identical_files_deletes_the_record_once(
    page: Page, objects_url: str, new_file: NewFile
) -> None:
    gate = RequestGate(page, objects_url, "PUT")
    file = new_file()
    statuses: list[int] = []
    page.on(
        "response",
        lambda response: statuses.append(response.status) if response.request.method == "DELETE" else None,
    )
    page.set_input_files("#files", [file | {"name": f"copy {number}.jpg"} for number in range(2)])
    gate.wait_for(1)
    page.wait_for_function(f"async () => {HASHED_UPLOADS} === 2")

    with page.expect_response(lambda response: response.request.method == "DELETE"):
        page.get_by_role("button", name="Cancel all").click()

    expect(page.locator(".tile")).to_have_count(0)
    assert statuses == [204]


def test_does_not_read_canceled_files(page: Page, objects_url: str, new_file: NewFile) -> None:
    page.add_init_script("""
      window.hashed = 0;
      const digest = crypto.subtle.digest.bind(crypto.subtle);
      crypto.subtle.digest = (...of) => { window.hashed += 1; return digest(...of); };
    """)
    page.reload()
    gate = RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", new_files(new_file, 10))
    gate.wait_for(6)

    page.get_by_role("button", name="Cancel all").click()
    gate.disable()
    page.set_input_files("#files", new_files(new_file, 2))

    expect_summary(page, "2 of 2 done")
    assert page.evaluate("window.hashed") == 6 + 2


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
    expect_summary(fast_page, "2 of 2 done, 2 already uploaded")
    fast_page.unroute(objects_url)

    fast_page.set_input_files("#files", new_files(new_file, 2))

    expect_summary(fast_page, "2 of 2 done")
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
    expect_summary(fast_page, "0 of 2 done, 2 failed")
    fast_page.unroute(objects_url)
    fast_page.set_input_files("#files", files)
    expect_summary(fast_page, "2 of 4 done, 2 failed")

    fast_page.get_by_role("button", name="Clear list").click()
    fast_page.set_input_files("#files", new_files(new_file, 2))

    expect_summary(fast_page, "2 of 2 done")
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
    expect_summary(fast_page, "0 of 1 done, 1 failed")
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

    expect_summary(fast_page, "2 of 2 done")
    assert deleted == []


def test_upload_list_is_accessible_and_never_scrolls_sideways(
    open_page: OpenPage, objects_url: str, new_file: NewFile, appearance: Json
) -> None:
    page = open_page(**appearance)
    gate = RequestGate(page, objects_url, "PUT")
    long_name = new_file() | {"name": "a-very-long-name-without-a-single-space-" * 4 + ".jpg"}
    empty: FilePayload = {"name": "empty.jpg", "mimeType": "image/jpeg", "buffer": b""}
    page.set_input_files("#files", [long_name, empty, *new_files(new_file, 8)])
    expect_upload_phase(page, "failed", 1)
    expect_upload_phase(page, "uploading", 6)
    assert not scrolls_sideways(page)
    assert axe_violations(page) == [], "uploading"

    gate.release()
    expect_summary(page, "9 of 10 done, 1 failed")
    assert not scrolls_sideways(page)
    assert axe_violations(page) == [], "done"
