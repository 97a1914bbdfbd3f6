"""Zooming and panning a photo in the viewer."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import bounding_box, fulfill, wait_until
from tests.browser.viewer_support import box_in_image, center, expect_image, open_image

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import OpenPage

BOX = (100, 100, 300, 300)  # of 400 × 400 pixels, in each image of a FakeLibrary


def scale(page: Page) -> int:
    return int((page.locator(".viewer-scale").text_content() or "").rstrip("%"))


def factor(page: Page) -> float:
    """Return how much larger the photo is than when it fits the stage."""
    return float(
        page.locator(".image-view-frame").evaluate("""(frame) => {
          const [photo, room] = [frame, frame.parentElement].map((each) => each.getBoundingClientRect());
          return photo.width / Math.min(room.width, (room.height * photo.width) / photo.height);
        }""")
    )


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
    line = box.evaluate(
        """(box) => {
          const scale = box.getBoundingClientRect().width / box.offsetWidth;
          const {borderWidth, outlineStyle, boxShadow} = getComputedStyle(box);
          const shadows = boxShadow.match(/[\\d.]+px/g).map(parseFloat);
          return outlineStyle === "none" && borderWidth === "0px" ? Math.max(...shadows) * scale : NaN;
        }"""
    )
    assert line < 4  # borders don't grow with the photo


def test_zooms_with_buttons_keys_wheel_and_double_click(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 3).serve(page)
    viewer = open_image(page)
    x, y = center(viewer)
    fit = scale(page)
    width = bounding_box(viewer.locator(".image-view-img"))["width"]
    assert fit == round(width / 400 * 100)  # of the original

    viewer.get_by_role("button", name="Zoom in").click()
    assert scale(page) == pytest.approx(fit * 1.5, abs=1)
    viewer.get_by_role("button", name="Zoom out").click()
    assert scale(page) == fit
    page.keyboard.press("+")
    page.keyboard.press("=")
    assert scale(page) == pytest.approx(fit * 2.25, abs=1)
    page.keyboard.press("-")
    assert scale(page) == pytest.approx(fit * 1.5, abs=1)
    page.keyboard.press("1")
    assert scale(page) == 100
    page.keyboard.press("0")
    assert scale(page) == fit

    page.mouse.move(x - 100, y - 100)
    before = bounding_box(viewer.locator(".image-view-img"))
    page.mouse.wheel(0, -400)
    expect(viewer.locator(".viewer-scale")).not_to_have_text(f"{fit}%")
    after = bounding_box(viewer.locator(".image-view-img"))
    for axis, point in (("x", x - 100), ("y", y - 100)):  # the point under the pointer stays
        size = "width" if axis == "x" else "height"
        assert (point - before[axis]) / before[size] == pytest.approx(
            (point - after[axis]) / after[size], abs=0.01
        )
    for _ in range(20):
        page.mouse.wheel(0, -1000)
    wait_until(page, lambda: factor(page) == pytest.approx(8, abs=0.01))
    viewer.get_by_role("button", name="Fit to window").click()
    assert scale(page) == fit
    expect(viewer.locator(".viewer-scale")).to_have_accessible_name(f"Fit to window, {fit}%")

    page.mouse.dblclick(x, y)
    assert factor(page) == pytest.approx(2.5, abs=0.01)
    page.mouse.dblclick(x, y)
    assert factor(page) == pytest.approx(1, abs=0.01)


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
    assert factor(page) == pytest.approx(3, abs=0.2)
    touch(page, [(x + 100, y)], [(x, y)], [(x - 100, y)])  # pans now
    expect_image(page, 0)


@pytest.mark.parametrize("density", [1, 2])
def test_original_size_is_exact_to_the_pixel(open_page: OpenPage, stack: Stack, density: int) -> None:
    page = open_page(width=1281, height=901, device_scale_factor=density)
    library = FakeLibrary(stack, 1)
    noise = Image.fromarray(np.random.default_rng(7).integers(0, 256, (300, 400, 3), np.uint8))
    data = io.BytesIO()
    noise.save(data, "PNG")
    library.change(0, width=noise.width, height=noise.height, labels=[])
    library.serve(page)
    page.route(
        re.compile("/fake/preview/"),
        lambda route: fulfill(route, body=data.getvalue(), content_type="image/png"),
    )
    viewer = open_image(page)
    page.keyboard.press("1")
    assert scale(page) == 100
    box = bounding_box(viewer.locator(".image-view-img"))
    left, top, width, height = (box[name] * density for name in ("x", "y", "width", "height"))
    assert (width, height) == pytest.approx(noise.size, abs=0.05)
    assert (left, top) == pytest.approx((round(left), round(top)), abs=0.05)

    drawn = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    x, y = round(left), round(top)
    inside = (20, 20, noise.width - 20, noise.height - 20)  # the corners are round
    drawn = drawn.crop((x, y, x + noise.width, y + noise.height)).crop(inside)
    assert np.array_equal(np.asarray(drawn), np.asarray(noise.crop(inside)))
