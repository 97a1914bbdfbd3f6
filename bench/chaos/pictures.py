"""The files of a run: small pictures that carry a number in their pixels, and files that must be rejected."""

from __future__ import annotations

import functools
import io
import random

import numpy as np
from PIL import Image

MAX_NUMBER = 1 << 16
_SQUARES = 4  # in each direction, so 16 squares, each a bit of the number
_SIDE = 32  # pixels of a square: larger than a block of a JPEG, so that conversions keep it black or white
NAMES = tuple(f"Thing {number:02}" for number in range(60))


def draw(number: int, file_format: str) -> bytes:
    """Return a picture in a format of Pillow's. Its 16 squares are the number's bits, white for 1."""
    bits = np.array([number >> position & 1 for position in range(_SQUARES**2)], np.uint8)
    squares = bits.reshape(_SQUARES, _SQUARES) * 255
    with io.BytesIO() as file:
        Image.fromarray(squares.repeat(_SIDE, axis=0).repeat(_SIDE, axis=1)).convert("RGB").save(
            file, file_format, quality=80
        )
        return file.getvalue()


@functools.lru_cache(256)  # several detectors are asked about the same bytes
def read_number(picture: bytes) -> int:
    """Return the number that a picture carries, also after it was converted."""
    with Image.open(io.BytesIO(picture)) as image:
        squares = np.asarray(image.convert("L").resize((_SQUARES, _SQUARES), Image.Resampling.BOX))
    return sum(int(white) << position for position, white in enumerate((squares > 127).reshape(-1)))


def label_names(number: int) -> tuple[str, ...]:
    """Return the labels that the engine finds in a picture: three to six of NAMES."""
    choice = random.Random(f"labels {number}")
    return tuple(sorted(choice.sample(NAMES, choice.randint(3, 6))))
