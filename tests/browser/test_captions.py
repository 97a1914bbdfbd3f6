"""Captions of boxes: beside their box, never on each other, never cut, at any scale."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.viewer_support import get_viewer, line, open_image

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, OpenPage

NAMES = ("Cat", "Motorcycle", "Person", "Coffee Cup", "Dining Table", "Traffic Light")
MIN_FONT_SIZE = 11
# Returns the visible captions: left, top, right, bottom and the size of their font, on the screen.
MEASURE = """() => [...document.querySelectorAll(".box:not([hidden]) > :not([hidden])")].map((label) => {
  const {left, top, right, bottom, height} = label.getBoundingClientRect();
  const size = parseFloat(getComputedStyle(label).fontSize) * height / label.offsetHeight;
  return [left, top, right, bottom, size, label.scrollWidth > label.clientWidth];
})"""


def random_labels(seed: int, count: int) -> list[Json]:
    rng = random.Random(seed)
    labels = []
    for number in range(count):
        width, height = rng.choice([0.06, 0.2, 0.5, 0.9]), rng.choice([0.05, 0.2, 0.6])
        left, top = rng.uniform(-0.05, 1 - width), rng.uniform(-0.05, 1 - height)
        box = {"Left": left, "Top": top, "Width": width, "Height": height}
        instances = [{"BoundingBox": box, "Confidence": 90.0}]
        name = f"{rng.choice(NAMES)} {number}"
        labels.append({"Name": name, "Confidence": 90.0, "Parents": [], "Instances": instances})
    return labels


def expect_readable(page: Page) -> int:
    """Check the visible captions, and return how many there are."""
    stage = page.locator(".viewer-stage").bounding_box()
    assert stage is not None
    captions = page.evaluate(MEASURE)
    for left, top, right, bottom, size, is_cut in captions:
        assert left >= stage["x"] - 1
        assert top >= stage["y"] - 1
        assert right <= stage["x"] + stage["width"] + 1
        assert bottom <= stage["y"] + stage["height"] + 1
        assert size >= MIN_FONT_SIZE
        assert not is_cut
    for index, (left, top, right, bottom, *_) in enumerate(captions):
        for other in captions[index + 1 :]:
            is_apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert is_apart, (captions[index], other)
    return len(captions)


@pytest.mark.parametrize("width", [320, 1280])
def test_captions_never_overlap_and_are_never_cut(open_page: OpenPage, stack: Stack, width: int) -> None:
    page = open_page(width=width)
    library = FakeLibrary(stack, 4)
    for number, count in enumerate((3, 12, 30, 80)):
        library.results[image_id(number)] = {"Labels": random_labels(number, count)}
    library.serve(page)
    open_image(page, 0)
    page.mouse.move(0, 0)
    for number, least in enumerate((2, 4, 5, 5)):
        assert expect_readable(page) >= least, number
        for key in ("+", "+", "ArrowDown", "1"):
            page.keyboard.press(key)
            expect_readable(page)
        page.keyboard.press("0")
        page.keyboard.press("ArrowRight")
        expect(get_viewer(page).locator(".item").first).to_be_attached()


def test_a_caption_without_a_free_place_is_shown_with_its_line(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 1)
    box = {"Left": 0.0, "Top": 0.0, "Width": 0.05, "Height": 0.02}
    library.results[image_id(0)] = {
        "Labels": [
            {
                "Name": f"Label {number}",
                "Confidence": 90.0,
                "Parents": [],
                "Instances": [{"BoundingBox": box, "Confidence": 90.0}],
            }
            for number in range(5)
        ]
    }
    library.serve(page)
    viewer = open_image(page)
    hidden = viewer.locator(".box", has_text="Label 4").locator(".box-label")
    assert 1 <= expect_readable(page) < 5
    expect(hidden).to_be_hidden()
    line(viewer, "Label 4").hover()
    expect(hidden).to_be_visible()
    assert expect_readable(page) == 1
