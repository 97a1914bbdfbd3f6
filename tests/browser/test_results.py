"""What is said about a picture: a table for each detector and JSON, and the filter over all of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from tests.browser.support import set_minimum, show

if TYPE_CHECKING:
    from tests.browser.support import Answer, Document, Fresh

PERSON = "4% from the left, 4% from the top, 86% wide, 96% high"


def finding(viewer: Locator, detector: str) -> Locator:
    return viewer.locator(f'.result[data-detector="{detector}"]')


def cells(viewer: Locator, detector: str) -> list[list[str]]:
    """The rows of a table, as a screen reader finds them."""
    rows = finding(viewer, detector).locator("tbody tr").all()
    return [[" ".join(text.split()) for text in row.locator("th, td").all_text_contents()] for row in rows]


def test_the_slider_hides_what_is_less_sure_at_once_and_without_a_call(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    with page.expect_response("**/uploads") as answer:
        viewer = show(page, fresh())
    identity = answer.value.json()["image"]["id"]
    calls: list[str] = []  # about this picture; the gallery has calls of its own
    page.on("request", lambda request: calls.extend([request.url] * request.url.endswith(identity)))
    labels = finding(viewer, "labels")
    flag = viewer.locator('.box[data-detector="labels"]', has_text="Flag")
    expect(labels.locator(".result-count")).to_have_text("9")
    expect(labels).to_contain_text("1 more below 50%.")
    expect(labels.locator(".item:visible")).to_have_count(9)
    expect(flag).to_be_visible()

    set_minimum(page, 90)

    expect(page.locator("output")).to_have_text("90%")
    expect(page.get_by_role("slider", name="Minimum confidence")).to_have_attribute(
        "aria-valuetext", "90% or higher"
    )
    expect(labels.locator(".result-count")).to_have_text("4")
    expect(labels.locator(".item:visible .item-name")).to_have_text(["Person", "Face", "Astronaut", "Helmet"])
    expect(labels).to_contain_text("6 more below 90%.")
    expect(flag).to_be_hidden()
    expect(finding(viewer, "ppe").locator(".note:visible")).to_have_text(["Nothing on head 98%"])

    set_minimum(page, 0)

    expect(labels.locator(".result-count")).to_have_text("10")
    expect(labels.locator(".item:visible")).to_have_count(10)
    expect(labels).not_to_contain_text("more below")
    expect(flag).to_be_visible()
    assert calls == []


def test_what_is_chosen_in_the_filter_holds_for_the_next_picture(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    viewer = show(page, fresh())
    set_minimum(page, 95)
    viewer.get_by_role("button", name="Faces", exact=True).click()
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()

    page.locator("#files").focus()  # not at a picture
    viewer = show(page, fresh())

    expect(page.get_by_label("Minimum confidence")).to_have_value("95")
    expect(finding(viewer, "labels").locator(".item:visible")).to_have_count(3)
    expect(viewer.get_by_role("button", name="Faces", exact=True)).to_have_attribute("aria-pressed", "false")
    expect(finding(viewer, "faces")).to_be_hidden()
    expect(viewer.locator('.box[data-detector="faces"]')).to_be_hidden()


def test_each_detector_can_be_switched_off_and_on(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    viewer = show(page, fresh())
    switches = page.get_by_role("group", name="Result types").get_by_role("button")
    expect(switches).to_have_text(
        ["Labels", "Custom labels", "Celebrities", "Faces", "Text", "Protective gear", "Colors"]
    )
    for switch in switches.all():
        detector = switch.get_attribute("data-detector")
        parts = viewer.locator(f'[data-detector="{detector}"]:not(.switch):visible')
        before = parts.count()
        assert before > 0
        switch.click()
        expect(switch).to_have_attribute("aria-pressed", "false")
        expect(parts).to_have_count(0)
        switch.click()
        expect(parts).to_have_count(before)


def test_what_each_detector_found_stands_in_words(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    viewer = show(page, fresh())

    expect(finding(viewer, "faces").locator(".note")).to_have_text(
        ["28–38 years old", "Female 99%", "Smiling 97%", "Eyes open 98%", "Looks happy 96%"]
    )
    expect(finding(viewer, "celebrities").get_by_role("link", name="Eileen Collins")).to_have_attribute(
        "href", "https://www.wikidata.org/wiki/Q231009"
    )
    expect(finding(viewer, "properties").locator(".swatch").first).to_have_css(
        "background-color", "rgb(217, 84, 30)"
    )
    expect(viewer).to_contain_text("No results for: sensitive content.")
    expect(viewer.get_by_role("img")).to_have_attribute(
        "alt", "astronaut.jpg: Person, Face, Astronaut, Helmet, and Flag"
    )


def test_a_screen_reader_hears_what_was_found_how_sure_and_where(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    viewer = show(page, fresh())
    set_minimum(page, 0)
    face = "35% from the left, 13% from the top, 19% wide, 19% high"

    assert {
        name: cells(viewer, name)
        for name in ("labels", "custom", "celebrities", "faces", "text", "ppe", "properties")
    } == {
        "labels": [
            ["Person in Human", "99%", PERSON],
            [
                "Face in Head and Person",
                "97%",
                "33% from the left, 12% from the top, 21% wide, 22% high",
            ],
            ["Astronaut in Person", "96%", ""],
            ["Helmet in Clothing", "93%", "67% from the left, 64% from the top, 31% wide, 35% high"],
            ["Flag in Symbol", "88%", "0% from the left, 0% from the top, 25% wide, 64% high"],
            ["Spacesuit in Clothing", "82%", ""],
            ["Smile in Face", "74%", ""],
            ["Portrait in Photography", "71%", ""],
            [
                "Space Shuttle in Vehicle and Aircraft",
                "55%",
                "59% from the left, 4% from the top, 35% wide, 45% high",
            ],
            ["Cap", "44%", ""],
        ],
        "custom": [["Mission patch", "82%", "27% from the left, 68% from the top, 15% wide, 15% high"]],
        "celebrities": [["Eileen Collins", "99%", "35% from the left, 14% from the top, 18% wide, 18% high"]],
        "faces": [
            ["Face 1 28–38 years old Female 99% Smiling 97% Eyes open 98% Looks happy 96%", "100%", face]
        ],
        "text": [
            ["EILEEN COLLINS", "94%", "49% from the left, 77% from the top, 18% wide, 4% high"],
            ["NASA", "99%", "25% from the left, 69% from the top, 12% wide, 6% high"],
        ],
        "ppe": [["Person 1 Nothing on head 98% Hand cover on left hand 77%", "98%", PERSON]],
        "properties": [
            ["Chocolate", "31%", ""],
            ["Linen", "22%", ""],
            ["Darkslategray", "14%", ""],
            ["Brightness", "62%", ""],
            ["Sharpness", "83%", ""],
            ["Contrast", "70%", ""],
        ],
    }
    expect(finding(viewer, "properties").locator("thead th")).to_have_text(["Name", "Value", "Position"])
    labels = finding(viewer, "labels").get_by_role("table", name="Labels")
    expect(labels).to_match_aria_snapshot(f"""
        - table "Labels":
          - rowgroup:
            - row "Name Confidence Position":
              - columnheader "Name"
              - columnheader "Confidence"
              - columnheader "Position"
          - rowgroup:
            - row "Person in Human 99% {PERSON}":
              - rowheader "Person in Human":
                - button "Person"
              - cell "99%"
              - cell "{PERSON}"
    """)


def test_a_detector_that_failed_says_why_and_the_others_stand(
    page: Page, fresh: Fresh, answer_with: Answer
) -> None:
    message = "The stack may not read faces. Its policy lacks rekognition:DetectFaces."
    answer_with(page, {"Errors": {"faces": {"Code": "not-permitted", "Message": message}}})
    viewer = show(page, fresh())

    expect(finding(viewer, "faces").locator(".result-error")).to_have_text(message)
    expect(finding(viewer, "faces").get_by_role("table")).to_have_count(0)
    expect(viewer.locator('.item[data-name="Person"]')).to_be_visible()


def test_the_json_is_the_document_itself(page: Page, fresh: Fresh) -> None:
    with page.expect_response(
        lambda answer: "/images/" in answer.url and answer.json()["result"] is not None
    ) as last:
        viewer = show(page, fresh())
    viewer.get_by_text("View JSON").click()
    expect(viewer.locator(".json")).to_contain_text("SchemaVersion")

    assert json.loads(viewer.locator(".json").text_content() or "") == last.value.json()["result"]
