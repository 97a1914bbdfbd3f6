"""Which labels DetectLabels finds, and which it returns."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests.unit.local.rekognition.support import encoded, noise


def names(response: dict[str, Any]) -> list[str]:
    return [label["Name"] for label in response["Labels"]]


def edges(box: dict[str, float], width: int, height: int) -> tuple[int, int, int, int]:
    left, top = box["Left"] * width, box["Top"] * height
    right, bottom = left + box["Width"] * width, top + box["Height"] * height
    return round(left), round(top), round(right), round(bottom)


def contains(box: dict[str, float], size: tuple[int, int], point: tuple[int, int]) -> bool:
    left, top, right, bottom = edges(box, *size)
    return left < point[0] < right and top < point[1] < bottom


def test_finds_one_person_and_the_face(client: Any, astronaut: bytes) -> None:
    response = client.detect_labels(Image={"Bytes": astronaut})
    assert names(response) == ["Person", "Face", "Head"]
    person, face, head = response["Labels"]
    (instance,) = person["Instances"]
    box = instance["BoundingBox"]
    for point in ((224, 113), (120, 450), (300, 450)):  # the face, and the chest on both sides
        assert contains(box, (512, 512), point)
    assert 85 < instance["Confidence"] < 100
    assert person == {
        "Name": "Person",
        "Confidence": instance["Confidence"],
        "Instances": [{"BoundingBox": box, "Confidence": instance["Confidence"]}],
        "Parents": [],
        "Aliases": [{"Name": "Human"}],
        "Categories": [{"Name": "Person Description"}],
    }
    assert face | {"Confidence": None} == {
        "Name": "Face",
        "Confidence": None,
        "Instances": [],
        "Parents": [{"Name": "Head"}, {"Name": "Person"}],
        "Aliases": [],
        "Categories": [{"Name": "Person Description"}],
    }
    assert head["Parents"] == [{"Name": "Person"}]
    assert response["LabelModelVersion"] == "local-coco-ssd-1"
    assert "ImageProperties" not in response and "OrientationCorrection" not in response


def test_finds_a_cat(client: Any, cat: bytes) -> None:
    response = client.detect_labels(Image={"Bytes": cat})
    assert names(response) == ["Cat", "Animal", "Mammal", "Pet"]
    (instance,) = response["Labels"][0]["Instances"]
    for eye in ((170, 113), (318, 136)):
        assert contains(instance["BoundingBox"], (451, 300), eye)
    assert [label["Instances"] for label in response["Labels"][1:]] == [[], [], []]
    assert response["Labels"][0]["Parents"] == [{"Name": "Animal"}, {"Name": "Mammal"}, {"Name": "Pet"}]
    assert {label["Confidence"] for label in response["Labels"]} == {instance["Confidence"]}
    assert {category["Name"] for label in response["Labels"] for category in label["Categories"]} == {
        "Animals and Pets"
    }


ORIENTED = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270, 3: Image.Transpose.ROTATE_180}


@pytest.mark.parametrize("orientation", ORIENTED)
def test_boxes_refer_to_the_upright_image(client: Any, astronaut: bytes, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    rotated = Image.open(io.BytesIO(astronaut)).crop((0, 0, 512, 300)).transpose(ORIENTED[orientation])
    upright = client.detect_labels(Image={"Bytes": encoded(rotated, exif=exif, quality=95)})["Labels"]
    assert contains(upright[0]["Instances"][0]["BoundingBox"], (512, 300), (224, 113))
    as_stored = client.detect_labels(Image={"Bytes": encoded(rotated, "PNG", exif=exif)})["Labels"]
    assert as_stored == []


def test_finds_a_person_without_a_visible_face(client: Any, man: bytes) -> None:
    labels = client.detect_labels(Image={"Bytes": man})["Labels"]
    (instance,) = labels[0]["Instances"]
    assert labels[0]["Name"] == "Person"
    for point in ((210, 130), (130, 300), (180, 470)):  # head, back and legs
        assert contains(instance["BoundingBox"], (512, 512), point)


def test_finds_objects(client: Any, coffee: bytes) -> None:
    response = client.detect_labels(Image={"Bytes": coffee})
    assert names(response) == ["Cup", "Dining Table", "Furniture", "Table"]
    cup, table, *_ = response["Labels"]
    assert [len(label["Instances"]) for label in response["Labels"]] == [1, 1, 0, 0]
    for edge, expected in zip(
        edges(cup["Instances"][0]["BoundingBox"], 600, 400), (175, 20, 415, 245), strict=True
    ):
        assert abs(edge - expected) <= 8
    assert cup["Aliases"] == [{"Name": "Mug"}]
    assert table["Parents"] == [{"Name": "Furniture"}, {"Name": "Table"}]


def printed_page() -> bytes:
    image = Image.new("RGB", (400, 300), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 90, 60), "red")
    for row in range(100, 200, 25):
        draw.line((200, row, 350, row), "navy", 3)
    draw.text((20, 200), "No one is here", "black", font_size=30)
    return encoded(image)


@pytest.mark.parametrize("grain", [None, 1, 3, 8, 30])
def test_finds_no_labels_in_a_printed_page_or_in_noise(client: Any, grain: int | None) -> None:
    image = noise(1, grain) if grain else printed_page()
    assert client.detect_labels(Image={"Bytes": image}, MinConfidence=0)["Labels"] == []


def test_min_confidence_and_max_labels(client: Any, cat: bytes) -> None:
    image = {"Bytes": cat}
    everything = ["Cat", "Animal", "Mammal", "Pet"]
    confidence = client.detect_labels(Image=image)["Labels"][0]["Confidence"]
    assert names(client.detect_labels(Image=image, MinConfidence=confidence - 0.1)) == everything
    assert names(client.detect_labels(Image=image, MinConfidence=confidence + 0.1)) == []
    assert names(client.detect_labels(Image=image, MaxLabels=2)) == everything[:2]
    assert names(client.detect_labels(Image=image, MaxLabels=0)) == []


FILTERS = {
    "label": ({"LabelInclusionFilters": ["Pet", "Dog"]}, ["Pet"]),
    "category": (
        {"LabelCategoryInclusionFilters": ["Animals and Pets"]},
        ["Cat", "Animal", "Mammal", "Pet"],
    ),
    "another category": ({"LabelCategoryInclusionFilters": ["Person Description"]}, []),
    "excluded label": ({"LabelExclusionFilters": ["Animal"]}, ["Cat", "Mammal", "Pet"]),
    "excluded category": ({"LabelCategoryExclusionFilters": ["Animals and Pets"]}, []),
    "category without a label": (
        {"LabelCategoryInclusionFilters": ["Animals and Pets"], "LabelExclusionFilters": ["Cat"]},
        ["Animal", "Mammal", "Pet"],
    ),
}


@pytest.mark.parametrize("case", FILTERS)
def test_filters(client: Any, cat: bytes, case: str) -> None:
    filters, expected = FILTERS[case]
    response = client.detect_labels(Image={"Bytes": cat}, Settings={"GeneralLabels": filters})
    assert names(response) == expected
