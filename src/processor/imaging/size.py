"""The limits of an image's size, which is checked before its pixels are allocated, and of its metadata."""

from __future__ import annotations

from common.rejections import Rejection

MAX_PIXELS = 100_000_000  # what fits into the processor's memory, as measured by bench/imaging
MAX_METADATA_BYTES = 1 << 20  # of Exif data or of an XMP packet; cameras write less than 64 KB
_MEGAPIXELS = MAX_PIXELS // 1_000_000


def check_size(width: int, height: int) -> None:
    """Raise Rejection if an image has more pixels than fit into memory."""
    if width * height > MAX_PIXELS:
        raise Rejection.of("too-many-pixels", width=width, height=height, megapixels=_MEGAPIXELS)
