"""The measured picture: a JPEG of 12 megapixels, as of a phone."""

from __future__ import annotations

import functools
import hashlib
import io

import numpy as np
from PIL import Image, ImageOps

from local.settings import ROOT

_SIZE = (4000, 3000)  # pixels
_NOISE = 6.0  # of a camera, standard deviation; without it, the file would be much smaller


@functools.cache
def _draw() -> bytes:
    """Return a sample photo, enlarged, with noise."""
    with Image.open(ROOT / "web" / "samples" / "coffee.jpg") as photo:
        pixels = np.asarray(ImageOps.fit(photo.convert("RGB"), _SIZE, Image.Resampling.LANCZOS), np.float32)
    noise = np.random.default_rng(1).normal(0.0, _NOISE, pixels.shape)
    with io.BytesIO() as file:
        Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=88)
        return file.getvalue()


def draw(number: int) -> bytes:
    """Return the picture with a comment, so that its id differs; the same one for each number."""
    jpeg = _draw()
    comment = hashlib.sha256(str(number).encode()).digest()
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]
