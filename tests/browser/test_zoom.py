"""Zooming and panning a photo in the viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import bounding_box
from tests.browser.viewer_support import box_in_image, center, expect_image, open_image

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import OpenPage

BOX = (100, 100, 300, 300)  # of 400 × 400 pixels, in each image of a FakeLibrary


def scale(page: Page) -> int:
    return int((page.locator(".viewer-scale").text_content() or "").rstrip("%"))


def touch(page: Page, *frames: list[tuple[float, float]]) -> None:
    """Touch the screen: each frame lists the positions of all fingers."""
    session = page.context.new_cdp_session(page)
    for index, points in enumerate(frames):
        kind = "touchStart" if index == 0 else "touchMove"
        fingers = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_boxes_stay_in_place_at_any_scale(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    viewer = open_image(page)
    box = viewer.locator(".box").first
    for _ in range(3):
        assert box_in_image(viewer, box, (400, 400)) == pytest.approx(BOX, abs=2)
        page.keyboard.press("+")
    line = box.evaluate("(box) => parseFloat(getComputedStyle(box).borderLeftWidth)")
    assert line * scale(page) / 100 < 4  # borders don't grow with the photo


def test_zooms_with_buttons_keys_wheel_and_double_click(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    viewer = open_image(page)
    x, y = center(viewer)
    assert scale(page) == 100

    viewer.get_by_role("button", name="Zoom in").click()
    assert scale(page) == 150
    viewer.get_by_role("button", name="Zoom out").click()
    assert scale(page) == 100
    page.keyboard.press("+")
    page.keyboard.press("=")
    assert scale(page) == 225
    page.keyboard.press("-")
    assert scale(page) == 150
    page.keyboard.press("0")
    assert scale(page) == 100

    page.mouse.move(x - 100, y - 100)
    before = bounding_box(viewer.locator(".image-view-img"))
    page.mouse.wheel(0, -400)
    page.wait_for_function("document.querySelector('.viewer-scale').textContent !== '100%'")
    after = bounding_box(viewer.locator(".image-view-img"))
    for axis, point in (("x", x - 100), ("y", y - 100)):  # the point under the pointer stays
        size = "width" if axis == "x" else "height"
        assert (point - before[axis]) / before[size] == pytest.approx(
            (point - after[axis]) / after[size], abs=0.01
        )
    for _ in range(20):
        page.mouse.wheel(0, -1000)
    page.wait_for_function("document.querySelector('.viewer-scale').textContent === '800%'")
    viewer.get_by_role("button", name="Fit to window, 800%", exact=True).click()
    assert scale(page) == 100
    expect(viewer.locator(".viewer-scale")).to_have_accessible_name("Fit to window, 100%")

    page.mouse.dblclick(x, y)
    assert scale(page) == 250
    page.mouse.dblclick(x, y)
    assert scale(page) == 100


def test_pans_a_zoomed_photo_up_to_its_edge(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    viewer = open_image(page)
    x, y = center(viewer)
    page.mouse.dblclick(x, y)
    before = bounding_box(viewer.locator(".image-view-img"))

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30)
    page.mouse.up()
    moved = bounding_box(viewer.locator(".image-view-img"))
    assert (moved["x"] - before["x"], moved["y"] - before["y"]) == pytest.approx((60, 30), abs=1)

    page.keyboard.press("ArrowLeft")
    assert bounding_box(viewer.locator(".image-view-img"))["x"] - moved["x"] == pytest.approx(80, abs=1)
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    stage = bounding_box(viewer.locator(".viewer-stage"))
    edge = bounding_box(viewer.locator(".image-view-img"))
    assert edge["x"] + edge["width"] == pytest.approx(stage["x"] + stage["width"], abs=1)
    expect_image(page, 0)  # still the same photo


def test_supports_pinch_and_swipe(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    FakeLibrary(stack, 3).serve(page)
    viewer = open_image(page)
    x, y = center(viewer)

    touch(page, [(x + 100, y)], [(x, y)], [(x - 100, y)])
    viewer = expect_image(page, 1)
    touch(page, [(x - 100, y)], [(x, y)], [(x + 100, y)])
    viewer = expect_image(page, 0)

    touch(page, [(x - 20, y), (x + 20, y)], [(x - 40, y), (x + 40, y)], [(x - 60, y), (x + 60, y)])
    assert scale(page) == pytest.approx(300, abs=20)
    touch(page, [(x + 100, y)], [(x, y)], [(x - 100, y)])  # pans now
    expect_image(page, 0)
