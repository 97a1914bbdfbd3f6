"""The viewer on a phone: the panel is a sheet, and the photo follows the finger."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import bounding_box
from tests.browser.test_zoom import touch
from tests.browser.viewer_support import center, expect_image, get_viewer, open_image

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import OpenPage


@pytest.fixture
def phone(open_page: OpenPage, stack: Stack) -> Page:
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True, reduced_motion="reduce")
    FakeLibrary(stack, 3).serve(page)
    open_image(page)
    return page


def sheet_top(page: Page) -> float:
    return bounding_box(page.locator(".viewer-panel"))["y"]


def test_sheet_has_three_heights(phone: Page) -> None:
    viewer = get_viewer(phone)
    handle = viewer.locator(".sheet-handle")
    assert sheet_top(phone) == pytest.approx(844 / 2, abs=2)
    expect(handle).to_have_accessible_name("Show more")
    handle.tap()
    assert sheet_top(phone) < 80
    expect(handle).to_have_accessible_name("Show less")
    handle.tap()
    expect(viewer).to_have_attribute("data-sheet", "peek")
    expect(handle).to_have_attribute("aria-expanded", "false")
    assert sheet_top(phone) > 700
    expect(viewer.get_by_role("heading", level=2)).to_be_in_viewport(ratio=1)  # the name
    handle.press("ArrowUp")
    expect(viewer).to_have_attribute("data-sheet", "half")
    phone.keyboard.press("i")
    expect(viewer).to_have_attribute("data-sheet", "peek")


def test_sheet_is_dragged_by_its_head(phone: Page) -> None:
    viewer = get_viewer(phone)
    head = bounding_box(viewer.locator(".viewer-head"))
    x, y = head["x"] + 100, head["y"] + 40
    touch(phone, [(x, y)], [(x, y - 60)], [(x, y - 120)])
    expect(viewer).to_have_attribute("data-sheet", "full")
    y = sheet_top(phone) + 40
    touch(phone, [(x, y)], [(x, y + 300)], [(x, y + 700)])
    expect(viewer).to_have_attribute("data-sheet", "peek")


def test_pulling_down_closes_and_swiping_up_raises_the_sheet(phone: Page) -> None:
    viewer = get_viewer(phone)
    x, y = center(viewer)
    touch(phone, [(x, y)], [(x, y - 60)], [(x, y - 120)])
    expect(viewer).to_have_attribute("data-sheet", "full")
    viewer.locator(".sheet-handle").press("ArrowDown")
    touch(phone, [(x, y)], [(x, y + 20)], [(x, y + 30)])  # too short
    expect_image(phone, 0)
    touch(phone, [(x, y)], [(x, y + 60)], [(x, y + 120)])
    expect(viewer).to_be_hidden()
    expect(phone).not_to_have_url(re.compile("/image/"))


def test_zooms_from_the_menu_on_a_phone(phone: Page) -> None:
    viewer = get_viewer(phone)
    before = bounding_box(viewer.locator(".image-view-img"))["width"]
    for name, factor in (
        ("Zoom in", 1.5),
        ("Zoom out", 1.0),
        ("Original size, 1:1", 400 / before),
        ("Fit", 1.0),
    ):
        viewer.get_by_role("button", name="More actions").tap()
        viewer.get_by_role("menuitem", name=name).tap()
        after = bounding_box(viewer.locator(".image-view-img"))["width"]
        assert after == pytest.approx(before * factor, abs=2), name
