"""A picture made ready: for Rekognition, which takes few kinds, and for the thumbnail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from processor.imaging.convert import LONGEST_SIDE, check_shape, decode, jpeg
from processor.imaging.decode import Opened, damage_rejected, open_picture
from processor.imaging.thumbnail import LONGER_SIDE

if TYPE_CHECKING:
    from PIL.Image import Image

    from processor.detectors import Limits

_PREVIEW_SIDE = 2 * LONGER_SIDE  # enough for a sharp thumbnail, and quickly decoded
_PNG_DEPTH_AT = 24  # of the header's byte that holds the bits per channel

__all__ = ["Opened", "Prepared", "open_picture", "prepare"]


@dataclass(frozen=True)
class Prepared:
    """The bytes for Rekognition, None where it takes the stored object as it is; and upright pixels."""

    body: bytes | None
    image: Image


def prepare(opened: Opened, data: bytes, limits: Limits) -> Prepared:
    """Decode a picture, and convert it unless Rekognition takes it as it is; this uses the opened one up.

    Everything is decoded before anything is billed, so that a picture cut short is never paid for.
    """
    as_it_is = _fits(opened, len(data), limits) and _is_plain(opened, data)
    if not as_it_is:
        check_shape(opened.width, opened.height)
    with damage_rejected():
        preview = as_it_is and not opened.image.has_transparency_data
        decoded = decode(opened, _PREVIEW_SIDE if preview else LONGEST_SIDE)
    if as_it_is and decoded.opaque:
        return Prepared(None, decoded.image)
    check_shape(opened.width, opened.height)
    return Prepared(jpeg(decoded.image, limits.most_bytes), decoded.image)


def _fits(opened: Opened, size: int, limits: Limits) -> bool:
    sides = (opened.width, opened.height)
    return (
        size <= limits.most_stored_bytes
        and min(sides) >= limits.least_side
        and max(sides) <= limits.most_side
    )


def _is_plain(opened: Opened, data: bytes) -> bool:
    """Tell whether Rekognition sees in the file what people see."""
    if opened.format == "JPEG":
        return opened.image.mode in ("RGB", "L")  # CMYK is not among what it is documented to take
    return (
        opened.format == "PNG"
        and data[_PNG_DEPTH_AT] <= 8
        and opened.image.mode in ("RGB", "RGBA", "L", "LA", "P")
        and opened.orientation == 1  # which it ignores in a PNG, and browsers do not
        and not getattr(opened.image, "is_animated", False)
    )
