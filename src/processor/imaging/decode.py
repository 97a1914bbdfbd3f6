"""The one place that lets decoders at a file, and says in which ways that can end."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pi_heif
from pi_heif.as_plugin import HeifImageFile
from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import jpeg_factory
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from common.rejections import Rejection
from processor.imaging.probe import MAX_PIXELS, check_header, check_size
from processor.imaging.sniff import HEAD_BYTES, format_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PIL.ImageFile import ImageFile

# Pillow warns above this and refuses above its double. Sizes are checked here first, with numbers in the
# sentence; this is for what a decoder allocates besides, such as a GIF frame larger than its screen.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2

pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)  # the picture alone


class _FirstWebP(WebPImageFile):
    """A WebP whose decoder, with its two canvases, is let go before the first frame is copied."""

    def _get_next(self) -> tuple[bytes, int, int]:
        frame = super()._get_next()
        del self._decoder
        return frame


class _FirstAvif(AvifImageFile):
    """An AVIF whose decoder, with its own copies, is let go once the first frame is loaded."""

    def load(self) -> Any:
        pixels = super().load()
        self._decoder = self.fp = None
        return pixels


# Pillow.open would try every decoder, and refuse too large a picture without saying how large it is
_DECODERS: dict[str, Callable[[io.BytesIO, str], ImageFile]] = {
    "JPEG": jpeg_factory,  # makes an MPO of a JPEG that holds several pictures
    "PNG": PngImageFile,
    "WebP": _FirstWebP,
    "HEIC": HeifImageFile,
    "AVIF": _FirstAvif,
    "GIF": GifImageFile,
    "TIFF": TiffImageFile,
    "BMP": BmpImageFile,
}
_ORIENTATION_TAG = 274
_CARRY_EXIF = frozenset(("JPEG", "PNG", "WebP", "AVIF"))  # HEIC and TIFF are turned by their decoders
_DAMAGED = (  # all that decoders have been seen to raise over a file's bytes
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    Image.DecompressionBombError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Opened:
    """A picture of which only the header is read; width and height are upright."""

    format: str
    width: int
    height: int
    orientation: int  # EXIF's, 1 to 8, that is still to be applied to the pixels
    image: ImageFile


@contextmanager
def damage_rejected() -> Iterator[None]:
    """Turn whatever decoders raise over a damaged file into its rejection."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # decoders warn of odd metadata, which nobody here needs
            yield
    except _DAMAGED as error:
        raise Rejection.of("broken") from error


def open_picture(data: bytes) -> Opened:
    """Read a file's header; Rejection where it is no picture, too large a one, or damaged."""
    name = format_of(data[:HEAD_BYTES])
    check_header(data, name)
    with damage_rejected():
        image = _DECODERS[name](io.BytesIO(data), "")
        width, height = image.size
        orientation = _orientation(image) if name in _CARRY_EXIF else 1
    if orientation >= 5:
        width, height = height, width
    check_size(width, height)
    return Opened("MPO" if image.format == "MPO" else name, width, height, orientation, image)


def _orientation(image: ImageFile) -> int:
    # Image.getexif would also look into XMP and text, which neither browsers nor Rekognition do
    exif = image.info.get("exif")
    if not exif:
        return 1
    tags = Image.Exif()
    try:
        tags.load(exif)
        orientation = tags.get(_ORIENTATION_TAG)
    except _DAMAGED:
        return 1  # as viewers do: a picture is worth more than its metadata
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1
