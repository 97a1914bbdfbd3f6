"""JPEG."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

from PIL import Image
from PIL.ImageFile import _Tile
from PIL.JpegImagePlugin import JpegImageFile

from common.rejections import Rejection
from processor.imaging.formats import jpeg_markers
from processor.imaging.memory import explain_failure

if TYPE_CHECKING:
    from collections.abc import Iterator


_MODES = {1: ("L", "L"), 3: ("RGB", "RGB"), 4: ("CMYK", "CMYK;I")}  # CMYK is inverted, as Adobe writes it
_ACCEPTED_KINDS = frozenset((jpeg_markers.BASELINE, jpeg_markers.EXTENDED, jpeg_markers.PROGRESSIVE))
_MISSING = frozenset((127, 128))  # what libjpeg sets every sample of a missing block to
_ZEROS = bytes(64)  # so many at the end may be a part of the file that was never written
_ARITHMETIC_TAIL = bytes(8)  # zeros that an arithmetic decoder may read beyond the data (T.81, D.1.8)
_FILLER_BYTES = 4096
_STRIP_HEIGHT = 256
_CHECKS = 3  # how often an image is decoded to find out whether pixels depend on what follows the data
# An image that may lack pixels is decoded 4 to 10 times. The limit allows 4 times 18 scans of the largest.
MAX_CHECKED_PIXELS = 2 * jpeg_markers.MAX_SCANNED_PIXELS


class JpegImage(JpegImageFile):
    """A JPEG that is read whatever its metadata contains, and rejected only if pixels are missing.

    Pillow's own parser rejects files for odd metadata that libjpeg, which decodes the pixels, skips.
    """

    def __init__(self, data: bytes, *, is_checked: bool = True) -> None:
        self.markers = jpeg_markers.read_markers(data)
        self._data, self._is_checked, self._decoded = data, is_checked, 1
        is_whole = self.markers.has_end and self.markers.height_offset is None
        super().__init__(io.BytesIO(data if is_whole else self._written + jpeg_markers.END), "")

    def _open(self) -> None:
        frame = self.markers.frame
        self._size = frame.width, frame.height
        self._mode, raw_mode = _MODES[len(frame.components)]
        # libjpeg can't convert lossless colors, whatever JFIF and Adobe markers say. Encoders don't either.
        coded = self._mode if frame.kind == jpeg_markers.LOSSLESS else ""
        self.tile = [_Tile("jpeg", (0, 0, *self._size), 0, (raw_mode, coded))]
        if self.markers.is_arithmetic:
            self.decodermaxblock = len(self._data) + len(jpeg_markers.END)  # libjpeg needs all data at once
        if self.markers.exif:
            self.info["exif"] = self.markers.exif
        if self.markers.profile:
            self.info["icc_profile"] = self.markers.profile
        if self.markers.is_multi_picture:
            self.format = "MPO"

    @property
    def _written(self) -> bytes:
        """The file up to the end of its pixels, with its height where it belongs."""
        data, offset = self._data[: self.markers.end].rstrip(b"\xff"), self.markers.height_offset
        if offset is None:
            return data
        return data[:offset] + self.markers.frame.height.to_bytes(2, "big") + data[offset + 2 :]

    def draft(self, mode: str | None, size: tuple[int, int] | None) -> Any:
        """Select a reduced size, which the decoder has for images made of blocks only."""
        return None if self.markers.frame.kind == jpeg_markers.LOSSLESS else super().draft(mode, size)

    def load(self) -> Any:
        """Decode the pixels. Raises Rejection, or the decoder's error, if some are missing."""
        is_first = bool(self.tile)
        with explain_failure(self.markers.coefficient_bytes if is_first else 0):
            pixels = super().load()
        if is_first and self._is_checked and self._may_lack_pixels():
            self._check_pixels()
        return pixels

    def _may_lack_pixels(self) -> bool:
        """Return whether pixels may be missing. This check is cheap: it decodes nothing again.

        libjpeg makes missing blocks gray, so the last one is. Zeros may be a part that was never written.
        """
        corner = self.getpixel((self.width - 1, self.height - 1))
        return (
            not self.markers.has_end
            or not self.markers.has_all_scans()
            or self._data.endswith(_ZEROS, 0, self.markers.end)
            or set(corner if isinstance(corner, tuple) else (corner,)) <= _MISSING
        )

    def _check_pixels(self) -> None:
        """Raise Rejection if a scan is missing, or a pixel depends on what follows the data."""
        markers, written = self.markers, self._written
        has_scans = markers.has_every_component() if markers.has_end else markers.has_all_scans()
        if markers.is_arithmetic:
            written += _ARITHMETIC_TAIL
        if not has_scans or not self._has_all_pixels(written):
            raise Rejection.of("broken")
        if not written.endswith(_ZEROS) or not self._has_all_pixels(written[:-2]):
            return  # the data ends where the pixels do, which may be a uniform area whose code is 0
        if not self._has_all_pixels(written.rstrip(b"\0") + bytes(4)):
            raise Rejection.of("broken")

    def _has_all_pixels(self, written: bytes) -> bool:
        """Return whether no pixel changes with the bytes that follow the data."""
        self._decoded += _CHECKS
        if self._decoded * self.markers.scanned_pixels > MAX_CHECKED_PIXELS:
            raise Rejection.of("too-complex")
        shown = _hash_pixels(written + jpeg_markers.END)
        fillers = _fillers(written, has_restarts=self.markers.has_restarts)
        return all(_hash_pixels(written + filler + jpeg_markers.END) == shown for filler in fillers)


def open_jpeg(data: bytes) -> JpegImage:
    """Read a JPEG's header. Raises Rejection if it can't be read. The format of several pictures is MPO."""
    return JpegImage(data)


def is_accepted_by_rekognition(image: Image.Image) -> bool:
    """Return whether Rekognition sees the stored file as viewers show it."""
    return (
        isinstance(image, JpegImage)
        and image.markers.is_intact
        and image.markers.frame.kind in _ACCEPTED_KINDS  # nothing is said about lossless or arithmetic coding
        and not image.markers.is_rgb
        and image.mode in ("RGB", "L")  # nor about CMYK
    )


def _fillers(written: bytes, *, has_restarts: bool) -> Iterator[bytes]:
    """Yield bytes that a decoder would take for pixels, also where it expects a restart marker."""
    noise = hashlib.shake_128(b"filler").digest(2 * _FILLER_BYTES).replace(b"\xff", b"\0")
    yield noise[:_FILLER_BYTES]
    marker = b""
    if has_restarts:
        last = max(range(8), key=lambda number: written.rfind(bytes((0xFF, 0xD0 + number))))
        marker = bytes((0xFF, 0xD0 + (last + 1) % 8))
    yield marker + noise[_FILLER_BYTES:]


def _hash_pixels(data: bytes) -> bytes:
    """Return a hash of the pixels, so that there is never more than one image of full size in memory."""
    image = JpegImage(data, is_checked=False)
    image.load()
    pixels = hashlib.blake2b()
    for top in range(0, image.height, _STRIP_HEIGHT):
        pixels.update(image.crop((0, top, image.width, min(image.height, top + _STRIP_HEIGHT))).tobytes())
    return pixels.digest()
