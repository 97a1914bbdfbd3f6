"""Kinds of pixels: whatever the file holds, Rekognition and the thumbnail get what a viewer shows."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest
from PIL import Image

from processor.detectors import Limits
from processor.imaging.pictures import open_picture, prepare
from processor.imaging.thumbnail import thumbnail

SIZE = (120, 100)


def prepared(data: bytes, limits: Limits | None = None):
    return prepare(open_picture(data), data, limits or Limits())


def saved(picture: Image.Image, name: str, **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def sent(data: bytes) -> Image.Image:
    """The converted picture."""
    body = prepared(data).body
    assert body is not None
    return Image.open(io.BytesIO(body), formats=("JPEG",))


def close_to(*colour: int):
    return pytest.approx(colour, abs=6)


@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_plain_pngs_go_as_they_are(mode) -> None:
    assert prepared(saved(Image.new(mode, SIZE, 7), "PNG")).body is None


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_plain_jpegs_go_as_they_are(mode, options) -> None:
    assert prepared(saved(Image.new(mode, SIZE, 7), "JPEG", **options)).body is None


def test_a_png_with_an_alpha_channel_that_hides_nothing_goes_as_it_is() -> None:
    assert prepared(saved(Image.new("RGBA", SIZE, (1, 2, 3, 255)), "PNG")).body is None


@pytest.mark.parametrize("name", ["PNG", "WEBP", "TIFF", "AVIF"])
def test_transparent_is_white(name) -> None:
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 60, 100))
    seen = sent(saved(picture, name))
    assert seen.getpixel((20, 50)) == close_to(0, 0, 255)
    assert seen.getpixel((100, 50)) == close_to(255, 255, 255)


@pytest.mark.parametrize(("mode", "colour"), [("LA", (0, 128)), ("RGBA", (0, 0, 0, 128))])
def test_half_transparent_is_half_white(mode, colour) -> None:
    assert sent(saved(Image.new(mode, SIZE, colour), "PNG")).getpixel((50, 50)) == close_to(127, 127, 127)


@pytest.mark.parametrize("name", ["PNG", "GIF"])
def test_a_palette_colour_that_stands_for_transparent_is_white(name) -> None:
    picture = Image.new("P", SIZE, 1)
    picture.putpalette([255, 0, 0, 0, 255, 0])
    picture.putpixel((0, 0), 0)
    assert sent(saved(picture, name, transparency=1)).getpixel((50, 50)) == close_to(255, 255, 255)


def test_a_colour_that_stands_for_transparent_is_white() -> None:
    picture = Image.new("RGB", SIZE, (9, 9, 9))
    assert sent(saved(picture, "PNG", transparency=(9, 9, 9))).getpixel((50, 50)) == close_to(255, 255, 255)


def test_cmyk_becomes_rgb() -> None:
    seen = sent(saved(Image.new("CMYK", SIZE, (0, 255, 255, 0)), "JPEG", quality=95))
    assert (seen.mode, seen.getpixel((50, 50))) == ("RGB", close_to(255, 0, 0))


@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_16_bit_grey_keeps_its_brightness(name) -> None:
    assert sent(saved(Image.new("I;16", SIZE, 0x8080), name)).getpixel((50, 50)) == close_to(128, 128, 128)


def test_16_bit_colours_become_8() -> None:
    seen = sent(png_of_16_bits(SIZE, (0xFFFF, 0x8080, 0)))
    assert seen.getpixel((50, 50)) == close_to(255, 128, 0)


@pytest.mark.parametrize("mode", ["F", "I"])
def test_without_an_agreed_range_darkest_is_black_and_lightest_white(mode) -> None:
    picture = Image.new(mode, SIZE, -1000)
    picture.paste(5000, (0, 0, 60, 100))
    seen = sent(saved(picture, "TIFF"))
    assert (seen.getpixel((20, 50)), seen.getpixel((100, 50))) == (close_to(255, 255, 255), close_to(0, 0, 0))


@pytest.mark.parametrize("name", ["PNG", "BMP", "TIFF"])
def test_one_bit(name) -> None:
    assert sent(saved(Image.new("1", SIZE, 1), name)).getpixel((50, 50)) == close_to(255, 255, 255)


@pytest.mark.parametrize("mode", ["LAB", "YCbCr"])
def test_other_colour_spaces_of_tiff(mode) -> None:
    seen = sent(saved(Image.new(mode, SIZE, (255, 128, 128)), "TIFF"))
    assert seen.getpixel((50, 50)) == close_to(255, 255, 255)


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG", "AVIF", "TIFF"])
def test_of_an_animation_the_first_frame_is_seen(name) -> None:
    frames = [Image.new("RGB", SIZE, colour) for colour in ((255, 0, 0), (0, 255, 0))]
    seen = sent(saved(frames[0], name, save_all=True, append_images=frames[1:]))
    assert seen.getpixel((50, 50)) == close_to(255, 0, 0)


@pytest.mark.parametrize("most", [5 * 1_048_576, 4_000_000, 200_000])
def test_the_converted_picture_keeps_to_the_limit(most) -> None:
    noise = random.Random(1).randbytes(1500 * 1500 * 3)
    data = saved(Image.frombytes("RGB", (1500, 1500), noise), "BMP")
    body = prepared(data, Limits(most_bytes=most)).body
    assert len(body) <= most
    assert min(Image.open(io.BytesIO(body)).size) >= 80


@pytest.mark.parametrize(
    ("limits", "as_it_is"),
    [
        (Limits(), True),
        (Limits(most_side=200), True),
        (Limits(most_side=199), False),
        (Limits(least_side=120), True),
        (Limits(least_side=121), False),
        (Limits(most_stored_bytes=1), False),
    ],
)
def test_what_no_detector_minds_goes_as_it_is(make, limits, as_it_is) -> None:
    assert (prepared(make("JPEG"), limits).body is None) == as_it_is


def test_a_long_picture_that_rekognition_takes_as_it_is_is_not_too_narrow() -> None:
    ready = prepared(saved(Image.new("RGB", (9000, 90)), "JPEG"))
    assert ready.body is None
    assert Image.open(io.BytesIO(thumbnail(ready.image))).size == (480, 5)


def png_of_16_bits(size: tuple[int, int], colour: tuple[int, int, int]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + struct.pack(">HHH", *colour) * size[0]) * size[1]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 16, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
