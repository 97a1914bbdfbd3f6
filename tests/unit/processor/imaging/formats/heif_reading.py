"""What a HEIC or AVIF is shown as, or why it is rejected."""

from __future__ import annotations

import random

import pytest
from PIL import Image, ImageChops

from common.rejections import Rejection
from processor.imaging.decode import decode, open_image, reject_damaged

BRANDS = {"HEIC": "heic", "AVIF": "avif"}
BROKEN = "The picture is damaged and can't be read. Export or copy it again, then upload the new file."
EACH_CODEC = pytest.mark.parametrize("name", ["HEIC", "AVIF"])


def photo(size: tuple[int, int] = (256, 192)) -> Image.Image:
    """Return a picture whose tiles all need more than 1,000 bytes."""
    colors = Image.merge("RGB", [Image.linear_gradient("L").rotate(angle) for angle in (0, 90, 180)])
    noise = Image.frombytes("L", size, random.Random(1).randbytes(size[0] * size[1])).convert("RGB")
    return ImageChops.add(colors.resize(size), noise, scale=2)


def read(data: bytes) -> Image.Image:
    """Return the image that a file is shown as."""
    with reject_damaged():
        return decode(open_image(data), 4096).image


def verdict(data: bytes) -> str:
    """Return the message of a file that is rejected, or "done"."""
    try:
        read(data)
    except Rejection as rejection:
        return rejection.message
    return "done"


def unsupported(name: str) -> str:
    return Rejection.of("unsupported-format", format=name).message


def zero(data: bytes, start: float, end: float) -> bytes:
    """Return data with zeros in a part of it, given as shares."""
    first, last = int(start * len(data)), int(end * len(data))
    return data[:first] + bytes(last - first) + data[last:]
