"""The photos that the ways to decode are compared with: sharp, and with a camera's noise."""

from __future__ import annotations

import io

import numpy as np
import pillow_heif
from PIL import Image

from bench.usage.picture import draw

_LARGE = (6656, 4992)  # 33 megapixels
_NOISE = 6.0  # standard deviation; as in the JPEG, which is enlarged and has its noise enlarged as well
_FAST = {"preset": "ultrafast"}  # of the encoder


def jpeg() -> bytes:
    """Return a photo of 12 megapixels, as a phone stores it."""
    return draw(0)


def heic() -> bytes:
    """Return the same photo as a HEIC with 8 bits."""
    with Image.open(io.BytesIO(jpeg())) as photo:
        return _encode(pillow_heif.from_pillow(photo.resize((4032, 3024))))


def large_heic() -> bytes:
    """Return a photo of 33 megapixels as a HEIC with 10 bits."""
    with Image.open(io.BytesIO(jpeg())) as photo:
        pixels = np.asarray(photo.resize(_LARGE, Image.Resampling.BICUBIC), np.float32)
    pixels = pixels + np.random.default_rng(1).normal(0.0, _NOISE, pixels.shape).astype(np.float32)
    deep = (np.clip(pixels, 0, 255) * 257).astype(np.uint16)
    return _encode(pillow_heif.from_bytes("RGB;16", _LARGE, deep.tobytes()))


def _encode(image: pillow_heif.HeifFile) -> bytes:
    with io.BytesIO() as file:
        image.save(file, quality=60, enc_params=_FAST)
        return file.getvalue()
