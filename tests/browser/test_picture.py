"""What is drawn over a picture: boxes where they belong, words that can be copied, a blur."""

from __future__ import annotations

import io
import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.collection import Collection
from tests.browser.support import set_minimum, show, within_picture

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Answer, Document, Fresh

FACE = (177, 66, 272, 161)  # of 512 × 512, in samples/astronaut.jpg


def person(viewer: Locator) -> Locator:
    return viewer.locator(".box").filter(has_text="Person").first


def test_the_persons_box_holds_the_face_at_every_width(page: Page, fresh: Fresh) -> None:
    viewer = show(page, fresh())
    set_minimum(page, 0)
    for width, height in ((1280, 900), (320, 640), (768, 1024), (3840, 2160), (900, 400)):
        page.set_viewport_size({"width": width, "height": height})
        left, top, right, bottom = within_picture(viewer, person(viewer))
        held = left <= FACE[0] and top <= FACE[1] and right >= FACE[2] and bottom >= FACE[3]
        assert held, (width, (left, top, right, bottom))


def test_boxes_stay_on_the_spot_and_end_at_the_edge(page: Page, fresh: Fresh, answer_with: Answer) -> None:
    def label(name: str, left: float, top: float, width: float, height: float) -> dict[str, Any]:
        box = {"Left": left, "Top": top, "Width": width, "Height": height}
        return {
            "Name": name,
            "Confidence": 90.0,
            "Parents": [],
            "Instances": [{"BoundingBox": box, "Confidence": 90.0}],
        }

    answer_with(
        page, {"Labels": [label("Inside", 0.25, 0.5, 0.5, 0.25), label("Beyond", -0.2, -0.1, 1.5, 1.4)]}
    )
    viewer = show(page, fresh("chelsea.jpg"))

    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 800})
        inside = within_picture(viewer, viewer.locator(".box", has_text="Inside"), (451, 300))
        beyond = within_picture(viewer, viewer.locator(".box", has_text="Beyond"), (451, 300))
        assert inside == pytest.approx((112.75, 150, 338.25, 225), abs=1)
        assert beyond == pytest.approx((0, 0, 451, 300), abs=1)


