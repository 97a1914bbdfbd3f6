"""The viewer: navigation, links, downloads, and layout."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.support import bounding_box, upload_and_open
from tests.browser.viewer_support import (
    ASTRONAUT_FACE,
    box_in_image,
    center,
    choose_action,
    contains_box,
    expect_image,
    get_viewer,
    open_image,
    upload_and_get_id,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack
    from tests.browser.support import NewFile, OpenPage


@pytest.mark.parametrize("width", [320, 1440])
def test_shows_a_large_photo_with_boxes_in_place(open_page: OpenPage, new_file: NewFile, width: int) -> None:
    page = open_page(width=width)
    viewer = upload_and_open(page, new_file())
    picture = viewer.locator(".image-view-img")
    expect(picture).to_have_js_property("naturalWidth", 512)  # the preview, not the thumbnail

    image = bounding_box(picture)
    assert max(image["width"] / width, image["height"] / 900) > 0.55
    person_box = viewer.locator(".box").filter(has_text="Person").first
    assert contains_box(box_in_image(viewer, person_box), ASTRONAUT_FACE)
    expect(viewer.locator('.item[data-name="Person"]')).to_be_visible()
    expect(viewer.locator(".viewer-meta")).to_contain_text("512 × 512 · JPEG")


def test_moves_to_the_next_and_previous_photo(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 70).serve(page)
    open_image(page)
    page.keyboard.press("ArrowRight")
    expect_image(page, 1)
    expect(page).to_have_url(re.compile(f"#/image/{image_id(1)}$"))
    expect(get_viewer(page).get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    viewer = expect_image(page, 0)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#announcements")).to_contain_text("This is the first photo.")
    expect(viewer.get_by_role("button", name="Previous photo")).to_have_attribute("aria-disabled", "true")

    viewer.get_by_role("button", name="Next photo").click()
    expect_image(page, 1)
    page.goto(f"{stack.page_url}/#/image/{image_id(59)}".replace("//#", "/#"))
    expect_image(page, 59)
    page.keyboard.press("ArrowRight")  # loads the next page
    expect_image(page, 60)
    expect(page.locator(".viewer-position")).to_have_text("61 of 70")


def test_arrow_keys_are_mirrored_in_rtl(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    open_image(page)
    page.keyboard.press("ArrowLeft")
    viewer = expect_image(page, 1)
    next_button = bounding_box(viewer.get_by_role("button", name="Next photo"))
    assert next_button["x"] < center(viewer)[0]


def test_escape_closes_and_focuses_the_last_viewed_photo(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 70).serve(page)
    page.get_by_role("link", name=re.compile(r"^picture-0\.jpg")).focus()
    page.keyboard.press("Enter")
    expect_image(page, 0)
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    expect_image(page, 30)

    page.keyboard.press("Escape")

    expect(get_viewer(page)).to_be_hidden()
    expect(page.get_by_role("link", name=re.compile(r"^picture-30\.jpg"))).to_be_focused()
    expect(page.get_by_role("link", name=re.compile(r"^picture-30\.jpg"))).to_be_in_viewport()
    expect(page).not_to_have_url(re.compile("/image/"))
    assert page.title() == "Glimpse"


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_photo_grows_from_its_tile_unless_motion_is_reduced(
    open_page: OpenPage, stack: Stack, motion: str
) -> None:
    page = open_page(reduced_motion=motion)
    FakeLibrary(stack, 3).serve(page)
    page.evaluate("""() => {
      window.morphed = [];
      const start = document.startViewTransition.bind(document);
      document.startViewTransition = (update) => {
        const named = document.querySelector(".tile img[style*='view-transition-name: photo']");
        window.morphed.push(named?.closest("a").hash ?? "");
        return start(update);
      };
    }""")
    open_image(page, 1)
    assert page.evaluate("window.morphed") == (
        [f"#/image/{image_id(1)}"] if motion == "no-preference" else []
    )


def test_back_closes_and_forward_reopens(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 5).serve(page)
    open_image(page)
    page.keyboard.press("ArrowRight")
    expect_image(page, 1)
    page.go_back()
    expect(get_viewer(page)).to_be_hidden()
    page.go_forward()
    expect_image(page, 1)


def test_content_behind_the_viewer_is_inert(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 5).serve(page)
    viewer = open_image(page)
    assert page.evaluate("document.querySelector('#layout').inert")
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || document.activeElement.closest('#viewer') !== null"
        )
    viewer.get_by_role("button", name="Close").click()
    expect(viewer).to_be_hidden()
    assert not page.evaluate("document.querySelector('#layout').inert")


def test_opens_a_linked_photo_after_sign_in(open_page: OpenPage, page: Page, new_file: NewFile) -> None:
    identifier = upload_and_get_id(page, new_file())
    other = open_page(at=f"#/image/{identifier}")  # signs in first
    expect(get_viewer(other)).to_have_attribute("data-ready", "")
    expect(get_viewer(other).get_by_role("heading", level=2)).to_have_text("astronaut.jpg")
    other.reload()
    expect(get_viewer(other)).to_have_attribute("data-ready", "")
    tile_link = other.locator(f".tile [href$='{identifier}']")
    expect(tile_link).to_be_attached()  # or there is nothing to focus yet
    other.keyboard.press("Escape")
    expect(get_viewer(other)).to_be_hidden()
    expect(tile_link).to_be_focused()


def test_downloads_the_photo_and_its_json(page: Page, new_file: NewFile, tmp_path: Path) -> None:
    file = new_file()
    upload_and_open(page, file)
    saved = {}
    photo = get_viewer(page).get_by_role("button", name="Download photo")
    actions: list[Callable[[], None]] = [photo.click, lambda: choose_action(page, "Download JSON")]
    for action in actions:
        with page.expect_download() as download:
            action()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        saved[path.name] = path.read_bytes()

    assert sorted(saved) == ["astronaut.jpg", "astronaut.json"]
    assert saved["astronaut.jpg"] == file["buffer"]
    assert json.loads(saved["astronaut.json"])["SchemaVersion"] == 1
    expect(get_viewer(page)).to_be_visible()


def test_keys_show_the_panel_and_mark_a_favorite(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 1).serve(page)
    viewer = open_image(page)
    panel, stage = viewer.locator(".viewer-panel"), viewer.locator(".viewer-stage")
    assert bounding_box(panel)["width"] == 348
    page.keyboard.press("i")
    expect(panel).to_be_hidden()
    expect(viewer.get_by_role("button", name="Details panel")).to_have_attribute("aria-pressed", "false")
    width = bounding_box(stage)["width"]
    page.keyboard.press("i")
    expect(panel).to_be_visible()
    assert bounding_box(stage)["width"] == pytest.approx(width - 348, abs=1)
    page.keyboard.press("f")
    expect(viewer.get_by_role("button", name="Favorite")).to_have_attribute("aria-pressed", "true")
    assert [body for _, body, _ in library.patches] == [{"favorite": True}]


@pytest.mark.parametrize("width", [320, 768, 1440, 3840])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_viewer_never_scrolls_sideways(open_page: OpenPage, stack: Stack, width: int, direction: str) -> None:
    page = open_page(width=width, height=720)
    library = FakeLibrary(stack, 2)
    library.change(0, fileName="picture-0.jpg" + "-without-a-single-space" * 8)
    library.serve(page)
    page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
    page.locator(".tile-link").first.click()
    expect(get_viewer(page)).to_have_attribute("data-ready", "")
    page.get_by_text("Details", exact=True).click()
    page.get_by_text("View JSON").click()
    for selector in ("html", "#viewer", ".viewer-panel", ".viewer-body"):
        overflow = page.locator(selector).evaluate("(element) => element.scrollWidth - element.clientWidth")
        assert overflow <= 0, selector
    for button in get_viewer(page).locator(".viewer-bar button:visible").all():
        expect(button).to_be_in_viewport(ratio=1)


def test_focus_is_never_hidden_on_a_phone(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=320, height=480, reduced_motion="reduce")
    library = FakeLibrary(stack, 2)
    library.change(0, labels=[{"name": f"Label {number}", "confidence": 90.0} for number in range(20)])
    library.serve(page)
    viewer = open_image(page)
    viewer.get_by_role("button", name="Show more").press("ArrowDown")  # the name alone
    expect(viewer).to_have_attribute("data-sheet", "peek")
    viewer.get_by_role("button", name="Close").focus()
    hidden, focused = [], []
    for _ in range(24):
        page.keyboard.press("Tab")
        name, is_seen = page.evaluate("""() => {
          const {activeElement: focused} = document;
          const {left, top, width, height} = focused.getBoundingClientRect();
          const seen = document.elementFromPoint(left + width / 2, top + height / 2);
          const isBox = focused.matches(".box") && seen?.closest(".image-view-overlay");
          return [focused.ariaLabel ?? focused.textContent, Boolean(focused.contains(seen) || isBox)];
        }""")
        focused.append(name)
        hidden += [] if is_seen else [name]
    expect(viewer).to_have_attribute("data-sheet", "half")
    assert {"Delete", "Show more", "Label 0", "14 more"} - set(focused) == set()
    assert hidden == []
