"""Photographs for the README's screenshots and `make bench`: from scikit-image, downloaded from PyPI.

All are in the public domain or CC0. https://github.com/scikit-image/scikit-image/blob/v0.22.0/skimage/data/README.txt
names their sources.
"""

from __future__ import annotations

import io
import random
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import FilePayload

_PACKAGE = "scikit-image==0.22.0"
_PLATFORM = ("--python-version", "3.11", "--platform", "manylinux2014_x86_64", "--only-binary", ":all:")
_NAMES = (
    "motorcycle_left.png",
    "chelsea.png",
    "astronaut.png",
    "rocket.jpg",
    "coffee.png",
    "hubble_deep_field.jpg",
    "camera.png",
    "coins.png",
    "moon.png",
)
_RATIOS = (0.75, 1.0, 1.33, 1.5, 1.78)  # width by height
_NEWEST = datetime(2026, 11, 21, 14, 32, tzinfo=UTC)
_TAKEN = 0x9003  # DateTimeOriginal
_EXIF_BLOCK = 0x8769


def photographs(count: int) -> Iterator[FilePayload]:
    """Yield files, the newest first: each photograph as it is, then parts of them, taken over two years."""
    rng = random.Random(11)
    originals = _download()
    names = list(originals)
    for number in range(count):
        image = originals[names[number % len(names)]]
        if number >= len(names):
            image = _crop(image, rng)
        taken_at = _NEWEST - timedelta(days=0 if number < 8 else (number - 7) * 16, minutes=9 * number)
        yield _encode(f"IMG_{2043 - number}.jpg", image, taken_at)


def _download() -> dict[str, Image.Image]:
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            *_PLATFORM,
            "-d",
            folder,
            _PACKAGE,
        ]
        subprocess.run(command, check=True)
        [wheel] = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as files:
            data = {name: files.read(f"skimage/data/{name}") for name in _NAMES}
    return {name: Image.open(io.BytesIO(body)).convert("RGB") for name, body in data.items()}


def _crop(image: Image.Image, rng: random.Random) -> Image.Image:
    """Return most of a photograph, with another ratio."""
    ratio = rng.choice(_RATIOS)
    width = min(image.width, int(image.height * ratio)) * rng.uniform(0.75, 0.95)
    height = width / ratio
    left, top = rng.uniform(0, image.width - width), rng.uniform(0, image.height - height)
    return image.crop((int(left), int(top), int(left + width), int(top + height)))


def _encode(name: str, image: Image.Image, taken_at: datetime) -> FilePayload:
    exif = Image.Exif()
    exif.get_ifd(_EXIF_BLOCK)[_TAKEN] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    data = io.BytesIO()
    image.save(data, "JPEG", quality=90, exif=exif)
    return {"name": name, "mimeType": "image/jpeg", "buffer": data.getvalue()}
