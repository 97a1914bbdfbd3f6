"""HEIC and AVIF: code points and profiles are applied."""

from __future__ import annotations

import io
import struct
from dataclasses import replace

import pillow_heif
import pytest
from PIL import Image

from processor.imaging.cicp import CodePoints
from processor.imaging.decode import open_image
from tests.heif_files import box, coded_item, nclx, write_heif
from tests.unit.processor.imaging.formats.heif_reading import BRANDS, EACH_CODEC, read, unsupported, verdict
from tests.unit.processor.imaging.support import CENTER, SIZE, linear_profile, prepare_file, save


def colored(name: str, *properties: bytes, color: tuple[int, int, int] = (230, 30, 30)) -> bytes:
    item = coded_item(Image.new("RGB", SIZE, color), name)
    own = tuple(each for each in item.properties if each[4:8] != b"colr")
    return write_heif({1: replace(item, properties=own + properties)}, [], BRANDS[name])


@EACH_CODEC
@pytest.mark.parametrize(
    ("primaries", "transfer", "expected"),
    [(1, 13, (230, 30, 30)), (9, 1, (255, 0, 0)), (12, 13, (251, 0, 0)), (1, 8, (244, 96, 96))],
)
def test_code_points_are_applied(name: str, primaries: int, transfer: int, expected: tuple[int, ...]) -> None:
    data = colored(name, nclx(primaries, transfer))
    assert read(data).getpixel(CENTER) == pytest.approx(expected, abs=6)


@EACH_CODEC
@pytest.mark.parametrize(
    ("color", "expected"),  # 75% of the signal is the white of a document, 203 cd/m² (BT.2408)
    [
        ((191, 191, 191), (229, 229, 229)),
        ((128, 128, 128), (137, 137, 137)),
        ((150, 120, 90), (182, 125, 93)),
    ],
)
def test_hlg_is_tone_mapped(name: str, color: tuple[int, int, int], expected: tuple[int, int, int]) -> None:
    data = colored(name, nclx(9, 18), color=color)
    assert open_image(data).image.info["cicp"] == CodePoints(9, 18)
    assert read(data).getpixel(CENTER) == pytest.approx(expected, abs=6)


@EACH_CODEC
def test_a_profile_precedes_code_points(name: str) -> None:
    profile = box(b"colr", b"prof", linear_profile())
    shown = read(colored(name, nclx(9, 16), profile)).getpixel(CENTER)
    assert shown == pytest.approx((244, 96, 96), abs=6)


def test_code_points_in_the_hevc_data_are_applied() -> None:
    file = io.BytesIO()
    image = pillow_heif.from_bytes("RGB;16", (120, 100), struct.pack("<3H", 0x9400, 0x9400, 0x9400) * 12_000)
    image.save(file, quality=90, color_primaries=9, transfer_characteristics=16, matrix_coefficients=9)
    for data in (file.getvalue(), file.getvalue().replace(b"colr", b"free")):
        # 0x9400 is 203 cd/m²
        assert read(data).getpixel(CENTER) == pytest.approx((227, 227, 227), abs=3)


def test_code_points_in_the_av1_data_are_applied() -> None:
    item = coded_item(Image.new("RGB", SIZE, (230, 30, 30)), "AVIF")
    assert not any(each[4:8] == b"colr" for each in item.properties)
    image = open_image(write_heif({1: item}, [], "avif")).image
    assert image.info["cicp"] == CodePoints(1, 13)  # what the encoder wrote


@EACH_CODEC
@pytest.mark.parametrize("mode", ["L", "LA"])
def test_monochrome_is_read_in_full_range(name: str, mode: str) -> None:
    image = Image.new(mode, SIZE, 255)
    image.paste(0, (0, 0, 60, 100))
    if mode == "LA":
        image.putalpha(255)
    shown = read(save(image, "HEIF" if name == "HEIC" else name))
    assert shown.getpixel((20, 50)) == pytest.approx((0, 0, 0), abs=3)
    assert shown.getpixel((100, 50)) == pytest.approx((255, 255, 255), abs=3)


def test_the_converted_picture_is_tone_mapped() -> None:
    prepared = prepare_file(colored("AVIF", nclx(9, 16)))
    assert prepared.body is not None
    assert prepared.image.getpixel(CENTER) == pytest.approx((255, 0, 0), abs=6)


@pytest.mark.parametrize("matrix", [3, 10, 14])
def test_an_avif_whose_matrix_the_decoder_lacks_is_not_supported(matrix: int) -> None:
    assert verdict(colored("AVIF", nclx(9, 16, matrix))) == unsupported("AVIF (unusual color encoding)")


def test_a_heic_whose_matrix_the_decoder_lacks_is_not_supported() -> None:
    assert verdict(colored("HEIC", nclx(9, 16, 14))) == unsupported("HEIF (unusual color encoding)")
