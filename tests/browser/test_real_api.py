"""Search, own data and bulk actions on the local stack: the page and the API agree on the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.support import expect_upload_phase, tiles
from tests.browser.viewer_support import choose_action

if TYPE_CHECKING:
    from tests.browser.support import NewFile


def test_tags_searches_and_deletes_real_photos(page: Page, new_file: NewFile) -> None:
    files = [new_file() | {"name": "woman.jpg"}, new_file("chelsea.jpg") | {"name": "cat.jpg"}]
    page.set_input_files("#files", files)
    expect_upload_phase(page, "done", 2)
    page.get_by_role("button", name="Select", exact=True).click()
    bar = page.get_by_role("region", name="Selected photos")
    bar.get_by_role("button", name="Select all").click()
    bar.get_by_role("button", name="Tag", exact=True).click()
    page.keyboard.type("new year")
    page.keyboard.press("Enter")
    notifications = page.get_by_role("region", name="Notifications")
    expect(notifications).to_contain_text("2 photos tagged “new year”.")
    bar.get_by_role("button", name="Hide").click()
    expect(notifications).to_contain_text("2 photos hidden.")

    field = page.get_by_role("combobox", name="Search photos")
    field.press_sequentially("tag:ne")
    expect(page.locator(".suggestion:visible")).to_have_text(["new year2"])
    field.press("ArrowDown")
    field.press("Enter")
    expect(tiles(page)).to_have_count(2)
    field.fill("is:hidden -person")
    field.press("Enter")
    expect(tiles(page).locator(".tile-name")).to_have_text(["cat.jpg"])
    page.get_by_label("Order").select_option("Date taken")
    expect(tiles(page).locator(".tile-name")).to_have_text(["cat.jpg"])
    page.get_by_role("button", name="Clear search").click()
    field.fill("cat size:3")
    field.press("Enter")
    expect(page.locator("#search-error")).to_contain_text("The field")
    assert field.evaluate("(field) => field.value.slice(field.selectionStart)") == "size:3"

    page.get_by_role("link", name="All photos").click()
    page.get_by_role("link", name="cat.jpg, hidden").click()
    viewer = page.locator("#viewer")
    expect(viewer).to_have_attribute("data-ready", "")
    caption = viewer.get_by_label("Caption")
    caption.fill("On the sofa")
    caption.press("Enter")
    viewer.get_by_role("button", name="Favorite").click()
    expect(viewer.get_by_role("button", name="Favorite")).to_have_attribute("aria-pressed", "true")
    viewer.get_by_role("button", name="Hide").click()
    expect(viewer.get_by_role("button", name="Hide")).to_have_attribute("aria-pressed", "false")
    viewer.get_by_text("Similar photos").click()
    expect(viewer.locator(".similar")).to_have_text("No similar photos.")
    page.reload()
    expect(caption).to_have_value("On the sofa")
    expect(viewer.get_by_role("button", name="Favorite")).to_have_attribute("aria-pressed", "true")
    choose_action(page, "Recognize again")
    expect(viewer).to_have_attribute("data-ready", "")
    expect(viewer.locator('.item[data-name="Cat"]')).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Select", exact=True).click()
    bar.get_by_role("button", name="Select all").click()
    page.on("dialog", lambda dialog: dialog.accept())
    bar.get_by_role("button", name="Delete").click()
    expect(notifications).to_contain_text("2 photos deleted.")
    page.reload()
    expect(page.locator(".gallery-empty")).to_have_text("No photos yet")
