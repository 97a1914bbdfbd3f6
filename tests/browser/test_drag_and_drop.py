"""Dropping files and folders on the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.support import (
    drop_files,
    expect_summary,
    expect_upload_phase,
    freeze_clock,
    new_files,
    start_drag,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.support import NewFile, OpenPage


def test_accepts_files_dropped_anywhere(page: Page, new_file: NewFile, tmp_path: Path) -> None:
    paths = []
    for name in ("astronaut.jpg", "chelsea.jpg"):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(new_file(name)["buffer"])

    drop_files(page, paths)

    expect_upload_phase(page, "done", 2)
    names = page.locator(".upload-name").all_text_contents()  # the last that was finished comes last
    assert sorted(names) == ["astronaut.jpg", "chelsea.jpg"]


def test_accepts_a_drop_after_the_element_under_the_pointer_changed(
    page: Page, new_file: NewFile, tmp_path: Path
) -> None:
    path = tmp_path / "astronaut.jpg"
    path.write_bytes(new_file()["buffer"])
    dispatch = start_drag(page, [path])
    page.evaluate("document.elementFromPoint(200, 200).style.pointerEvents = 'none'")
    dispatch("drop")
    expect_upload_phase(page, "done", 1)


def test_hides_the_drop_overlay_after_a_drag_leaves_a_removed_element(
    page: Page, new_file: NewFile, tmp_path: Path
) -> None:
    page.clock.install()
    freeze_clock(page)
    path = tmp_path / "astronaut.jpg"
    path.write_bytes(new_file()["buffer"])
    dispatch = start_drag(page, [path])
    overlay = page.get_by_text("Drop photos to upload")
    page.clock.run_for(600)
    dispatch("dragOver")
    page.clock.run_for(600)
    expect(overlay).to_be_visible()

    page.evaluate("document.elementFromPoint(200, 200).remove()")
    dispatch("dragCancel")
    page.clock.run_for(200)

    expect(overlay).to_be_hidden()


def test_uploads_the_photos_of_a_folder_and_skips_other_files(
    page: Page, new_file: NewFile, tmp_path: Path
) -> None:
    folder = tmp_path / "Holiday"
    (folder / "day one").mkdir(parents=True)
    (folder / "day one" / "cat.jpg").write_bytes(new_file("chelsea.jpg")["buffer"])
    (folder / "notes.txt").write_text("sunny")

    drop_files(page, [folder])

    expect_upload_phase(page, "done", 1)
    expect(page.locator(".upload-name")).to_have_text("cat.jpg")
    expect(page.locator("#notice")).to_have_text(
        "Added 1 photo from the folder “Holiday”. Skipped 1 other file."
    )


def test_shows_that_a_folder_has_no_photos(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "Empty"
    folder.mkdir()

    drop_files(page, [folder])

    expect(page.locator("#notice")).to_have_text("No photos found in the folder “Empty”.")
    expect(page.locator(".upload")).to_have_count(0)


def test_ignores_a_dragged_tile(page: Page, new_file: NewFile) -> None:
    page.set_input_files("#files", [new_file(), new_file("chelsea.jpg")])
    tile = page.locator('.tile[data-status="done"] .tile-link:has(img)').first
    expect_upload_phase(page, "done", 2)
    page.evaluate("""() => {
      window.dragged = [];
      for (const type of ["dragstart", "dragover", "dragend"]) {
        addEventListener(type, () => {
          window.dragged.push(type);
          window.overlayShown ||= document.body.hasAttribute("data-dragging");
        });
      }
    }""")

    tile.drag_to(page.locator(".upload-list-header"))

    expect(page.locator(".upload")).to_have_count(2)
    assert {"dragstart", "dragover", "dragend"} == set(page.evaluate("window.dragged"))
    assert page.evaluate("window.overlayShown") is False
    expect(page.locator("#notice")).to_be_empty()
    assert page.evaluate("location.hash") == ""


def test_asks_to_sign_in_before_a_drop(open_page: OpenPage, new_file: NewFile, tmp_path: Path) -> None:
    page = open_page(user=None)
    path = tmp_path / "early.jpg"
    path.write_bytes(new_file()["buffer"])
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.wait_for_load_state("networkidle")

    drop_files(page, [path])

    expect(page.locator("#welcome").get_by_role("alert")).to_have_text(
        "Sign in first, then add your photos again."
    )
    expect(page.locator(".upload")).to_have_count(0)


def test_uploads_nested_folders(page: Page, new_file: NewFile, tmp_path: Path) -> None:
    for number, file in enumerate(new_files(new_file, 6)):
        folder = tmp_path / "Holiday" / f"day {number % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file["name"]).write_bytes(file["buffer"])

    drop_files(page, [tmp_path / "Holiday"])

    expect_summary(page, "6 photos uploaded")
    expect(page.locator("#notice")).to_have_text("Added 6 photos from the folder “Holiday”.")


def test_focuses_a_dropped_photo_after_closing_it(page: Page, new_file: NewFile, tmp_path: Path) -> None:
    path = tmp_path / "dropped.jpg"
    path.write_bytes(new_file()["buffer"])
    drop_files(page, [path])
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")

    page.keyboard.press("Escape")

    expect(page.locator("#viewer")).to_be_hidden()
    expect(page.get_by_role("link", name=re.compile("^dropped.jpg"))).to_be_focused()
