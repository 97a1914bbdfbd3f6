"""Lines of the panel and boxes on the photo highlight each other, and lead to searches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from tests.browser.support import upload_and_open
from tests.browser.viewer_support import box, line

if TYPE_CHECKING:
    from tests.browser.support import Json, NewFile, ReplaceResult

DIMMED = "0.25"


def expect_highlighted(*locators: Locator) -> None:
    for locator in locators:
        expect(locator).to_have_attribute("data-highlighted", "")


def test_a_line_highlights_its_box_and_dims_the_others(page: Page, viewer: Locator) -> None:
    helmet, flag = box(viewer, "Helmet"), box(viewer, "Flag")
    expect(flag).to_have_css("opacity", "1")

    line(viewer, "Helmet").get_by_role("link", name="Helmet").focus()
    expect_highlighted(helmet, line(viewer, "Helmet"))
    expect(flag).to_have_css("opacity", DIMMED)
    expect(flag.locator(".box-label")).to_be_hidden()
    expect(helmet.locator(".box-label")).to_be_visible()

    line(viewer, "Helmet").get_by_role("link", name="Helmet").blur()
    expect(flag).to_have_css("opacity", "1")
    line(viewer, "Flag").hover()
    expect_highlighted(flag)
    expect(helmet).to_have_css("opacity", DIMMED)


def test_a_box_highlights_its_line_and_scrolls_it_into_view(
    page: Page, new_file: NewFile, full_result: Json, replace_result: ReplaceResult
) -> None:
    replace_result(page, full_result)
    viewer = upload_and_open(page, new_file())
    page.set_viewport_size({"width": 1280, "height": 420})
    patch = line(viewer, "Mission patch")
    expect(patch).not_to_be_in_viewport()
    box(viewer, "Mission patch", "custom").hover()
    expect_highlighted(patch)
    expect(patch).to_be_in_viewport()

    shuttle = line(viewer, "Space Shuttle")  # is behind "3 more"
    expect(shuttle).to_be_hidden()
    box(viewer, "Space Shuttle").dispatch_event("focus")
    expect_highlighted(shuttle)
    expect(shuttle).to_be_in_viewport()
    expect(box(viewer, "Flag")).to_have_css("opacity", DIMMED)


def test_a_click_keeps_a_box_highlighted(page: Page, viewer: Locator) -> None:
    helmet, flag = box(viewer, "Helmet"), box(viewer, "Flag")
    helmet.click()
    page.mouse.move(0, 0)
    expect(helmet).to_have_attribute("aria-pressed", "true")
    expect(line(viewer, "Helmet")).to_have_attribute("data-pinned", "")
    expect(flag).to_have_css("opacity", DIMMED)
    line(viewer, "Helmet").locator(".item-value").click()
    page.mouse.move(0, 0)
    expect(helmet).to_have_attribute("aria-pressed", "false")
    expect(flag).to_have_css("opacity", "1")

    face = line(viewer, "Face 1").get_by_role("button", name="Face 1")
    face.press("Enter")
    expect(face).to_have_attribute("aria-pressed", "true")
    expect(box(viewer, "Face 1", "faces")).to_have_attribute("data-pinned", "")


def test_boxes_are_one_tab_stop_with_arrow_keys(page: Page, viewer: Locator) -> None:
    boxes = viewer.locator(".box:visible")
    expect(viewer.locator('.box[tabindex="0"]')).to_have_count(1)
    boxes.first.focus()
    expect_highlighted(boxes.first)
    page.keyboard.press("ArrowRight")
    expect(boxes.nth(1)).to_be_focused()
    expect_highlighted(boxes.nth(1))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(boxes.last).to_be_focused()
    expect(viewer.locator('.box[tabindex="0"]')).to_have_count(1)


def test_words_are_faint_until_their_line_is_highlighted(page: Page, viewer: Locator) -> None:
    word = viewer.locator(".word", has_text="NASA")
    expect(word).to_have_css("background-color", "rgba(255, 209, 102, 0.18)")
    line(viewer, "NASA").hover()
    expect(word).to_have_css("background-color", "rgba(255, 209, 102, 0.6)")
    page.mouse.move(0, 0)
    word.hover()
    expect_highlighted(line(viewer, "NASA"))


def test_lines_and_colors_lead_to_searches(page: Page, viewer: Locator) -> None:
    links = {
        "Person": "label%3APerson",
        "Space Shuttle": "label%3A%22Space+Shuttle%22",
        "EILEEN COLLINS": "text%3A%22EILEEN+COLLINS%22",
        "Eileen Collins": "celebrity%3A%22Eileen+Collins%22",
        "Mission patch": "label%3A%22Mission+patch%22",
    }
    for name, query in links.items():
        expect(line(viewer, name).locator("a.item-name")).to_have_attribute("href", f"#/?q={query}")
    colors = viewer.get_by_role("list", name="Colors").get_by_role("link")
    assert [color.get_attribute("aria-label") for color in colors.all()] == [
        "Orange 31%",
        "linen 22%",
        "darkslategray 14%",
    ]
    expect(colors.first).to_have_attribute("href", "#/?q=color%3Aorange")
    colors.first.focus()
    expect(viewer.get_by_text("Orange 31%")).to_be_visible()
    line(viewer, "Person").get_by_role("link", name="Person").click()
    expect(viewer).to_be_hidden()
    expect(page).to_have_url(re.compile(r"#/\?q=label%3APerson$"))
