"""The photo in the viewer: boxes, words, sensitive content, and pictures that fail to load."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import record_requests, upload_and_open
from tests.browser.viewer_support import (
    ASTRONAUT_FACE,
    box_in_image,
    contains_box,
    open_image,
    set_minimum_confidence,
)

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, NewFile, ReplaceResult


def person_box(viewer: Locator) -> Locator:
    return viewer.locator(".box").filter(has_text="Person").first


def test_person_box_contains_the_face_at_every_width(page: Page, new_file: NewFile) -> None:
    viewer = upload_and_open(page, new_file())
    set_minimum_confidence(page, 0)
    for width, height in ((1280, 900), (320, 640), (768, 1024), (3840, 2160), (900, 400)):
        page.set_viewport_size({"width": width, "height": height})
        box = box_in_image(viewer, person_box(viewer))
        assert contains_box(box, ASTRONAUT_FACE), (width, box)


def test_boxes_keep_their_position_and_are_clipped(
    page: Page, new_file: NewFile, replace_result: ReplaceResult
) -> None:
    def label(name: str, left: float, top: float, width: float, height: float) -> dict[str, Any]:
        box = {"Left": left, "Top": top, "Width": width, "Height": height}
        return {
            "Name": name,
            "Confidence": 90.0,
            "Parents": [],
            "Instances": [{"BoundingBox": box, "Confidence": 90.0}],
        }

    replace_result(
        page, {"Labels": [label("Inside", 0.25, 0.5, 0.5, 0.25), label("Beyond", -0.2, -0.1, 1.5, 1.4)]}
    )
    viewer = upload_and_open(page, new_file("chelsea.jpg"))

    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 800})
        inside = box_in_image(viewer, viewer.locator(".box", has_text="Inside"), (451, 300))
        beyond = box_in_image(viewer, viewer.locator(".box", has_text="Beyond"), (451, 300))
        assert inside == pytest.approx((112.75, 150, 338.25, 225), abs=1)
        assert beyond == pytest.approx((0, 0, 451, 300), abs=1)


def test_recognized_words_can_be_selected_and_copied(page: Page, viewer: Locator) -> None:
    page.get_by_role("button", name="Labels", exact=True).click()  # hides their boxes
    words = viewer.locator(".word")
    expect(words).to_have_text(["EILEEN ", "COLLINS ", "NASA "])

    words.nth(2).dblclick()
    assert str(page.evaluate("getSelection().toString()")).strip() == "NASA"

    layer = viewer.locator(".image-view-overlay")
    layer.evaluate("(element) => getSelection().selectAllChildren(element)")
    page.evaluate("() => { document.querySelectorAll('.box').forEach((box) => box.remove()); }")
    layer.evaluate("(element) => getSelection().selectAllChildren(element)")
    page.keyboard.press("Control+C")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert [line.strip() for line in copied.splitlines()] == ["EILEEN COLLINS", "NASA"]


def test_draws_a_rotated_word_on_its_polygon(page: Page, viewer: Locator, full_result: Json) -> None:
    word = full_result["TextDetections"][1]
    xs = [corner["X"] * 512 for corner in word["Geometry"]["Polygon"]]
    ys = [corner["Y"] * 512 for corner in word["Geometry"]["Polygon"]]
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        expect_image = box_in_image(viewer, viewer.locator(".word").first)
        # The trailing space adds a little.
        assert expect_image == pytest.approx((min(xs), min(ys), max(xs), max(ys)), abs=4)


def test_blurs_sensitive_content_until_a_click(
    page: Page, new_file: NewFile, replace_result: ReplaceResult
) -> None:
    flags = [{"Name": "Graphic Violence", "ParentName": "Violence", "Confidence": 91.0, "TaxonomyLevel": 2}]
    replace_result(page, {"ModerationLabels": flags})
    viewer = upload_and_open(page, new_file())
    picture = viewer.locator(".image-view-img")

    expect(viewer.locator(".warning p")).to_have_text(
        "This photo may contain sensitive content: Graphic Violence."
    )
    expect(picture).to_have_css("filter", re.compile("blur"))
    expect(person_box(viewer)).to_be_hidden()

    viewer.get_by_role("button", name="View photo").click()

    expect(picture).to_have_css("filter", "none")
    expect(person_box(viewer)).to_be_visible()
    expect(viewer.locator(".image-view-frame")).to_be_focused()
    page.keyboard.press("+")  # the keys work
    expect(viewer.locator(".viewer-stage")).to_have_attribute("data-zoomed", "")


def test_shows_the_thumbnail_of_an_image_without_a_preview(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 1)
    library.missing_kinds.add("preview")
    library.serve(page)
    with page.expect_response(re.compile("/preview/")):
        page.locator(".tile-link").click()

    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    expect(page.locator(".image-view-img")).to_have_attribute("src", re.compile("/thumbnail/"))
    expect(page.locator(".image-view-img")).to_be_visible()
    expect(page.locator(".image-view-message")).to_be_hidden()
    expect(page.locator(".box")).to_have_count(2)


def test_never_loads_the_original_to_show_it(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 1).serve(page)
    originals = record_requests(page)
    open_image(page)
    assert [url for url in originals if "/original/" in url] == []


def test_replaces_an_expired_thumbnail_link(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 1).serve(page)
    tile = page.locator(".tile img")
    expect(tile).to_have_js_property("naturalWidth", 40)
    library.expired_generations.add("first")
    library.link_generation = "second"
    page.locator(".tile-link").click()

    picture = page.locator(".image-view-img")
    expect(picture).to_have_attribute("src", re.compile("/preview/.*/second$"))
    expect(picture).to_have_js_property("naturalWidth", 40)
    expect(page.locator(".image-view-message")).to_be_hidden()


def test_shows_results_when_the_photo_cannot_be_displayed(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 1)
    library.expired_generations.add("first")
    library.serve(page)
    page.locator(".tile-link").click()

    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    expect(page.locator(".image-view-message")).to_have_text(
        "Couldn’t display the photo. Its results are still available."
    )
    expect(page.locator("#viewer .item-name")).to_have_text(["Person", "Cat"])
