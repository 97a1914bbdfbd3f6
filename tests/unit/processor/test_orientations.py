"""Boxes, previews and thumbnails are upright in every format and orientation."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageOps

from tests.image_files import red_box
from tests.unit.processor.support import make_file

ORIENTED_FORMATS = ("JPEG", "PNG", "WebP", "HEIC", "AVIF", "TIFF", "MPO")
FILES = [(name, orientation) for name in ORIENTED_FORMATS for orientation in range(1, 9)]
RED_CORNER = pytest.approx((0, 0, 0.2, 1 / 3), abs=0.04)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_test_images_are_upright_in_a_viewer(orientation: int) -> None:
    image = Image.open(io.BytesIO(make_file("JPEG", orientation)))
    assert red_box(ImageOps.exif_transpose(image)) == RED_CORNER


@pytest.mark.parametrize(("name", "orientation"), [*FILES, ("GIF", 1), ("BMP", 1)])
def test_boxes_and_renderings_are_upright(
    processor, invocation, put, read_document, read_rendering, name: str, orientation: int
) -> None:
    outcome = processor.process(put(make_file(name, orientation)), invocation)
    assert (outcome.status, outcome.reason) == ("done", None)
    document = read_document()
    image = document["Image"]
    assert (image["Format"], image["Width"], image["Height"]) == (name, 200, 120)
    [label] = document["Labels"]
    box = label["Instances"][0]["BoundingBox"]
    assert (box["Left"], box["Top"], box["Width"], box["Height"]) == RED_CORNER
    is_converted = name != "JPEG" and (name, orientation) != ("PNG", 1)
    assert document["Recognition"]["Converted"] == is_converted
    for suffix in ("preview", "thumb"):
        assert read_rendering(suffix).size == (200, 120)
        assert red_box(read_rendering(suffix)) == RED_CORNER


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_invalid_orientation_is_ignored(
    processor, invocation, put, read_document, orientation: int
) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    processor.process(put(make_file("JPEG", exif=exif.tobytes())), invocation)
    image = read_document()["Image"]
    assert (image["Width"], image["Height"]) == (200, 120)


def test_a_large_image_is_reduced(
    make_processor, invocation, put, read_document, read_rendering, rekognition
) -> None:
    processor = make_processor(detect_protective_equipment=True)
    processor.process(put(make_file("JPEG", 6, size=(5000, 3000))), invocation)
    image = read_document()["Image"]
    assert (image["Width"], image["Height"]) == (5000, 3000)
    assert rekognition.last_image().size == (4096, 2458)
    assert red_box(rekognition.last_image()) == RED_CORNER
    assert [read_rendering(suffix).size for suffix in ("preview", "thumb")] == [(2048, 1229), (480, 288)]


def test_an_icon_is_enlarged_for_rekognition_only(
    processor, invocation, put, read_document, read_rendering, rekognition
) -> None:
    processor.process(put(make_file("PNG", size=(40, 30))), invocation)
    image = read_document()["Image"]
    assert (image["Width"], image["Height"]) == (40, 30)
    assert rekognition.last_image().size == (107, 80)
    assert red_box(rekognition.last_image()) == RED_CORNER
    assert [read_rendering(suffix).size for suffix in ("preview", "thumb")] == [(40, 30), (40, 30)]
