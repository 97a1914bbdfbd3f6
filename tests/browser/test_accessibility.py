"""Accessibility of the whole page, from sign-in to the viewer."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.support import RequestGate, axe_violations, expect_summary, expect_upload_phase, sign_in

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, NewFile, OpenPage, ReplaceResult


def test_has_no_accessibility_violations_from_sign_in_to_result(
    open_page: OpenPage,
    new_file: NewFile,
    full_result: Json,
    replace_result: ReplaceResult,
    images_url: str,
    appearance: Json,
) -> None:
    page = open_page(user=None, **appearance)
    expect(page.locator("#welcome")).to_be_visible()
    assert axe_violations(page) == [], "signed out"

    sign_in(page, "alice")
    assert axe_violations(page) == [], "signed in"

    gate = RequestGate(page, images_url)
    page.set_input_files("#files", new_file())
    expect_upload_phase(page, "recognizing")
    assert axe_violations(page) == [], "recognizing"

    flags = [{"Name": "Alcohol", "ParentName": "", "Confidence": 91.0}]
    failed = {"custom": {"Code": "x", "Message": "Not running."}}
    replace_result(page, full_result | {"ModerationLabels": flags, "Errors": failed})
    gate.release()
    viewer = page.locator("#viewer")
    expect(viewer).to_have_attribute("data-ready", "")
    assert axe_violations(page) == [], "blurred"

    viewer.get_by_role("button", name="View photo").click()
    viewer.locator('.item[data-name="Helmet"] .item-value').click()
    viewer.get_by_text("Details", exact=True).click()
    viewer.get_by_text("View JSON").click()
    assert axe_violations(page) == [], "opened"

    page.keyboard.press("Escape")
    page.set_input_files("#files", {"name": "empty.jpg", "mimeType": "image/jpeg", "buffer": b""})
    expect_summary(page, "1 photo failed")
    if appearance["width"] == 320:
        page.locator("#upload-toggle").click()
    expect(page.locator(".upload[data-phase=failed]")).to_be_visible()
    assert axe_violations(page) == [], "failed"


def test_has_no_accessibility_violations_in_gallery_and_viewer(
    open_page: OpenPage, stack: Stack, images_url: str, appearance: Json
) -> None:
    page = open_page(**appearance)
    library = FakeLibrary(stack, 30)
    library.set_failed(1, "The picture is damaged.")
    library.set_pending(2)
    library.set_pending(3, uploaded_at=datetime(2026, 1, 1, tzinfo=UTC))
    library.serve(page)
    expect(page.locator(".tile").first).to_be_visible()
    expect(page.locator(".facet")).to_have_count(2)
    assert axe_violations(page) == [], "gallery"
    page.locator("#search").fill("person")
    expect(page.locator(".suggestion")).to_have_count(1)
    assert axe_violations(page) == [], "suggestions"

    gate = RequestGate(page, images_url)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).click()
    viewer = page.locator("#viewer")
    expect(viewer).to_contain_text("Loading…")
    assert axe_violations(page) == [], "loading"

    gate.release()
    expect(viewer).to_have_attribute("data-ready", "")
    page.keyboard.press("+")
    assert axe_violations(page) == [], "zoomed"

    page.keyboard.press("Delete")
    page.locator(".toast button").focus()  # keeps the toast open
    page.evaluate("(id) => { location.hash = `#/image/${id}`; }", image_id(1))
    expect(viewer.locator(".error-box")).to_be_visible()
    assert axe_violations(page) == [], "failed, with a toast"


def test_has_no_accessibility_violations_when_there_is_nothing_to_show_or_it_fails(
    open_page: OpenPage, stack: Stack, appearance: Json
) -> None:
    page = open_page(**appearance)
    expect(page.get_by_text("No photos yet")).to_be_visible()
    assert axe_violations(page) == [], "empty"

    library = FakeLibrary(stack, 3)
    library.set_failed(0, "The picture couldn't be recognized. Try again later.", "unavailable")
    library.set_failed(1, "The picture is damaged.", "broken")
    library.serve(page)
    page.evaluate("location.hash = '#/?q=status%3Afailed'")
    expect(page.locator(".tile[data-status=failed]")).to_have_count(2)
    assert axe_violations(page) == [], "needs attention"

    page.evaluate("location.hash = '#/?q=label%3AZebra'")
    expect(page.locator("#gallery-status")).to_contain_text("No photos match")
    assert axe_violations(page) == [], "nothing found"

    library.list_reachable = False
    page.evaluate("location.hash = '#/?q=label%3ACat'")
    expect(page.locator("#gallery-status").get_by_role("button", name="Try again")).to_be_visible()
    assert axe_violations(page) == [], "the list failed"

    page.context.set_offline(True)
    expect(page.locator("#offline")).to_contain_text("You’re offline.")
    assert axe_violations(page) == [], "offline"
