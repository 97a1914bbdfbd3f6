"""Two renderings are compared by their colors, not by their details."""

from __future__ import annotations

from PIL import Image

from bench.corpus.reduction import Difference, Reduction, compare


def test_is_the_picture_on_few_pixels() -> None:
    reduction = Reduction.of(Image.new("RGB", (640, 320), (10, 20, 30)))
    assert reduction == Reduction(32, 16, bytes((10, 20, 30)) * 32 * 16)


def test_keeps_a_small_picture() -> None:
    assert Reduction.of(Image.new("RGB", (2, 1), "white")) == Reduction(2, 1, b"\xff" * 6)


def test_a_thin_picture_has_a_pixel_of_height() -> None:
    assert Reduction.of(Image.new("RGB", (1000, 1))).height == 1


def test_compares_all_channels() -> None:
    first, second = (Reduction.of(Image.new("RGB", (8, 8), (0, 0, blue))) for blue in (0, 30))
    assert compare(first, second) == Difference(10.0, 30)
    assert compare(first, first) == Difference(0.0, 0)


def test_does_not_compare_different_shapes() -> None:
    first, second = (Reduction.of(Image.new("RGB", size)) for size in ((8, 8), (8, 4)))
    assert compare(first, second) is None
