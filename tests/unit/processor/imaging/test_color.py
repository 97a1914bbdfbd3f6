"""Pixel modes, transparency and color profiles: the converted JPEG shows what a viewer shows."""

from __future__ import annotations

import struct
import zlib

import pytest
from PIL import Image, ImageCms

from processor.imaging.interface import MAX_SIDE
from tests.unit.processor.imaging.support import (
    CENTER,
    SIZE,
    close_to,
    convert,
    linear_profile,
    prepare_file,
    save,
)

BLUE, WHITE, BLACK = (0, 0, 255), (255, 255, 255), (0, 0, 0)


@pytest.mark.parametrize("name", ["PNG", "WEBP", "TIFF", "AVIF"])
def test_transparent_pixels_become_white(name: str) -> None:
    image = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    image.paste((*BLUE, 255), (0, 0, 60, 100))
    converted = convert(save(image, name))
    assert converted.getpixel((20, 50)) == close_to(*BLUE)
    assert converted.getpixel((100, 50)) == close_to(*WHITE)


@pytest.mark.parametrize(("mode", "color"), [("LA", (0, 128)), ("RGBA", (0, 0, 0, 128))])
def test_translucent_pixels_are_blended_with_white(mode: str, color: tuple[int, ...]) -> None:
    assert convert(save(Image.new(mode, SIZE, color), "PNG")).getpixel(CENTER) == close_to(127, 127, 127)


@pytest.mark.parametrize("name", ["PNG", "GIF"])
def test_a_transparent_palette_color_becomes_white(name: str) -> None:
    image = Image.new("P", SIZE, 1)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putpixel((0, 0), 0)
    assert convert(save(image, name, transparency=1)).getpixel(CENTER) == close_to(*WHITE)


def test_a_transparent_rgb_color_becomes_white() -> None:
    image = Image.new("RGB", SIZE, (9, 9, 9))
    assert convert(save(image, "PNG", transparency=(9, 9, 9))).getpixel(CENTER) == close_to(*WHITE)


def test_cmyk_becomes_rgb() -> None:
    converted = convert(save(Image.new("CMYK", SIZE, (0, 255, 255, 0)), "JPEG", quality=95))
    assert (converted.mode, converted.getpixel(CENTER)) == ("RGB", close_to(255, 0, 0))


@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_16_bit_gray_keeps_its_brightness(name: str) -> None:
    assert convert(save(Image.new("I;16", SIZE, 0x8080), name)).getpixel(CENTER) == close_to(128, 128, 128)


def test_16_bit_gray_that_is_many_times_too_large() -> None:
    converted = convert(save(Image.new("I;16", (4 * MAX_SIDE, 400), 0x8080), "PNG"))
    assert (converted.size, converted.getpixel((50, 50))) == ((MAX_SIDE, 100), close_to(128, 128, 128))


def test_16_bit_colors_keep_their_brightness() -> None:
    converted = convert(png_with_16_bit_colors(SIZE, (0xFFFF, 0x8080, 0)))
    assert converted.getpixel(CENTER) == close_to(255, 128, 0)


@pytest.mark.parametrize("mode", ["F", "I"])
def test_modes_without_a_range_are_stretched_from_black_to_white(mode: str) -> None:
    image = Image.new(mode, SIZE, -1000)
    image.paste(5000, (0, 0, 60, 100))
    converted = convert(save(image, "TIFF"))
    assert converted.getpixel((20, 50)) == close_to(*WHITE)
    assert converted.getpixel((100, 50)) == close_to(*BLACK)


@pytest.mark.parametrize("name", ["PNG", "BMP", "TIFF"])
def test_one_bit_becomes_black_or_white(name: str) -> None:
    assert convert(save(Image.new("1", SIZE, 1), name)).getpixel(CENTER) == close_to(*WHITE)


@pytest.mark.parametrize("mode", ["LAB", "YCbCr"])
def test_other_color_spaces_become_rgb(mode: str) -> None:
    converted = convert(save(Image.new(mode, SIZE, (255, 128, 128)), "TIFF"))
    assert converted.getpixel(CENTER) == close_to(*WHITE)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_color_profile_is_applied(name: str) -> None:
    data = save(Image.new("RGB", SIZE, (128, 128, 128)), name, icc_profile=linear_profile())
    assert prepare_file(data).image.getpixel(CENTER) == close_to(188, 188, 188)


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("profile", [b"", b"nonsense", bytes(128), "truncated", "sRGB"])
def test_an_invalid_or_unsuitable_profile_is_ignored(mode: str, profile: bytes | str) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if isinstance(profile, str):
        profile = {"truncated": srgb[:200], "sRGB": srgb}[profile]
    color = 100 if mode == "L" else (100, 100, 100)
    data = save(Image.new(mode, SIZE, color), "JPEG", icc_profile=profile)
    assert prepare_file(data).image.getpixel(CENTER) == close_to(100, 100, 100)


def png_with_code_points(image: Image.Image, *values: int, **options: object) -> bytes:
    """Return a PNG with a cICP chunk: primaries, transfer function, matrix, and full range."""
    data = save(image, "PNG", **options)
    chunk = b"cICP" + bytes(values)
    return (
        data[:33] + struct.pack(">I", len(values)) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data[33:]
    )


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_code_points_precede_a_color_profile(mode: str) -> None:
    image = Image.new("RGB", SIZE, (230, 30, 30))
    image = image.quantize() if mode == "P" else image.convert(mode)
    data = png_with_code_points(image, 12, 13, 0, 1, icc_profile=linear_profile())
    assert convert(data).getpixel(CENTER) == close_to(251, 0, 0)


def test_gray_with_code_points_is_tone_mapped() -> None:
    data = png_with_code_points(Image.new("L", SIZE, 148), 9, 16, 0, 1)  # 203 cd/m²
    assert convert(data).getpixel(CENTER) == close_to(227, 227, 227)


def test_transparency_is_blended_in_srgb() -> None:
    data = png_with_code_points(Image.new("RGBA", SIZE, (0, 0, 0, 128)), 9, 16, 0, 1)
    assert convert(data).getpixel(CENTER) == close_to(127, 127, 127)


@pytest.mark.parametrize("values", [(1, 13, 0, 1), (2, 2, 0, 1), (9, 16, 9, 1)])
def test_a_png_with_srgb_or_invalid_code_points_is_not_converted(values: tuple[int, ...]) -> None:
    data = png_with_code_points(Image.new("RGB", SIZE, (230, 30, 30)), *values)
    assert prepare_file(data).body is None


def test_code_points_of_the_wrong_length_are_ignored() -> None:
    data = png_with_code_points(Image.new("RGB", SIZE, (230, 30, 30)), 9, 16, 0)
    assert convert(data).getpixel(CENTER) == close_to(230, 30, 30)


def png_with_16_bit_colors(size: tuple[int, int], color: tuple[int, int, int]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + struct.pack(">HHH", *color) * size[0]) * size[1]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 16, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
