"""What DetectLabels sees, and sees not."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter

from tests.unit.local.rekognition.support import encoded


def names(answer: dict[str, Any]) -> list[str]:
    return [label["Name"] for label in answer["Labels"]]


def pixels(box: dict[str, float], width: int, height: int) -> tuple[int, int, int, int]:
    left, top = box["Left"] * width, box["Top"] * height
    return (
        round(left),
        round(top),
        round(left + box["Width"] * width),
        round(top + box["Height"] * height),
    )


def around(box: dict[str, float], size: tuple[int, int], middle: tuple[int, int]) -> bool:
    left, top, right, bottom = pixels(box, *size)
    return left < middle[0] < right and top < middle[1] < bottom


def test_the_astronaut_is_one_person_with_a_box_around_the_face(client: Any, astronaut: bytes) -> None:
    answer = client.detect_labels(Image={"Bytes": astronaut})
    assert names(answer) == ["Person", "Face", "Head"]
    person, face, head = answer["Labels"]
    (instance,) = person["Instances"]
    box = instance["BoundingBox"]
    found = pixels(box, 512, 512)
    for edge, known in zip(found, (177, 66, 272, 161), strict=True):
        assert abs(edge - known) <= 8
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
    assert answer["LabelModelVersion"] == "local-opencv-1"
    assert "ImageProperties" not in answer and "OrientationCorrection" not in answer


def test_the_cat_is_a_cat_and_no_person(client: Any, cat: bytes) -> None:
    answer = client.detect_labels(Image={"Bytes": cat})
    assert names(answer) == ["Cat", "Animal", "Mammal", "Pet"]
    (instance,) = answer["Labels"][0]["Instances"]
    for eye in ((170, 113), (318, 136)):
        assert around(instance["BoundingBox"], (451, 300), eye)
    assert [label["Instances"] for label in answer["Labels"][1:]] == [[], [], []]
    assert answer["Labels"][0]["Parents"] == [{"Name": "Animal"}, {"Name": "Mammal"}, {"Name": "Pet"}]
    assert {label["Confidence"] for label in answer["Labels"]} == {instance["Confidence"]}
    assert {category["Name"] for label in answer["Labels"] for category in label["Categories"]} == {
        "Animals and Pets"
    }


@pytest.mark.parametrize("change", ["mirrored", "half", "double", "framed", "grey", "dark"])
def test_the_samples_are_known_in_other_shapes(
    client: Any, astronaut: bytes, cat: bytes, change: str
) -> None:
    changes = {
        "mirrored": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        "half": lambda image: image.resize((image.width // 2, image.height // 2)),
        "double": lambda image: image.resize((image.width * 2, image.height * 2)),
        "framed": lambda image: _framed(image),
        "grey": lambda image: image.convert("L"),
        "dark": lambda image: image.point(lambda value: value // 2),
    }
    for data, name in ((astronaut, "Person"), (cat, "Cat")):
        changed = encoded(changes[change](Image.open(io.BytesIO(data))))
        labels = client.detect_labels(Image={"Bytes": changed})["Labels"]
        found = [(label["Name"], len(label["Instances"])) for label in labels if label["Instances"]]
        assert found == [(name, 1)]


def _framed(image: Image.Image) -> Image.Image:
    framed = Image.new("RGB", (image.width + 300, image.height + 200), "skyblue")
    framed.paste(image, (250, 150))
    return framed


ORIENTED = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270, 3: Image.Transpose.ROTATE_180}


@pytest.mark.parametrize("orientation", ORIENTED)
def test_boxes_are_right_on_the_upright_picture(client: Any, astronaut: bytes, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = Image.open(io.BytesIO(astronaut)).crop((0, 0, 512, 300)).transpose(ORIENTED[orientation])
    upright = client.detect_labels(Image={"Bytes": encoded(lying, exif=exif, quality=95)})["Labels"]
    assert around(upright[0]["Instances"][0]["BoundingBox"], (512, 300), (224, 113))
    unturned = client.detect_labels(Image={"Bytes": encoded(lying, "PNG", exif=exif)})["Labels"]
    assert unturned == []


def pedestrian() -> bytes:
    """Draw somebody who stands there, from head to foot."""
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


def test_a_whole_person_is_a_person_without_a_face(client: Any) -> None:
    answer = client.detect_labels(Image={"Bytes": pedestrian()})
    assert names(answer) == ["Person"]
    (instance,) = answer["Labels"][0]["Instances"]
    for place in ((320, 85), (320, 180), (320, 380)):
        assert around(instance["BoundingBox"], (640, 480), place)
