"""Deleting a photo in the viewer, and undoing the deletion."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.support import bounding_box, expect_upload_phase, freeze_clock
from tests.browser.viewer_support import expect_image, get_viewer, open_image, upload_and_get_id

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

    from local.stack import Stack
    from tests.browser.support import NewFile, OpenPage


def test_deleting_can_be_undone(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 5).serve(page)
    open_image(page, 1)
    get_viewer(page).get_by_role("button", name="Delete", exact=True).click()
    expect_image(page, 2)
    toast = page.get_by_role("region", name="Notifications")
    expect(toast).to_contain_text("Deleted picture-1.jpg.")
    expect(page.locator("#announcements")).to_contain_text("Deleted picture-1.jpg.")
    expect(page.locator(".viewer-position")).to_have_text("2 of 4")

    toast.get_by_role("button", name="Undo deleting picture-1.jpg").click()
    expect_image(page, 1)
    expect(page.locator(".viewer-position")).to_have_text("2 of 5")
    expect(toast).to_be_hidden()

    page.keyboard.press("Delete")
    expect_image(page, 2)
    page.keyboard.press("Escape")
    expect(get_viewer(page)).to_be_hidden()
    expect(page.locator(".tile")).to_have_count(4)
    page.keyboard.press("Control+z")
    expect(page.locator(".tile")).to_have_count(5)
    expect(page.get_by_role("link", name=re.compile(r"^picture-1\.jpg"))).to_be_focused()
    assert library.deleted_ids == []


def test_the_undo_can_be_seen_in_the_viewer_while_photos_are_selected(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 5).serve(page)
    page.locator(".tile-check").first.check()
    expect(page.get_by_role("region", name="Selected photos")).to_be_visible()
    page.evaluate("(id) => { location.hash = `#/image/${id}`; }", image_id(1))
    expect(get_viewer(page)).to_have_attribute("data-ready", "")
    page.keyboard.press("Delete")
    expect(page.get_by_role("button", name="Undo deleting picture-1.jpg")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("use", ["focus", "hover"])
def test_deletes_after_a_delay_but_not_while_the_toast_is_in_use(page: Page, stack: Stack, use: str) -> None:
    page.clock.install()
    library = FakeLibrary(stack, 5).serve(page)
    expect(page.locator(".tile")).to_have_count(5)
    open_image(page, 1)
    freeze_clock(page)
    page.keyboard.press("Delete")
    undo = page.get_by_role("button", name="Undo deleting picture-1.jpg")
    page.clock.run_for(4_000)
    if use == "focus":
        undo.focus()
    else:
        undo.hover()
    page.clock.run_for(60_000)
    assert library.deleted_ids == []

    if use == "focus":
        undo.evaluate("(button) => button.blur()")
    else:
        page.mouse.move(0, 0)
    page.clock.run_for(5_000)  # the six seconds start again
    assert library.deleted_ids == []
    with page.expect_request(lambda request: request.method == "DELETE"):
        page.clock.run_for(2_000)
    expect(undo).to_be_hidden()
    page.clock.run_for(4_000)
    expect(page.locator("#label-groups [data-name=Cat] .filter-count")).to_have_text("2")  # updated
    assert library.deleted_ids == [image_id(1)]


def test_undo_ends_the_delay_of_its_deletion(page: Page, stack: Stack) -> None:
    page.clock.install()
    library = FakeLibrary(stack, 5).serve(page)
    expect(page.locator(".tile")).to_have_count(5)
    open_image(page, 1)
    freeze_clock(page)
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Undo deleting picture-1.jpg").click()
    expect_image(page, 1)
    page.clock.run_for(4_000)
    page.keyboard.press("Delete")
    page.mouse.move(0, 0)
    page.clock.run_for(5_000)
    assert page.locator(".toast").count() == 1
    assert library.deleted_ids == []
    with page.expect_request(lambda request: request.method == "DELETE"):
        page.clock.run_for(2_000)


def test_uploading_a_file_again_undoes_its_deletion(page: Page, new_file: NewFile) -> None:
    broken: FilePayload = new_file() | {"name": "broken.jpg", "buffer": new_file()["buffer"][:200]}
    page.set_input_files("#files", broken)
    expect_upload_phase(page, "failed", 1)
    page.evaluate("location.hash = '#/?q=status%3Afailed'")
    page.locator(".tile-link").click()
    expect(get_viewer(page).get_by_role("button", name="Choose file again")).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.locator(".tile")).to_have_count(0)
    page.get_by_role("button", name="Undo deleting broken.jpg").focus()  # keeps the toast open

    page.set_input_files("#files", broken)

    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#announcements")).to_contain_text("Restored broken.jpg.")
    expect(page.locator('.tile[data-status="failed"]')).to_have_count(1)


@pytest.mark.parametrize("width", [320, 1280])
def test_toast_keeps_its_button_on_one_line(open_page: OpenPage, stack: Stack, width: int) -> None:
    page = open_page(width=width)
    library = FakeLibrary(stack, 3)
    if width == 320:
        library.change(0, fileName="picture-0.jpg" + "-without-a-single-space" * 8)
    library.serve(page)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).click()
    expect(get_viewer(page)).to_have_attribute("data-ready", "")
    page.keyboard.press("Delete")
    undo = page.locator(".toast button")
    undo.focus()  # keeps the toast open
    line_count = """(button) => {
      const range = new Range();
      range.selectNodeContents(button);
      return range.getClientRects().length;
    }"""
    assert undo.evaluate(line_count) == 1
    toast = bounding_box(page.locator(".toast"))
    assert toast == bounding_box(page.locator("#toasts"))  # which would take clicks beside it
    assert toast["x"] + toast["width"] / 2 == pytest.approx(width / 2, abs=8)  # half a scroll bar


def test_leaving_the_page_completes_the_deletion(
    page: Page, stack: Stack, new_file: NewFile, api_url: str
) -> None:
    identifier = upload_and_get_id(page, new_file())
    page.keyboard.press("Delete")
    expect(page.get_by_role("region", name="Notifications")).to_be_visible()
    page.goto("about:blank")

    page.goto(stack.page_url)
    url = f"{api_url}/images/{identifier}"
    page.wait_for_function(
        "async ([url, Authorization]) => (await fetch(url, {headers: {Authorization}})).status === 404",
        arg=[url, f"Bearer {stack.token('alice')}"],
    )


def test_failed_deletion_restores_the_photo_and_shows_why(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3)
    library.delete_problem = (500, "internal-error", "Something went wrong on our side.")
    page.clock.install()
    library.serve(page)
    open_image(page, 0)
    freeze_clock(page)
    page.keyboard.press("Delete")
    expect_image(page, 1)
    page.keyboard.press("Escape")
    expect(page.locator(".tile")).to_have_count(2)
    page.clock.run_for(7_000)
    expect(page.locator(".tile")).to_have_count(3)
    message = "Couldn’t delete picture-0.jpg. Something went wrong on our side."
    expect(page.locator(".toast")).to_contain_text(message)
    expect(page.locator("#announcements")).to_contain_text(message)
    page.locator(".toast").get_by_role("button", name="Dismiss").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_deleting_the_last_photo_closes_the_viewer(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 1).serve(page)
    open_image(page, 0)
    page.keyboard.press("Delete")
    expect(get_viewer(page)).to_be_hidden()
    expect(page.locator(".gallery-status")).to_contain_text("No photos yet")
