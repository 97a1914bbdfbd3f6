"""What is said about a picture: lists, table and JSON, and the filter over all of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from tests.browser.support import set_minimum, show

if TYPE_CHECKING:
    from tests.browser.support import Answer, Document, Fresh


def test_the_slider_hides_what_is_less_sure_at_once_and_without_a_call(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    with page.expect_response("**/uploads") as answer:
        card = show(page, fresh())
    identity = answer.value.json()["image"]["id"]
    calls: list[str] = []  # about this picture; the gallery has calls of its own
    page.on("request", lambda request: calls.extend([request.url] * request.url.endswith(identity)))
    labels = card.locator('.finding[data-detector="labels"]')
    flag = card.locator('.box[data-detector="labels"]', has_text="Flag")
    expect(labels.locator(".finding-count")).to_have_text("9")
    expect(labels).to_contain_text("1 is less sure than 50%.")
    expect(flag).to_be_visible()

    set_minimum(page, 90)

    expect(page.locator("output")).to_have_text("90%")
    expect(labels.locator(".item:visible .item-name")).to_have_text(["Person", "Face", "Astronaut", "Helmet"])
    expect(labels).to_contain_text("6 are less sure than 90%.")
    expect(flag).to_be_hidden()
    card.get_by_text("As a table").click()
    expect(card.locator("tr:visible", has_text="Flag")).to_have_count(0)

    set_minimum(page, 0)

    expect(labels.locator(".finding-count")).to_have_text("10")
    expect(labels.locator(".item:visible")).to_have_count(6)
    labels.get_by_role("button", name="Show all 10").click()
    expect(labels.locator(".item:visible")).to_have_count(10)
    expect(card.locator("tr", has_text="Flag")).to_be_visible()
    assert calls == []


def test_each_detector_can_be_switched_off_and_on(
    page: Page, fresh: Fresh, everything: Document, answer_with: Answer
) -> None:
    answer_with(page, everything)
    card = show(page, fresh())
    switches = page.get_by_role("group", name="Kinds of recognition").get_by_role("button")
    expect(switches).to_have_text(
        ["Labels", "Custom labels", "Celebrities", "Faces", "Text", "Protective gear", "Colours"]
    )
    for switch in switches.all():
        detector = switch.get_attribute("data-detector")
        parts = card.locator(f'[data-detector="{detector}"]:visible')
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
    card = show(page, fresh())

    def section(detector: str) -> Locator:
        return card.locator(f'.finding[data-detector="{detector}"]')

    expect(section("labels").locator(".item").first).to_have_text("Personin Human99%")
    expect(section("faces").locator(".note")).to_have_text(
        ["28 to 38 years", "Female 99%", "Smiling 97%", "Eyes open 98%", "Looks happy 96%"]
    )
    expect(section("celebrities").get_by_role("link", name="Eileen Collins")).to_have_attribute(
        "href", "https://www.wikidata.org/wiki/Q231009"
    )
    expect(section("ppe").locator(".note")).to_have_text(
        ["Nothing seen on head 98%", "Hand cover on left hand 77%"]
    )
    expect(section("custom").locator(".item-name")).to_have_text(["Mission patch"])
    expect(section("properties").locator(".item")).to_have_text(
        ["Chocolate31%", "Linen22%", "Darkslategray14%", "Brightness62%", "Sharpness83%", "Contrast70%"]
    )
    expect(section("properties").locator(".swatch").first).to_have_css("background-color", "rgb(217, 84, 30)")
    expect(card).to_contain_text("Nothing found for: sensitive content.")
    expect(card.get_by_role("img")).to_have_attribute(
        "alt", "astronaut.jpg: Person, Face, Astronaut, Helmet, and Flag"
    )


def test_the_table_says_the_same(page: Page, fresh: Fresh, everything: Document, answer_with: Answer) -> None:
    answer_with(page, everything)
    card = show(page, fresh())
    card.get_by_text("As a table").click()
    table = card.get_by_role("table", name="What was found in astronaut.jpg")

    rows = table.locator("tbody tr")
    expect(rows).to_have_count(10 + 1 + 1 + 1 + 2 + 1 + 6)
    where = "4% from the left, 4% from the top, 86% wide, 96% high"
    expect(rows.first.locator("th, td")).to_have_text(["Person", "Labels", "99%", where, "in Human"])


def test_a_detector_that_failed_says_why_and_the_others_stand(
    page: Page, fresh: Fresh, answer_with: Answer
) -> None:
    message = "The stack may not read faces. Its policy lacks rekognition:DetectFaces."
    answer_with(page, {"Errors": {"faces": {"Code": "not-permitted", "Message": message}}})
    card = show(page, fresh())

    expect(card.locator('.finding[data-detector="faces"] .finding-error')).to_have_text(message)
    expect(card.locator('.item[data-name="Person"]')).to_be_visible()


def test_the_json_is_the_document_itself(page: Page, fresh: Fresh) -> None:
    with page.expect_response(
        lambda answer: "/images/" in answer.url and answer.json()["result"] is not None
    ) as last:
        card = show(page, fresh())
    card.get_by_text("As JSON").click()
    expect(card.locator(".json")).to_contain_text("SchemaVersion")

    assert json.loads(card.locator(".json").text_content() or "") == last.value.json()["result"]
    card.get_by_role("button", name="Copy JSON").click()
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == last.value.json()["result"]
