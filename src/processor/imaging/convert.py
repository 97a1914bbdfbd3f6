"""A picture's pixels as people see them, and the JPEG of them that Rekognition takes."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from common.rejections import Rejection
from processor.imaging.color import is_opaque, resizable, srgb
from processor.imaging.probe import check_size

if TYPE_CHECKING:
    from processor.imaging.decode import Opened

LEAST_SIDE = 80  # pixels; Rekognition's least
LONGEST_SIDE = 4096  # pixels; the most that every detector takes
_DRAFTED = frozenset(("JPEG", "MPO"))  # these can be decoded at a half, a quarter or an eighth
_QUALITIES = (92, 85, 75, 60)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Decoded:
    """Upright sRGB pixels, made smaller where need be, and whether the file's own had no transparency."""

    image: Image.Image
    opaque: bool


def check_shape(width: int, height: int) -> None:
    """Reject a picture that cannot be fitted between Rekognition's least and longest side."""
    least = math.ceil(max(width, height) * LEAST_SIDE / LONGEST_SIDE)
    if min(width, height) < least:
        raise Rejection.of("too-narrow", width=width, height=height, least=least)


def decode(opened: Opened, longest: int) -> Decoded:
    """Decode a picture, upright and in sRGB, its longer side at most `longest`; this uses the opened one up.

    Colours are converted after the reduction, so that there are never more than two full-size buffers.
    """
    image: Image.Image = opened.image
    image.info.pop("xmp", None)  # else a TIFF would be turned by what XMP says, which viewers ignore
    if opened.format in _DRAFTED:
        opened.image.draft(None, _fitted(image.size, longest))
    image.load()
    check_size(*image.size)
    profile = image.info.get("icc_profile")
    plain = resizable(image)
    if plain is not image:
        opened.image.close()
    small = plain.resize(
        _fitted(plain.size, longest), Image.Resampling.LANCZOS, reducing_gap=2.0
    )  # a copy, whatever the size
    del plain
    opened.image.close()
    opaque = is_opaque(small)
    small = srgb(small, profile)
    if opened.orientation in _TURNS:
        small = small.transpose(_TURNS[opened.orientation])
    small.info.clear()  # no place, camera or name goes any further
    return Decoded(small, opaque)


def jpeg(image: Image.Image, most_bytes: int) -> bytes:
    """Encode a picture as a JPEG of at most so many bytes, each side long enough for Rekognition."""
    sized = _enlarged(image)
    while True:
        for quality in _QUALITIES:
            file = io.BytesIO()
            sized.save(file, "JPEG", quality=quality)
            if file.tell() <= most_bytes:
                return file.getvalue()
        sized = _enlarged(sized.resize(_fitted(sized.size, max(sized.size) * 3 // 4)))


def _fitted(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _enlarged(image: Image.Image) -> Image.Image:
    scale = LEAST_SIDE / min(image.size)
    if scale <= 1:
        return image
    width, height = (min(LONGEST_SIDE, math.ceil(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC)
