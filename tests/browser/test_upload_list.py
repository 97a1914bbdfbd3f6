"""Many uploads at once: their order, limits, duplicates, and interruptions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Dialog, Page, expect

from tests.browser.support import (
    UPLOAD_COUNT,
    RequestGate,
    axe_violations,
    bounding_box,
    expect_summary,
    expect_upload_phase,
    new_files,
    record_requests,
    scrolls_sideways,
)

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

    from tests.browser.support import Json, NewFile, OpenPage


def test_lists_uploads_in_the_order_chosen(page: Page, new_file: NewFile) -> None:
    files = [new_file("chelsea.jpg") | {"name": f"cat {number}.jpg"} for number in range(3)]

    page.set_input_files("#files", files)

    expect(page.locator(".upload-name")).to_have_text([file["name"] for file in files])
    expect_upload_phase(page, "done", 3)


def test_lists_thirty_uploads_and_scrolls(page: Page, new_file: NewFile) -> None:
    page.evaluate("""() => {
      window.changed = [];
      document.addEventListener("image-changed", ({detail: {image}}) => window.changed.push(image));
    }""")
    page.set_input_files("#files", new_files(new_file, 30))

    expect(page.locator(".upload")).to_have_count(30)
    expect(page.locator("#announcements")).to_contain_text("Uploading 30 photos.")
    expect_summary(page, "30 photos uploaded", timeout=90_000)  # generous, for a busy machine
    expect(page.locator("#announcements")).to_contain_text("30 photos uploaded.")
    for meter in ("Sent", "Recognized"):
        expect(page.get_by_role("progressbar", name=meter)).to_have_js_property("value", 1)
    assert bounding_box(page.locator("#upload-rows"))["height"] <= 450  # half of the window

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


def test_links_files_that_are_already_uploaded(page: Page, new_file: NewFile) -> None:
    files = new_files(new_file)
    page.set_input_files("#files", files[:3])
    expect_summary(page, "3 photos uploaded")

    page.set_input_files("#files", files)

    expect_summary(page, f"{UPLOAD_COUNT - 3} photos uploaded, 3 already uploaded")
    known = page.locator(".upload").filter(has_text="Already uploaded")
    expect(known).to_have_count(3)
    expect(known.first.get_by_role("link")).to_have_attribute("href", re.compile("^#/image/[0-9a-f]{64}$"))


def test_closing_the_page_asks_only_during_uploads(page: Page, objects_url: str, new_file: NewFile) -> None:
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", dismiss)
    gate = RequestGate(page, objects_url, "PUT")
    page.get_by_role("heading", level=1).click(force=True)  # browsers ask only after a user gesture
    page.set_input_files("#files", new_files(new_file))
    expect_upload_phase(page, "uploading", UPLOAD_COUNT)

    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert dialogs == ["beforeunload"]
    expect_upload_phase(page, "uploading", UPLOAD_COUNT)

    gate.release()
    expect_summary(page, f"{UPLOAD_COUNT} photos uploaded")
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
    expect(page.get_by_label("Upload", exact=True)).to_be_enabled()
    gate.disable()
    puts = record_requests(page, method="PUT")

    page.set_input_files("#files", files)

    expect_summary(page, "6 photos uploaded, 2 already uploaded")
    assert len(puts) == 6


def test_sends_identical_files_once(page: Page, objects_url: str, new_file: NewFile) -> None:
    gate = RequestGate(page, objects_url, "PUT")
    stored: list[int] = []
    page.on(
        "response",
        lambda response: stored.append(response.status) if response.request.method == "PUT" else None,
    )
    file = new_file()
    page.set_input_files("#files", [file | {"name": f"copy {number}.jpg"} for number in range(UPLOAD_COUNT)])
    expect_upload_phase(page, "uploading", 1)
    gate.wait_for(1)

    gate.release()
    expect_upload_phase(page, "done", UPLOAD_COUNT)
    assert stored.count(200) == 1


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
    if page.locator("#upload-body").is_hidden():
        page.locator("#upload-toggle").click()
    assert not scrolls_sideways(page)
    assert axe_violations(page) == [], "uploading"

    gate.release()
    expect_summary(page, "9 photos uploaded, 1 failed")
    assert not scrolls_sideways(page)
    assert axe_violations(page) == [], "done"
