"""Every format in every orientation: boxes and thumbnails are right on the picture as people see it."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageOps

TURNED = [
    (name, turn) for name in ("JPEG", "PNG", "WebP", "HEIC", "AVIF", "TIFF", "MPO") for turn in range(1, 9)
]
PLAIN = [("GIF", 1), ("BMP", 1)]
CORNER = pytest.approx((0, 0, 0.2, 1 / 3), abs=0.04)


@pytest.mark.parametrize("turn", range(1, 9))
def test_the_tests_pictures_are_upright_to_a_viewer(make, find_red, turn) -> None:
    picture = Image.open(io.BytesIO(make("JPEG", turn)))
    assert find_red(ImageOps.exif_transpose(picture)) == CORNER


@pytest.mark.parametrize(("name", "turn"), TURNED + PLAIN)
def test_box_and_thumbnail_are_upright(
    processor, attempt, put, make, document, thumbnail, find_red, name, turn
) -> None:
    outcome = processor().process(put(make(name, turn)), attempt)
    assert (outcome.status, outcome.reason) == ("done", None)
    found = document()
    assert (found["Image"]["Format"], found["Image"]["Width"], found["Image"]["Height"]) == (name, 200, 120)
    [label] = found["Labels"]
    box = label["Instances"][0]["BoundingBox"]
    assert (box["Left"], box["Top"], box["Width"], box["Height"]) == CORNER
    assert found["Recognition"]["Converted"] == (name != "JPEG" and (name, turn) != ("PNG", 1))
    small = thumbnail()
    assert small.size == (200, 120)
    assert find_red(small) == CORNER


@pytest.mark.parametrize("turn", [0, 9, 65535])
def test_an_orientation_that_is_none_is_left_alone(
    processor, attempt, put, marked_jpeg, document, turn
) -> None:
    processor().process(put(marked_jpeg(turn)), attempt)
    image = document()["Image"]
    assert (image["Width"], image["Height"]) == (200, 120)


def test_a_large_picture_is_fitted(
    processor, attempt, put, make, document, thumbnail, rekognition, find_red
) -> None:
    processor(detect_protective_equipment=True).process(put(make("JPEG", 6, size=(5000, 3000))), attempt)
    image = document()["Image"]
    assert (image["Width"], image["Height"]) == (5000, 3000)
    assert rekognition.seen().size == (4096, 2458)
    assert find_red(rekognition.seen()) == CORNER
    assert thumbnail().size == (480, 288)


def test_an_icon_is_enlarged_for_rekognition_alone(
    processor, attempt, put, make, document, thumbnail, rekognition, find_red
) -> None:
    processor().process(put(make("PNG", size=(40, 30))), attempt)
    image = document()["Image"]
    assert (image["Width"], image["Height"]) == (40, 30)
    assert rekognition.seen().size == (107, 80)
    assert find_red(rekognition.seen()) == CORNER
    assert thumbnail().size == (40, 30)


@pytest.fixture
def marked_jpeg(make):
    def marked_jpeg(turn: int) -> bytes:
        exif = Image.Exif()
        exif[274] = turn
        return make("JPEG", exif=exif.tobytes())

    return marked_jpeg