def test_words_can_be_selected_and_copied(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    viewer = show(page, fresh())
    page.get_by_role("button", name="Labels", exact=True).click()  # their boxes
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


def test_a_turned_word_lies_on_its_polygon(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    viewer = show(page, fresh())
    word = everything["TextDetections"][1]
    xs = [corner["X"] * 512 for corner in word["Geometry"]["Polygon"]]
    ys = [corner["Y"] * 512 for corner in word["Geometry"]["Polygon"]]
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        drawn = within_picture(viewer, viewer.locator(".word").first)
        assert drawn == pytest.approx(
            (min(xs), min(ys), max(xs), max(ys)), abs=4
        )  # the space after it adds a little


def test_pointing_at_a_name_lights_its_box_and_a_click_pins_it(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    viewer = show(page, fresh())
    helmet, flag = (viewer.locator(".box", has_text=name) for name in ("Helmet", "Flag"))
    name = viewer.get_by_role("button", name="Helmet")

    name.focus()
    expect(helmet).to_have_attribute("data-highlighted", "")
    expect(flag).to_have_css("opacity", "0.15")
    expect(flag.locator(".box-label")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(name).to_have_attribute("aria-pressed", "true")

    viewer.get_by_role("button", name="Flag").hover()
    expect(flag).to_have_attribute("data-highlighted", "")
    viewer.get_by_role("button", name="Person", exact=True).focus()
    page.mouse.move(0, 0)
    expect(flag).to_have_css("opacity", "0.15")
    expect(helmet).to_have_css("opacity", "1")  # still

    name.click()
    expect(name).to_have_attribute("aria-pressed", "false")
    person_name = viewer.get_by_role("button", name="Person", exact=True)
    person_name.focus()
    person_name.blur()
    page.mouse.move(0, 0)
    expect(helmet).not_to_have_attribute("data-pinned", "")
    expect(flag).to_have_css("opacity", "1")


def test_a_flagged_picture_is_blurred_until_a_click(page: Page, fresh: Fresh, answer_with: Answer) -> None:
    flags = [{"Name": "Graphic Violence", "ParentName": "Violence", "Confidence": 91.0, "TaxonomyLevel": 2}]
    answer_with(page, {"ModerationLabels": flags})
    viewer = show(page, fresh())
    picture = viewer.locator(".image-view-img")

    expect(viewer.locator(".content-warning p")).to_have_text(
        "This photo may contain sensitive content: Graphic Violence."
    )
    assert "blur" in picture.evaluate("(element) => getComputedStyle(element).filter")
    expect(person(viewer)).to_be_hidden()

    viewer.get_by_role("button", name="View photo").click()

    expect(picture).to_have_css("filter", "none")
    expect(person(viewer)).to_be_visible()
    expect(viewer.locator(".image-view-frame")).to_be_focused()
    page.keyboard.press("+")  # the keys go on
    expect(viewer.locator(".viewer-scale")).to_have_text("150%")


def test_a_picture_that_the_browser_cannot_draw_shows_its_thumbnail(
    page: Page, stack: Stack, fresh: Fresh, answer_with: Answer
) -> None:
    data = io.BytesIO()
    with Image.open(io.BytesIO(fresh()["buffer"])) as image:
        image.save(data, "TIFF", description=fresh.__name__)
    viewer = show(page, {"name": "scan.tif", "mimeType": "", "buffer": data.getvalue()})

    picture = viewer.locator(".image-view-img")
    assert str(picture.get_attribute("src")).startswith(stack.aws_url.rstrip("/"))
    assert picture.evaluate("({naturalWidth, naturalHeight}) => [naturalWidth, naturalHeight]") == [480, 480]
    expect(viewer.locator(".image-view-message")).to_be_hidden()
    expect(viewer.locator(".viewer-meta")).to_contain_text("512 × 512 pixels · TIFF")


def test_of_a_moving_picture_only_what_was_recognised_is_shown(page: Page, stack: Stack) -> None:
    data = io.BytesIO()
    frames = [Image.effect_noise((64, 64), 50) for _ in range(2)]
    frames[0].save(data, "GIF", save_all=True, append_images=frames[1:], comment=uuid.uuid4().bytes)
    bucket = f"/{stack.template.outputs['InputBucketName']}/"
    with page.expect_response(
        lambda answer: bucket in answer.url and answer.request.method == "GET"
    ) as original:
        viewer = show(page, {"name": "moving.gif", "mimeType": "image/gif", "buffer": data.getvalue()})

    page.evaluate(
        "async (src) => { await Object.assign(new Image(), {src}).decode(); await new Promise(setTimeout); }",
        original.value.url,
    )
    expect(viewer.locator(".viewer-meta")).to_contain_text("64 × 64 pixels · GIF")
    assert ".thumb.webp" in str(viewer.locator(".image-view-img").get_attribute("src"))


def test_a_picture_whose_link_has_run_out_is_drawn_by_its_new_one(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 1).serve(page)
    tile = page.locator(".tile img")
    expect(tile).to_have_js_property("naturalWidth", 40)
    collection.expired.add("first")
    collection.generation = "second"
    page.locator(".tile-link").click()

    picture = page.locator(".image-view-img")
    expect(picture).to_have_attribute("src", re.compile("/original/.*/second$"))
    expect(picture).to_have_js_property("naturalWidth", 40)
    expect(page.locator(".image-view-message")).to_be_hidden()


def test_where_no_picture_can_be_drawn_its_results_stand(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 1)
    collection.expired.add("first")
    collection.serve(page)
    page.locator(".tile-link").click()

    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    expect(page.locator(".image-view-message")).to_have_text(
        "Couldn't display the photo. Its results are still available."
    )
    expect(page.locator("#viewer .item-name")).to_have_text(["Person", "Cat"])
