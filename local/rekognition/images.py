"""Read the pictures that Rekognition would: JPEG and PNG, told by their bytes, within its limits."""

from __future__ import annotations

import contextlib
import hashlib
import io
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from local.rekognition.errors import RekognitionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cv2.typing import MatLike

LARGEST_OBJECT = 15 * 1024 * 1024
LARGEST_BYTES_OF_SOME = 4 * 1024 * 1024  # protective equipment and custom labels; the model bounds the rest
DETECTION_SIDE = 800  # pixels: faces from 3 % of the longer side; twice this takes four times as long
ORIENTATION = 0x0112
REDUCIBLE = ("L", "RGB", "RGBA")  # before any copy is made: a large PNG is decoded at its full size
_HUSHED = threading.Lock()
# Pillow's decoders let through whatever their parsing trips over.
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Limits:
    smallest: int = 80
    largest: int = 10_000  # documented for labels and moderation; for the others it bounds our own memory
    bytes: int | None = None  # of Bytes, where it is less than the model's own limit


LIMITS = {
    "DetectProtectiveEquipment": Limits(smallest=64, largest=4096, bytes=LARGEST_BYTES_OF_SOME),
    "DetectCustomLabels": Limits(bytes=LARGEST_BYTES_OF_SOME),
}


@dataclass(frozen=True, eq=False)
class Picture:
    """An upright picture: its real size, and pixels (BGR) scaled down to what detection needs."""

    data: bytes
    width: int
    height: int
    pixels: MatLike


def check_weight(data: bytes, limits: Limits, *, by_reference: bool) -> None:
    most = LARGEST_OBJECT if by_reference else limits.bytes
    if most is not None and len(data) > most:
        detail = f"it has {len(data)} bytes; at most {most} are taken this way."
        raise RekognitionError.from_code("ImageTooLargeException", detail)


def check_sides(data: bytes, limits: Limits) -> None:
    """Judge by the header alone, before a single pixel is decoded."""
    width, height = _open(data).size
    if min(width, height) < limits.smallest:
        # Rekognition's answer to a small picture is this bare code, however little it explains.
        detail = f"the image is {width} x {height} pixels; the smallest side must have {limits.smallest}."
        raise RekognitionError.from_code("InvalidParameterException", detail)
    if max(width, height) > limits.largest:
        raise RekognitionError(
            "ImageTooLargeException",
            f"Input image dimensions {width} x {height} exceed maximum dimension size "
            f"of {limits.largest} pixels",
        )


def read_picture(data: bytes) -> Picture:
    image = _open(data)
    width, height = image.size
    turned = _orientation(image) >= 5  # 5 to 8 lie on their side
    pixels = decode(data, DETECTION_SIDE)
    return Picture(data, height if turned else width, width if turned else height, pixels)


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def decode(data: bytes, side: int) -> MatLike:
    """Decode to upright BGR pixels whose longer side is at most `side`."""
    image = _open(data)
    orientation = _orientation(image)
    try:
        image.draft("RGB", (side, side))  # a JPEG decodes straight to a fraction of its size
        image.load()
        times = max(image.size) // side
        smaller = image.reduce(times) if times > 1 and image.mode in REDUCIBLE else image
        pixels = _eight_bits(smaller)
    except DAMAGE:
        raise RekognitionError.from_code("InvalidImageFormatException") from None
    scale = side / max(pixels.shape[:2])
    if scale < 1:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(_turn(pixels, orientation))


def _open(data: bytes) -> ImageFile.ImageFile:
    # The decoders are called by name: what Pillow opens beyond these two, Rekognition does not, and its
    # warning of many pixels is not wanted, since the limits above are stricter.
    with _quiet(), contextlib.suppress(*DAMAGE):
        if data.startswith(b"\xff\xd8\xff"):
            return JpegImageFile(io.BytesIO(data))
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return PngImageFile(io.BytesIO(data))
    raise RekognitionError.from_code("InvalidImageFormatException")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hush Pillow's warnings of odd metadata, one thread at a time, since the filters are everybody's."""
    with _HUSHED, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _orientation(image: ImageFile.ImageFile) -> int:
    if not isinstance(image, JpegImageFile):
        return 1  # Rekognition turns JPEGs only, whatever a PNG says of itself
    orientation = 1  # also if the note is damaged: that is no damage to the picture
    with _quiet(), contextlib.suppress(*DAMAGE):
        orientation = image.getexif().get(ORIENTATION, 1)
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _eight_bits(image: Image.Image) -> MatLike:
    if image.mode.startswith("I"):
        grey = np.asarray(image).astype(np.float32) / 257  # 16 bits to 8
        return cv2.cvtColor(grey.clip(0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return cv2.cvtColor(np.asarray(image.convert("RGB")), cv2.COLOR_RGB2BGR)


def _turn(pixels: MatLike, orientation: int) -> MatLike:
    if orientation in (2, 4, 5, 7):
        pixels = pixels[:, ::-1]
    quarters = {3: 2, 4: 2, 5: 1, 6: 3, 7: 3, 8: 1}.get(orientation, 0)
    return np.rot90(pixels, quarters)
