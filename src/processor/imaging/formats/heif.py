"""HEIF: HEIC and AVIF, which share a container (ISO/IEC 23008-12)."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any

import pi_heif
from pi_heif.as_plugin import HeifImageFile
from PIL.AvifImagePlugin import AvifImageFile

from common.rejections import Rejection
from processor.imaging.probe import check_size

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)  # the main image only

_ISPE = b"\0\0\0\x14ispe\0\0\0\0"  # start of the box with an image's size
_META_BYTES = 1 << 20  # where to search for those boxes; they precede the pixels


class _FirstFrameAvif(AvifImageFile):
    """An AVIF that frees its decoder, with its own copies, once the first frame is loaded."""

    def load(self) -> Any:
        pixels = super().load()
        self._decoder = self.fp = None
        return pixels


def open_heic(data: bytes) -> ImageFile:
    """Read a HEIC's header."""
    _check_header(data)
    image: ImageFile = HeifImageFile(io.BytesIO(data), "")
    return image


def open_avif(data: bytes) -> ImageFile:
    """Read an AVIF's header."""
    _check_header(data)
    return _FirstFrameAvif(io.BytesIO(data), "")


def _check_header(data: bytes) -> None:
    """Raise Rejection for a file that would exhaust or crash its decoder when it is opened."""
    size = _find_largest_ispe(data)
    _check_item_names(data)
    if size:
        check_size(*size)


def _find_largest_ispe(data: bytes) -> tuple[int, int] | None:
    largest = None
    start = data.find(_ISPE, 0, _META_BYTES)
    while start >= 0 and start + 20 <= len(data):
        width, height = struct.unpack_from(">II", data, start + 12)
        if largest is None or width * height > largest[0] * largest[1]:
            largest = width, height
        start = data.find(_ISPE, start + 20, _META_BYTES)
    return largest


def _check_item_names(data: bytes) -> None:
    """Raise Rejection for an item whose type or name isn't text, which crashes pi-heif."""
    start = data.find(b"infe", 4, _META_BYTES)
    while start >= 0:
        size, version = int.from_bytes(data[start - 4 : start], "big"), data[start + 4 : start + 5]
        # after the box type: version and flags, item id (4 bytes in version 3), protection index, item type
        item_type = start + 8 + (4 if version == b"\3" else 2) + 2
        try:
            data[item_type : item_type + 4].decode("ascii")
            data[item_type + 4 : start - 4 + size].decode()
        except UnicodeDecodeError as error:
            raise Rejection.of("broken") from error
        start = data.find(b"infe", start + 4, _META_BYTES)
