"""The ways to decode are compared by their CPU time, in turn, and by the quality of the preview."""

from __future__ import annotations

import io
import math

import pytest
from PIL import Image

from bench.imaging.speed import compare, psnr, ssim
from bench.imaging.ways import OURS

FLAT = Image.new("L", (64, 64), 100)
RAMP = Image.linear_gradient("L").resize((64, 64))


def webp(color: int) -> bytes:
    with io.BytesIO() as file:
        Image.new("L", (64, 64), color).convert("RGB").save(file, "WEBP", lossless=True)
        return file.getvalue()


def test_equal_pictures() -> None:
    assert (psnr(RAMP, RAMP), ssim(RAMP, RAMP)) == (math.inf, 1.0)


def test_the_error_of_a_brighter_picture() -> None:
    assert psnr(FLAT, Image.new("L", (64, 64), 110)) == pytest.approx(20 * math.log10(255 / 10))


def test_a_picture_without_the_structure_is_not_similar() -> None:
    assert ssim(RAMP, RAMP.transpose(Image.Transpose.FLIP_TOP_BOTTOM)) < 0.5


def test_the_fastest_other_way_is_the_yardstick() -> None:
    order: list[str] = []

    def way(name: str, work: int) -> tuple[bytes, bytes]:
        order.append(name)
        sum(range(work))
        return webp(100), b""

    with io.BytesIO() as file:
        FLAT.save(file, "JPEG")
        data = file.getvalue()
    works = {OURS: 200_000, "slow": 2_000_000, "fast": 20_000}
    ways = {name: lambda _, name=name, work=work: way(name, work) for name, work in works.items()}
    (ratio, milliseconds), lines = compare("photo", data, ways, rounds=3)
    assert order == [*works] * 3
    assert (ratio.name, milliseconds.name) == ("photo: CPU ÷ fast", "photo: CPU")
    assert ratio.value > 1
    assert len(ratio.values) == len(milliseconds.values) == 3
    assert [line.split()[0] for line in lines] == ["photo", "the", "slow", "fast"]
