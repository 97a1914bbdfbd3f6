"""Which files are passed on as they are, which are converted, and within which limits."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
from PIL import Image

from processor.imaging import preview, thumbnail
from processor.imaging.interface import Limits
from tests.unit.processor.imaging.support import (
    CENTER,
    SIZE,
    close_to,
    convert,
    linear_profile,
    prepare_file,
    save,
)
from tests.unit.processor.support import make_file


@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_a_plain_png_is_not_converted(mode: str) -> None:
    assert prepare_file(save(Image.new(mode, SIZE, 7), "PNG")).body is None


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_a_plain_jpeg_is_not_converted(mode: str, options: dict[str, Any]) -> None:
    assert prepare_file(save(Image.new(mode, SIZE, 7), "JPEG", **options)).body is None


def test_a_png_with_an_opaque_alpha_channel_is_not_converted() -> None:
    assert prepare_file(save(Image.new("RGBA", SIZE, (1, 2, 3, 255)), "PNG")).body is None


@pytest.mark.parametrize(
    ("limits", "is_converted"),
    [
        (Limits(), False),
        (Limits(max_side=200), False),
        (Limits(max_side=199), True),
        (Limits(min_side=120), False),
        (Limits(min_side=121), True),
        (Limits(max_stored_bytes=1), True),
    ],
)
def test_a_file_outside_the_limits_is_converted(limits: Limits, is_converted: bool) -> None:
    assert (prepare_file(make_file("JPEG"), limits).body is not None) == is_converted


def test_a_long_image_within_the_limits_is_not_too_narrow() -> None:
    prepared = prepare_file(save(Image.new("RGB", (9000, 90)), "JPEG"))
    assert prepared.body is None
    assert Image.open(io.BytesIO(thumbnail.render(prepared.image))).size == (480, 5)


@pytest.mark.parametrize(
    ("side", "decoded"), [(1000, 1000), (3000, 2048), (4000, 2000), (4032, 2016), (4096, 2048), (8000, 2000)]
)
def test_an_accepted_jpeg_is_decoded_to_about_the_size_of_its_preview(side: int, decoded: int) -> None:
    prepared = prepare_file(save(Image.new("L", (side, 80)), "JPEG"))
    assert prepared.body is None
    assert max(prepared.image.size) == decoded


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
def test_an_animation_is_converted_to_its_first_frame(name: str) -> None:
    frames = [Image.new("RGB", SIZE, color) for color in ((255, 0, 0), (0, 255, 0))]
    converted = convert(save(frames[0], name, save_all=True, append_images=frames[1:]))
    assert converted.getpixel(CENTER) == close_to(255, 0, 0)


@pytest.mark.parametrize("max_bytes", [5 * 1_048_576, 4_000_000, 200_000])
def test_the_converted_image_is_within_the_limits(max_bytes: int) -> None:
    noise = random.Random(1).randbytes(1500 * 1500 * 3)
    data = save(Image.frombytes("RGB", (1500, 1500), noise), "BMP")
    body = prepare_file(data, Limits(max_bytes=max_bytes)).body
    assert body is not None
    assert len(body) <= max_bytes
    assert min(Image.open(io.BytesIO(body)).size) >= 80


def test_metadata_reaches_neither_the_converted_image_nor_the_renderings() -> None:
    exif = Image.Exif()
    exif[271] = "Camera maker"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    image = Image.new("RGB", SIZE, (1, 2, 3))
    data = save(image, "WEBP", exif=exif.tobytes(), xmp=b"<secret/>", icc_profile=linear_profile())
    prepared = prepare_file(data)
    assert prepared.body is not None
    outputs = {
        prepared.body: "JPEG",
        preview.render(prepared.image): "WEBP",
        thumbnail.render(prepared.image): "WEBP",
    }
    for output, name in outputs.items():
        written = Image.open(io.BytesIO(output), formats=(name,))
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(written.info)
        assert dict(written.getexif()) == {}
