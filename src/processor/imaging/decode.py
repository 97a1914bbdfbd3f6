"""Decoding: opens a file, decodes its pixels, and handles all errors of the decoders."""

from __future__ import annotations

import math
import struct
import warnings
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from common.rejections import Rejection
from processor.imaging.color import is_opaque, to_resizable, to_srgb
from processor.imaging.formats.bmp import open_bmp
from processor.imaging.formats.gif import open_gif
from processor.imaging.formats.heif import open_avif, open_heic
from processor.imaging.formats.jpeg import open_jpeg
from processor.imaging.formats.png import open_png
from processor.imaging.formats.tiff import open_tiff
from processor.imaging.formats.webp import open_webp
from processor.imaging.interface import MAX_SIDE
from processor.imaging.size import MAX_PIXELS, check_size
from processor.imaging.sniff import sniff_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PIL.ImageFile import ImageFile

# Pillow warns above this limit and raises above its double. `check_size` is stricter and names the size;
# this limit is for anything else that a decoder allocates, such as a GIF frame larger than its screen.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2

# Image.open would try every decoder, and reject a large image without naming its size.
_OPENERS: dict[str, Callable[[bytes], ImageFile]] = {
    "JPEG": open_jpeg,
    "PNG": open_png,
    "WebP": open_webp,
    "HEIC": open_heic,
    "AVIF": open_avif,
    "GIF": open_gif,
    "TIFF": open_tiff,
    "BMP": open_bmp,
}
_DRAFT_FORMATS = frozenset(("JPEG", "MPO"))  # can be decoded at a half, a quarter or an eighth of their size
# A picture may be this much smaller than asked for, if that saves most of the time: a phone's photo of 4,032
# pixels is halved for a preview of at most 2,048. In a JPEG, that saves 140 ms and 27 MB.
_MIN_SHARE = 0.97
_BEST = Image.Resampling.LANCZOS
# For what Rekognition sees. It takes half the time, and differs from the best by 50 dB (PSNR).
_FAST = Image.Resampling.HAMMING
_EXIF_FORMATS = frozenset(("JPEG", "PNG", "WebP", "AVIF", "TIFF"))  # the decoder of HEIC applies orientation
_ORIENTATION_TAG = 274
_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
DECODER_ERRORS = (  # everything that decoders have been seen to raise for a damaged file
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    Image.DecompressionBombError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class OpenedImage:
    """An image whose header has been read; width and height are upright."""

    format: str
    width: int
    height: int
    orientation: int  # EXIF orientation, 1 to 8, that still has to be applied to the pixels
    image: ImageFile


@dataclass(frozen=True)
class DecodedImage:
    """Upright sRGB pixels, reduced if necessary, and whether the original was opaque."""

    image: Image.Image
    is_opaque: bool


@contextmanager
def reject_damaged() -> Iterator[None]:
    """Turn any error that a decoder raises for a damaged file into a Rejection.

    Some decoders report a lack of memory only in the text of another error.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # decoders warn about odd metadata, which isn't used
            yield
    except MemoryError as error:
        raise Rejection.of("too-complex") from error
    except DECODER_ERRORS as error:
        raise Rejection.of("too-complex" if "memory" in str(error).lower() else "broken") from error


def open_image(data: bytes) -> OpenedImage:
    """Read a file's header. Raises Rejection if it isn't a supported image, is too large or damaged."""
    format_name = sniff_format(data)
    with reject_damaged():
        image = _OPENERS[format_name](data)
        width, height = image.size
        orientation = _read_orientation(image) if format_name in _EXIF_FORMATS else 1
    if orientation >= 5:
        width, height = height, width
    check_size(width, height)
    return OpenedImage("MPO" if image.format == "MPO" else format_name, width, height, orientation, image)


def decode(opened: OpenedImage, max_side: int) -> DecodedImage:
    """Decode an image to upright sRGB, its longer side at most `max_side` pixels. This closes `opened`.

    Colors are converted after the reduction, so there are never more than two full-size buffers.
    """
    image: Image.Image = opened.image
    if opened.format in _DRAFT_FORMATS:
        opened.image.draft(None, fit_size(image.size, int(max_side * _MIN_SHARE)))
    image.load()
    check_size(*image.size)
    profile, code_points = image.info.get("icc_profile"), image.info.get("cicp")
    resizable = to_resizable(image)
    if resizable is not image:
        opened.image.close()
    small = shrink(resizable, max_side, _FAST if max_side == MAX_SIDE else _BEST)
    del resizable
    opened.image.close()
    opaque = is_opaque(small)
    small = to_srgb(small, profile, code_points)
    if opened.orientation in _TRANSPOSITIONS:
        small = small.transpose(_TRANSPOSITIONS[opened.orientation])
    small.info.clear()  # metadata such as the location must not reach the outputs
    return DecodedImage(small, opaque)


def shrink(image: Image.Image, max_side: int, resample: Image.Resampling = _BEST) -> Image.Image:
    """Return a copy of a resizable image, its longer side at most `max_side` pixels.

    If each of its pixels is the mean of a square of whole pixels, it is as good as a draft, and takes a tenth
    of the time of a filter (docs/performance.md).
    """
    side = max(image.size)
    factor = math.ceil(side / max_side)
    can_average = image.mode != "I;16"  # in Pillow
    if can_average and factor > 1 and side >= factor * max_side * _MIN_SHARE:
        return image.reduce(factor)
    gap = 2.0 if can_average else None
    return image.resize(fit_size(image.size, max_side), resample, reducing_gap=gap)


def fit_size(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    """Return a size reduced, if necessary, so that the longer side is `max_side` pixels."""
    scale = min(1.0, max_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _read_orientation(image: ImageFile) -> int:
    # Image.getexif would also read XMP and text chunks, which browsers and Rekognition ignore.
    exif = image.info.get("exif")
    if not exif:
        return 1
    tags = Image.Exif()
    try:
        tags.load(exif)
        orientation = tags.get(_ORIENTATION_TAG)
    except DECODER_ERRORS:
        return 1  # viewers show an image with damaged metadata as well
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1
