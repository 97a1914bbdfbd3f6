"""Which labels DetectLabels finds, and which it returns."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter

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


def test_finds_one_person_with_a_box_around_the_face(client: Any, astronaut: bytes) -> None:
    response = client.detect_labels(Image={"Bytes": astronaut})
    assert names(response) == ["Person", "Face", "Head"]
    person, face, head = response["Labels"]
    (instance,) = person["Instances"]
    box = instance["BoundingBox"]
    for edge, expected in zip(edges(box, 512, 512), (177, 66, 272, 161), strict=True):
        assert abs(edge - expected) <= 8
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
    assert response["LabelModelVersion"] == "local-opencv-1"
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


def pedestrian() -> bytes:
    """Draw a standing person from head to foot."""
    image = Image.new("RGB", (640, 480), (150, 150, 150))
    draw = ImageDraw.Draw(image)
    draw.ellipse((300, 58, 340, 112), (220, 180, 150))
    draw.pieslice((299, 54, 341, 90), 180, 360, (40, 30, 20))
    draw.polygon([(275, 120), (365, 120), (358, 235), (282, 235)], (60, 40, 90))
    draw.polygon([(275, 120), (258, 230), (272, 232), (286, 150)], (60, 40, 90))
    draw.polygon([(365, 120), (382, 230), (368, 232), (354, 150)], (60, 40, 90))
    draw.polygon([(283, 230), (322, 230), (314, 390), (288, 390)], (30, 40, 50))
    draw.polygon([(318, 230), (357, 230), (352, 390), (326, 390)], (30, 40, 50))
    return encoded(image.filter(ImageFilter.GaussianBlur(1.2)), quality=95)


def test_finds_a_whole_person_without_a_face(client: Any) -> None:
    response = client.detect_labels(Image={"Bytes": pedestrian()})
    assert names(response) == ["Person"]
    (instance,) = response["Labels"][0]["Instances"]
    for point in ((320, 85), (320, 180), (320, 380)):
        assert contains(instance["BoundingBox"], (640, 480), point)


def drawing() -> bytes:
    image = Image.new("RGB", (400, 300), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 90, 60), "red")
    draw.ellipse((200, 100, 330, 230), "navy", "gold", 9)
    draw.line((0, 299, 399, 0), "black", 5)
    draw.text((20, 200), "No one is here", "black", font_size=30)
    return encoded(image)


@pytest.mark.parametrize("grain", [None, 1, 3, 8, 30])
def test_finds_no_labels_in_drawings_and_noise(client: Any, grain: int | None) -> None:
    image = noise(1, grain) if grain else drawing()
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
