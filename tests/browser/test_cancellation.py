"""Canceling uploads: the transfer, the record, and the tile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support import (
    UPLOAD_COUNT,
    RequestGate,
    expect_signed_in,
    expect_summary,
    expect_upload_phase,
    new_files,
    record_requests,
)

if TYPE_CHECKING:
    from tests.browser.support import NewFile

pytestmark = pytest.mark.usefixtures("sources")  # imports modules of the page
HASHED_UPLOADS = "[...(await importSource('polling.js')).activeUploads].filter(({id}) => id).length"


def test_canceling_stops_the_transfer(page: Page, objects_url: str, new_file: NewFile) -> None:
    RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", new_file())
    expect_upload_phase(page, "uploading")

    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Cancel astronaut.jpg").click()

    expect(page.locator(".upload")).to_have_count(0)
    expect(page.locator("#files")).to_be_focused()


def test_canceling_deletes_the_record(page: Page, objects_url: str, new_file: NewFile) -> None:
    RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", new_file())
    expect_upload_phase(page, "uploading")

    with page.expect_response(lambda response: response.request.method == "DELETE") as deletion:
        page.get_by_role("button", name="Cancel astronaut.jpg").click()

    assert deletion.value.status == 204


def test_canceling_during_the_request_deletes_the_record(
    page: Page, uploads_url: str, new_file: NewFile
) -> None:
    gate = RequestGate(page, uploads_url)
    page.set_input_files("#files", new_file())
    gate.wait_for(1)
    page.get_by_role("button", name="Cancel astronaut.jpg").click()
    expect(page.locator(".upload")).to_have_count(0)

    with page.expect_response(lambda response: response.request.method == "DELETE") as deletion:
        gate.release()

    assert deletion.value.status == 204


def test_can_cancel_one_or_all_uploads(page: Page, objects_url: str, new_file: NewFile) -> None:
    RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", new_files(new_file, 8))
    expect_upload_phase(page, "uploading", 6)

    page.get_by_role("button", name="Cancel cat 0.jpg").click()
    expect_summary(page, "Uploading 7 photos")
    expect_upload_phase(page, "uploading", 6)

    deleted = record_requests(page, method="DELETE")
    page.get_by_role("button", name="Cancel all").click()
    expect(page.locator("#upload-list")).to_be_hidden()
    expect(page.locator("#files")).to_be_focused()
    page.wait_for_function("() => document.querySelectorAll('.upload').length === 0")
    page.unroute(objects_url)

    page.set_input_files("#files", new_files(new_file))
    expect_summary(page, f"{UPLOAD_COUNT} photos uploaded")
    assert len(set(deleted)) >= 6


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
    expect_signed_in(page)
    gate = RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", new_files(new_file, 10))
    gate.wait_for(6)

    page.get_by_role("button", name="Cancel all").click()
    gate.disable()
    page.set_input_files("#files", new_files(new_file, 2))

    expect_summary(page, "2 photos uploaded")
    assert page.evaluate("window.hashed") == 6 + 2


def test_removes_a_canceled_upload_from_the_grid(page: Page, objects_url: str, new_file: NewFile) -> None:
    RequestGate(page, objects_url, "PUT")
    file = new_file() | {"name": "canceled.jpg"}
    page.set_input_files("#files", file)
    tile = page.locator(".tile").filter(has_text="canceled.jpg")
    expect(tile).to_contain_text("Recognizing…")
    with page.expect_response(lambda response: response.request.method == "DELETE") as deletion:
        page.get_by_role("button", name="Cancel canceled.jpg").click()
    assert deletion.value.status == 204
    expect(tile).to_have_count(0)
