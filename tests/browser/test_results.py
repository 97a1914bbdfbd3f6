"""The results beside a photo: tables, JSON, and the filter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from tests.browser.support import bounding_box, upload_and_open
from tests.browser.viewer_support import set_minimum_confidence

if TYPE_CHECKING:
    from tests.browser.support import Json, NewFile, ReplaceResult

PERSON = "4% from the left, 4% from the top, 86% wide, 96% high"


def result_section(viewer: Locator, detector: str) -> Locator:
    return viewer.locator(f'.result[data-detector="{detector}"]')


def cells(viewer: Locator, detector: str) -> list[list[str]]:
    """Return the text of each cell, as a screen reader reads it."""
    rows = result_section(viewer, detector).locator("tbody tr").all()
    return [[" ".join(text.split()) for text in row.locator("th, td").all_text_contents()] for row in rows]


def test_parents_that_do_not_fit_beside_the_name_are_below_it(
    page: Page, new_file: NewFile, full_result: Json, replace_result: ReplaceResult
) -> None:
    label = full_result["Labels"][0] | {"Name": "Dining Table"}
    replace_result(page, {"Labels": [label | {"Parents": [{"Name": "Furniture"}, {"Name": "Table"}]}]})
    row = result_section(upload_and_open(page, new_file()), "labels").locator(".item")
    name, parents = bounding_box(row.locator(".item-name")), bounding_box(row.locator(".secondary-text"))
    assert parents["x"] == name["x"]
    assert parents["y"] >= name["y"] + name["height"]


def test_slider_filters_by_confidence_without_a_request(
    page: Page, new_file: NewFile, full_result: Json, replace_result: ReplaceResult
) -> None:
    replace_result(page, full_result)
    with page.expect_response("**/uploads") as response:
        viewer = upload_and_open(page, new_file())
    identifier = response.value.json()["image"]["id"]
    requests: list[str] = []  # for this image; the gallery has requests of its own
    page.on("request", lambda request: requests.extend([request.url] * request.url.endswith(identifier)))
    labels = result_section(viewer, "labels")
    flag = viewer.locator('.box[data-detector="labels"]', has_text="Flag")
    expect(labels.locator(".section-toggle")).to_have_text("Labels9")
    expect(labels).to_contain_text("1 more below 50%")
    expect(labels.locator(".item:visible")).to_have_count(6)
    labels.get_by_role("button", name="3 more").click()
    expect(labels.locator(".item:visible")).to_have_count(9)
    expect(labels.get_by_role("link", name="Smile")).to_be_focused()
    expect(flag).to_be_visible()

    set_minimum_confidence(page, 90)

    expect(page.locator("output")).to_have_text("90%")
    expect(page.get_by_role("slider", name="Minimum confidence")).to_have_attribute(
        "aria-valuetext", "90% or higher"
    )
    expect(labels.locator(".section-toggle")).to_have_text("Labels4")
    expect(labels.locator(".item:visible .item-name")).to_have_text(["Person", "Face", "Astronaut", "Helmet"])
    expect(labels).to_contain_text("6 more below 90%")
    expect(flag).to_be_hidden()
    expect(result_section(viewer, "ppe").locator(".note:visible")).to_have_text(["no gear on the head 98%"])

    set_minimum_confidence(page, 0)

    expect(labels.locator(".section-toggle")).to_have_text("Labels10")
    expect(labels.locator(".item:visible")).to_have_count(10)
    expect(labels).not_to_contain_text("more below")
    expect(flag).to_be_visible()
    assert requests == []


def test_keeps_the_filter_for_the_next_photo(page: Page, viewer: Locator, new_file: NewFile) -> None:
    set_minimum_confidence(page, 95)
    viewer.get_by_role("button", name="Faces", exact=True).click()
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()

    page.locator("#files").focus()  # not on a tile
    viewer = upload_and_open(page, new_file())

    expect(page.get_by_label("Minimum confidence")).to_have_value("95")
    expect(result_section(viewer, "labels").locator(".item:visible")).to_have_count(3)
    expect(viewer.get_by_role("button", name="Faces", exact=True)).to_have_attribute("aria-expanded", "false")
    expect(result_section(viewer, "faces").locator(".item")).to_be_hidden()
    expect(viewer.locator('.box[data-detector="faces"]')).to_be_hidden()


def test_can_hide_and_show_each_detector(page: Page, viewer: Locator) -> None:
    toggles = viewer.locator(".section-toggle")
    titles = ["Labels", "Text", "Faces", "Protective gear", "Celebrities", "Custom labels"]
    assert [viewer.get_by_role("button", name=title, exact=True).count() for title in titles] == [1] * 6
    expect(toggles).to_have_count(len(titles))
    for toggle in toggles.all():
        detector = toggle.locator("xpath=ancestor::section[@data-detector]").get_attribute("data-detector")
        found = [f'.result[data-detector="{detector}"] .item', f'.box[data-detector="{detector}"]']
        found += [".word"] if detector == "text" else []
        parts = viewer.locator(", ".join(f"{selector}:visible" for selector in found))
        count = parts.count()
        assert count > 0
        toggle.click()
        expect(toggle).to_have_attribute("aria-expanded", "false")
        expect(parts).to_have_count(0)
        toggle.click()
        expect(toggle).to_have_attribute("aria-expanded", "true")
        expect(parts).to_have_count(count)


def test_describes_the_results_of_each_detector(page: Page, viewer: Locator) -> None:
    expect(result_section(viewer, "faces").locator(".note")).to_have_text(
        ["28–38 years", "female 99%", "smiling 97%", "eyes open 98%", "happy 96%"]
    )
    expect(
        result_section(viewer, "celebrities").get_by_role("link", name="About Eileen Collins")
    ).to_have_attribute("href", "https://www.wikidata.org/wiki/Q231009")
    expect(viewer.locator(".color-strip li").first).to_have_css("background-color", "rgb(217, 84, 30)")
    expect(viewer).to_contain_text("Nothing found: Sensitive content")
    expect(viewer.get_by_role("img")).to_have_attribute(
        "alt", "astronaut.jpg: Person, Face, Astronaut, Helmet, and Flag"
    )


def test_tables_contain_names_confidences_and_positions(page: Page, viewer: Locator) -> None:
    set_minimum_confidence(page, 0)
    face = "35% from the left, 13% from the top, 19% wide, 19% high"

    assert {
        name: cells(viewer, name) for name in ("labels", "custom", "celebrities", "faces", "text", "ppe")
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
        "celebrities": [
            ["Eileen Collins ↗", "99%", "35% from the left, 14% from the top, 18% wide, 18% high"]
        ],
        "faces": [["Face 1 28–38 years female 99% smiling 97% eyes open 98% happy 96%", "100%", face]],
        "text": [
            ["EILEEN COLLINS", "94%", "49% from the left, 77% from the top, 18% wide, 4% high"],
            ["NASA", "99%", "25% from the left, 69% from the top, 12% wide, 6% high"],
        ],
        "ppe": [["Person 1 no gear on the head 98% hand cover on the left hand 77%", "98%", PERSON]],
    }
    labels = result_section(viewer, "labels").get_by_role("table", name="Labels")
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
                - link "Person"
              - cell "99%"
              - cell "{PERSON}"
    """)


def test_shows_the_error_of_a_failed_detector_beside_other_results(
    page: Page, new_file: NewFile, replace_result: ReplaceResult
) -> None:
    message = "The function's policy lacks rekognition:DetectFaces."
    replace_result(page, {"Errors": {"faces": {"Code": "not-permitted", "Message": message}}})
    viewer = upload_and_open(page, new_file())

    expect(result_section(viewer, "faces").locator(".error-text")).to_have_text(message)
    expect(result_section(viewer, "faces").get_by_role("table")).to_have_count(0)
    expect(viewer.locator('.item[data-name="Person"]')).to_be_visible()


def test_json_view_shows_the_result_document(page: Page, new_file: NewFile) -> None:
    with page.expect_response(
        lambda response: "/images/" in response.url and response.json()["result"] is not None
    ) as last_response:
        viewer = upload_and_open(page, new_file())
    viewer.get_by_text("Details", exact=True).click()
    viewer.get_by_text("View JSON").click()
    expect(viewer.locator(".json")).to_contain_text("SchemaVersion")

    assert json.loads(viewer.locator(".json").text_content() or "") == last_response.value.json()["result"]
