"""What is drawn over a picture: boxes where they belong, words that can be copied, a blur."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.support import set_minimum, show, within_picture

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Answer, Document, Fresh

FACE = (177, 66, 272, 161)  # of 512 × 512, in samples/astronaut.jpg


def person(card: Locator) -> Locator:
    return card.locator(".box").filter(has_text="Person").first


def test_the_persons_box_holds_the_face_at_every_width(page: Page, fresh: Fresh) -> None:
    card = show(page, fresh())
    set_minimum(page, 0)
    for width, height in ((1280, 900), (320, 640), (768, 1024), (3840, 2160), (900, 400)):
        page.set_viewport_size({"width": width, "height": height})
        left, top, right, bottom = within_picture(card, person(card))
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
    card = show(page, fresh("chelsea.jpg"))

    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 800})
        inside = within_picture(card, card.locator(".box", has_text="Inside"), (451, 300))
        beyond = within_picture(card, card.locator(".box", has_text="Beyond"), (451, 300))
        assert inside == pytest.approx((112.75, 150, 338.25, 225), abs=1)
        assert beyond == pytest.approx((0, 0, 451, 300), abs=1)


def test_words_can_be_selected_and_copied(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    card = show(page, fresh())
    page.get_by_role("button", name="Labels", exact=True).click()  # their boxes
    words = card.locator(".word")
    expect(words).to_have_text(["EILEEN ", "COLLINS ", "NASA "])

    words.nth(2).dblclick()
    assert str(page.evaluate("getSelection().toString()")).strip() == "NASA"

    layer = card.locator(".picture-layer")
    layer.evaluate("(element) => getSelection().selectAllChildren(element)")
    page.evaluate("() => { document.querySelectorAll('.box').forEach((box) => box.remove()); }")
    layer.evaluate("(element) => getSelection().selectAllChildren(element)")
    page.keyboard.press("Control+C")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert [line.strip() for line in copied.splitlines()] == ["EILEEN COLLINS", "NASA"]

    card.get_by_role("button", name="Copy text").click()
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "EILEEN COLLINS\nNASA"


def test_a_turned_word_lies_on_its_polygon(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    card = show(page, fresh())
    word = everything["TextDetections"][1]
    xs = [corner["X"] * 512 for corner in word["Geometry"]["Polygon"]]
    ys = [corner["Y"] * 512 for corner in word["Geometry"]["Polygon"]]
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        drawn = within_picture(card, card.locator(".word").first)
        assert drawn == pytest.approx(
            (min(xs), min(ys), max(xs), max(ys)), abs=4
        )  # the space after it adds a little


def test_pointing_at_a_name_lights_its_box(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    card = show(page, fresh())
    helmet = card.locator(".box", has_text="Helmet")

    card.get_by_role("button", name="Helmet").focus()

    expect(helmet).to_have_attribute("data-lit", "")
    expect(card.locator(".box", has_text="Flag")).to_have_css("opacity", "0.15")


def test_a_flagged_picture_is_blurred_until_a_click(page: Page, fresh: Fresh, answer_with: Answer) -> None:
    flags = [{"Name": "Graphic Violence", "ParentName": "Violence", "Confidence": 91.0, "TaxonomyLevel": 2}]
    answer_with(page, {"ModerationLabels": flags})
    card = show(page, fresh())
    picture = card.locator(".picture-image")

    expect(card.locator(".cover")).to_contain_text("This picture may not be for everybody: Graphic Violence.")
    assert "blur" in picture.evaluate("(element) => getComputedStyle(element).filter")
    expect(person(card)).to_be_hidden()

    card.get_by_role("button", name="Show the picture").click()

    expect(picture).to_have_css("filter", "none")
    expect(person(card)).to_be_visible()


def test_a_picture_that_the_browser_cannot_draw_shows_its_thumbnail(
    page: Page, stack: Stack, fresh: Fresh, answer_with: Answer
) -> None:
    data = io.BytesIO()
    with Image.open(io.BytesIO(fresh()["buffer"])) as image:
        image.save(data, "TIFF", description=fresh.__name__)
    card = show(page, {"name": "scan.tif", "mimeType": "", "buffer": data.getvalue()})

    picture = card.locator(".picture-image")
    assert str(picture.get_attribute("src")).startswith(stack.aws_url.rstrip("/"))
    assert picture.evaluate("({naturalWidth, naturalHeight}) => [naturalWidth, naturalHeight]") == [480, 480]
    expect(card.locator(".picture-note")).to_be_hidden()
    expect(card.locator(".card-meta")).to_contain_text("512 × 512 pixels · TIFF")
