"""Helpers of the tests of formats: what a file is shown as, or why it is rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.rejections import Rejection
from processor.imaging.decode import decode, open_image, reject_damaged
from tests.unit.processor.imaging.support import prepare_file

if TYPE_CHECKING:
    from collections.abc import Sequence

Color = tuple[int, int, int]


def read(data: bytes) -> list[Color]:
    """Return the pixels that a file is shown with, row by row."""
    opened = open_image(data)
    with reject_damaged():
        image = decode(opened, 100).image
    return list(zip(*[iter(image.tobytes())] * 3, strict=True))


def reject(data: bytes) -> tuple[str, str]:
    """Return the code and the message of a file that is rejected."""
    with pytest.raises(Rejection) as caught:
        read(data)
    return caught.value.code, caught.value.message


def unsupported(name: str) -> tuple[str, str]:
    rejection = Rejection.of("unsupported-format", format=name)
    return rejection.code, rejection.message


BROKEN = (Rejection.of("broken").code, Rejection.of("broken").message)
TOO_COMPLEX = (Rejection.of("too-complex").code, Rejection.of("too-complex").message)


def gray(*values: int) -> list[Color]:
    return [(value, value, value) for value in values]


def flat(pixels: Sequence[Sequence[int]]) -> list[int]:
    return [value for pixel in pixels for value in pixel]


def assert_close(actual: list[Color], expected: list[Color], tolerance: int = 1) -> None:
    """Compare pixels that differ by rounding only."""
    assert flat(actual) == pytest.approx(flat(expected), abs=tolerance)


def rejection(data: bytes) -> Rejection:
    """Return why a file can't be prepared for recognition."""
    with pytest.raises(Rejection) as caught:
        prepare_file(data)
    return caught.value
