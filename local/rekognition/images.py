"""Decode the images that Rekognition accepts: JPEG and PNG, recognized by content, within its limits."""

from __future__ import annotations

import contextlib
import io
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike
from PIL import Image, ImageFile, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from local.rekognition.errors import RekognitionError

MAX_OBJECT_BYTES = 15 * 1024 * 1024  # of an S3 object (Rekognition, "Guidelines and quotas")
DETECTION_SIDE = 800  # pixels: finds faces from 3% of the longer side; twice the size takes 4 times as long
# Modes that are reduced before they are converted, because a large PNG is decoded at its full size.
REDUCIBLE_MODES = ("L", "RGB", "RGBA")
# Pillow's decoders raise all of these for damaged files.
DECODE_ERRORS = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError),
    *(TypeError, OverflowError, struct.error, zlib.error),
)
_WARNINGS_LOCK = threading.Lock()


@dataclass(frozen=True)
class OperationLimits:
    """An operation's limits: sides in pixels, and the size of an image sent as `Bytes`."""

    min_side: int = 80
    max_side: int = 10_000  # documented for labels and moderation; for others it limits the memory used here
    max_bytes: int | None = None  # if below the 5 MiB of the service model


# Source: Rekognition, "Guidelines and quotas".
LIMITS = {
    "DetectProtectiveEquipment": OperationLimits(min_side=64, max_side=4096, max_bytes=4 * 1024 * 1024),
    "DetectCustomLabels": OperationLimits(max_bytes=4 * 1024 * 1024),
}


def check_limits(data: bytes, limits: OperationLimits, *, by_reference: bool) -> None:
    """Raise RekognitionError if the file, or a side, is too small or too large. Reads only the header."""
    max_bytes = MAX_OBJECT_BYTES if by_reference else limits.max_bytes
    if max_bytes is not None and len(data) > max_bytes:
        source = "an S3 object" if by_reference else "Bytes"
        detail = f"it has {len(data)} bytes; the limit is {max_bytes} bytes for {source}."
        raise RekognitionError.from_code("ImageTooLargeException", detail)
    width, height = _open(data).size
    if min(width, height) < limits.min_side:
        # AWS sends InvalidParameterException without a detail here.
        required = f"each side must have at least {limits.min_side} pixels."
        detail = f"the image is {width} x {height} pixels; {required}"
        raise RekognitionError.from_code("InvalidParameterException", detail)
    if max(width, height) > limits.max_side:
        raise RekognitionError(
            "ImageTooLargeException",
            f"Input image dimensions {width} x {height} exceed maximum dimension size "
            f"of {limits.max_side} pixels",
        )


def decode_pixels(data: bytes, max_side: int) -> MatLike:
    """Decode to upright BGR pixels, scaled down if the longer side exceeds `max_side` pixels."""
    image = _open(data)
    try:
        image.draft("RGB", (max_side, max_side))  # lets the JPEG decoder scale down while decoding
        image.load()
        _transpose(image)
        factor = max(image.size) // max_side
        reduced = image.reduce(factor) if factor > 1 and image.mode in REDUCIBLE_MODES else image
        pixels = _to_bgr(reduced)
    except DECODE_ERRORS:
        raise RekognitionError.from_code("InvalidImageFormatException") from None
    return shrink(pixels, max_side)[0]


def shrink(pixels: MatLike, max_side: int) -> tuple[MatLike, float]:
    """Return the pixels, scaled down if the longer side exceeds `max_side`, and the scale (at most 1)."""
    scale = max_side / max(pixels.shape[:2])
    if scale >= 1:
        return pixels, 1.0
    return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), scale


def _open(data: bytes) -> ImageFile.ImageFile:
    # Image.open would accept further formats, and warn about sizes that are within the limits above.
    with _suppressed_warnings(), contextlib.suppress(*DECODE_ERRORS):
        if data.startswith(b"\xff\xd8\xff"):
            return JpegImageFile(io.BytesIO(data))
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return PngImageFile(io.BytesIO(data))
    raise RekognitionError.from_code("InvalidImageFormatException")


@contextlib.contextmanager
def _suppressed_warnings() -> Iterator[None]:
    """Suppress Pillow's warnings about invalid metadata. The filters are global, hence the lock."""
    with _WARNINGS_LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _transpose(image: ImageFile.ImageFile) -> None:
    """Turn a JPEG upright by its EXIF orientation if that is valid. AWS ignores the orientation of a PNG."""
    if isinstance(image, JpegImageFile):
        # Damaged EXIF data can raise any exception, also after the pixels are transposed.
        with _suppressed_warnings(), contextlib.suppress(Exception):
            ImageOps.exif_transpose(image, in_place=True)


def _to_bgr(image: Image.Image) -> MatLike:
    if image.mode.startswith("I"):
        gray = np.asarray(image).astype(np.float32) / 257  # 16 bits to 8
        return cv2.cvtColor(gray.clip(0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return cv2.cvtColor(np.asarray(image.convert("RGB")), cv2.COLOR_RGB2BGR)
