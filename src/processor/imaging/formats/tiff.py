"""TIFF."""

from __future__ import annotations

import io
import math
from typing import Any

from PIL import ExifTags, Image, ImagePalette
from PIL.ImageFile import ImageFile, _Tile

from common.rejections import Rejection
from processor.imaging.formats.raw import find_raw_name
from processor.imaging.formats.tiff_layout import OLD_JPEG, WHITE_IS_ZERO, Layout
from processor.imaging.formats.tiff_modes import find_modes
from processor.imaging.formats.tiff_strips import check_strips, find_byte_counts
from processor.imaging.formats.tiff_tags import Directory, read_first_directory

_WIDTH, _HEIGHT, _ORIENTATION, _PALETTE, _PROFILE = 256, 257, 274, 320, 34675


def open_tiff(data: bytes) -> ImageFile:
    """Read a TIFF's header. Raises Rejection if it is a camera's raw file, or its layout can't be read."""
    return _TiffFile(io.BytesIO(data), "")


class _TiffFile(ImageFile):
    """The first image of a TIFF, decoded by libtiff in the layouts whose colors are known to be right.

    Pillow's own class shows several layouts wrongly: 16 bits in planes, with the big end or with white first.
    """

    format = "TIFF"
    format_description = "TIFF"

    def _open(self) -> None:
        data = self.fp.read() if self.fp else b""
        tags = read_first_directory(data)
        raw_name = find_raw_name(data, tags)
        if raw_name:
            raise Rejection.of("unsupported-format", format=raw_name)
        layout = Layout.of(tags)
        self._mode, raw_mode = find_modes(layout)
        check_strips(tags, layout)
        self._size = tags.integer(_WIDTH, 0), tags.integer(_HEIGHT, 0)
        self._is_white_zero = layout.photometric == WHITE_IS_ZERO
        self._is_old_jpeg = layout.compression == OLD_JPEG
        self._maximum = (1 << layout.bits) - 1
        if self._mode in ("P", "PA"):
            self.palette = _read_palette(tags)
        self.info["icc_profile"] = tags.content(_PROFILE)
        self.info["exif"] = _write_orientation(tags.integer(_ORIENTATION, 1))
        byte_counts = find_byte_counts(tags, layout, self._size)
        start = tags.start
        if byte_counts:
            data, start = tags.replace(*byte_counts)
            self.fp = io.BytesIO(data)
        self.decodermaxblock = len(data)  # libtiff needs the whole file at once
        self.tile = [_Tile("libtiff", (0, 0, *self._size), 0, (raw_mode, False, start))]

    def load(self) -> Any:
        """Decode the pixels, and reduce gray samples to 8 bits once the decoder has freed its buffers."""
        is_loaded = not self.tile
        try:
            pixels = super().load()
        except OSError as error:
            if self._is_old_jpeg:  # libtiff doesn't read all of its variants
                raise Rejection.of("unsupported-format", format="TIFF (old JPEG compression)") from error
            raise
        if is_loaded or self.mode not in ("I;16", "F"):
            return pixels
        self._reduce(*((0, self._maximum) if self.mode == "I;16" else _read_range(self)))
        return super().load()

    def _reduce(self, darkest: float, lightest: float) -> None:
        if self._is_white_zero:
            darkest, lightest = lightest, darkest
        scale = 255 / (lightest - darkest) if lightest != darkest else 0.0
        gray = self.point(lambda value: value * scale + (0.5 - darkest * scale)).convert("L")
        self.im, self._mode = gray.im, "L"


def _read_range(image: Image.Image) -> tuple[float, float]:
    """Return which samples are shown as black and white: 0 and 1, or the extremes if there are others.

    TIFF 6.0 defines no range for floats and signed integers. Pictures of floats usually use 0 to 1.
    """
    darkest, lightest = image.getextrema()
    if not isinstance(darkest, int | float) or not isinstance(lightest, int | float):
        raise TypeError(f"extrema of {image.mode}")
    if not math.isfinite(lightest - darkest):
        raise Rejection.of("unsupported-format", format="Floating-point TIFF")
    return (0, 1) if darkest >= 0 and lightest <= 1 else (darkest, lightest)


def _read_palette(tags: Directory) -> ImagePalette.ImagePalette:
    """Return the colors: all red, all green, then all blue values, of 16 bits (TIFF 6.0, section 5)."""
    values = tags.integers(_PALETTE)
    if max(values) > 255:  # some programs write 8 bits
        values = tuple(value >> 8 for value in values)
    count = len(values) // 3
    interleaved = zip(values[:count], values[count : 2 * count], values[2 * count :], strict=False)
    return ImagePalette.raw("RGB", bytes(value for color in interleaved for value in color))


def _write_orientation(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation if 1 <= orientation <= 8 else 1
    return exif.tobytes()
