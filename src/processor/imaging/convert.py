"""Conversion: what Rekognition doesn't accept as it is becomes a JPEG within its limits."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from common.rejections import Rejection
from processor.imaging import preview
from processor.imaging.decode import decode, fit_size, open_image, reject_damaged
from processor.imaging.formats import jpeg, png
from processor.imaging.interface import MAX_SIDE, MIN_SIDE

if TYPE_CHECKING:
    from processor.imaging.decode import OpenedImage
    from processor.imaging.interface import Limits

_QUALITIES = (92, 85, 75, 60)


@dataclass(frozen=True)
class ConvertedImage:
    """An image for recognition: `image` is upright sRGB.

    `body` is the JPEG for Rekognition, or None if it accepts the stored object.
    """

    body: bytes | None
    image: Image.Image


def convert(opened: OpenedImage, data: bytes, limits: Limits) -> ConvertedImage:
    """Decode an image, and convert it unless Rekognition accepts the stored object. This closes `opened`.

    The whole image is decoded before any detector is called, so that a truncated one is never billed.
    Raises Rejection if the image is damaged or can't be fitted into the limits.
    """
    is_accepted = _is_within(limits, opened, len(data)) and _has_accepted_format(opened)
    if not is_accepted:
        _check_shape(opened.width, opened.height)
    with reject_damaged():
        is_preview_enough = is_accepted and not opened.image.has_transparency_data
        decoded = decode(opened, preview.MAX_SIDE if is_preview_enough else MAX_SIDE)
        if is_accepted and not _has_accepted_format(opened):  # it had to be repaired while it was decoded
            is_accepted, decoded = False, decode(open_image(data), MAX_SIDE)
    if is_accepted and decoded.is_opaque:
        return ConvertedImage(None, decoded.image)
    _check_shape(opened.width, opened.height)
    return ConvertedImage(encode_jpeg(decoded.image, limits.max_bytes), decoded.image)


def encode_jpeg(image: Image.Image, max_bytes: int) -> bytes:
    """Encode an image as a JPEG of at most `max_bytes`, each side at least Rekognition's minimum."""
    sized = _enlarge(image)
    while True:
        for quality in _QUALITIES:
            file = io.BytesIO()
            sized.save(file, "JPEG", quality=quality)
            if file.tell() <= max_bytes:
                return file.getvalue()
        sized = _enlarge(sized.resize(fit_size(sized.size, max(sized.size) * 3 // 4)))


def _is_within(limits: Limits, opened: OpenedImage, size: int) -> bool:
    sides = (opened.width, opened.height)
    return size <= limits.max_stored_bytes and min(sides) >= limits.min_side and max(sides) <= limits.max_side


def _has_accepted_format(opened: OpenedImage) -> bool:
    """Return whether Rekognition sees the file as people do."""
    if opened.format == "JPEG":
        return jpeg.is_accepted_by_rekognition(opened.image)
    # Rekognition ignores a PNG's orientation, browsers apply it.
    return opened.format == "PNG" and opened.orientation == 1 and png.is_accepted_by_rekognition(opened.image)


def _check_shape(width: int, height: int) -> None:
    """Raise Rejection if an image is too narrow to fit between the minimum and the maximum side."""
    min_side = math.ceil(max(width, height) * MIN_SIDE / MAX_SIDE)
    if min(width, height) < min_side:
        raise Rejection.of("too-narrow", width=width, height=height, min_side=min_side)


def _enlarge(image: Image.Image) -> Image.Image:
    scale = MIN_SIDE / min(image.size)
    if scale <= 1:
        return image
    width, height = (min(MAX_SIDE, math.ceil(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC)
