"""PNG."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImagePalette
from PIL.PngImagePlugin import PngImageFile

from processor.imaging.cicp import SRGB, CodePoints
from processor.imaging.formats import png_chunks, png_pixels
from processor.imaging.formats.png_profile import make_profile

if TYPE_CHECKING:
    from processor.imaging.formats.png_chunks import PngFile

_GRAY_MODES = frozenset(("1", "L", "LA", "I;16"))
_ACCEPTED_MODES = frozenset(("RGB", "RGBA", "L", "LA", "P"))
# How to read the high and the low bytes of 16-bit samples, by the number of samples.
_BYTE_MODES = {1: ("L", "L;16B", "L;16"), 3: ("RGB", "RGB;16B", "RGB;16L")}


class PngImage(PngImageFile):
    """A PNG that is read whatever its ancillary chunks contain, and rejected only if pixels are missing.

    `is_intact` is False if something had to be repaired. That may turn out only when the pixels are loaded.
    """

    def __init__(self, data: bytes, png: PngFile) -> None:
        self._data, self._png = data, png
        self.is_intact = png.is_intact
        self.is_animation = png.is_animated
        self._mark = b""
        super().__init__(io.BytesIO(png_chunks.rebuild(data, png)), "")
        described = None if b"sRGB" in png.kept else make_profile(png.kept, is_gray=self.mode in _GRAY_MODES)
        self.has_own_colors = not png.profile and described is not None
        if png.profile or described:
            self.info["icc_profile"] = png.profile or described
        self._set_code_points(png.kept.get(b"cICP"))
        if self.mode == "P":
            self._extend_palette(png.kept[b"PLTE"])
        if png.key:
            self._set_key(png.key)

    @property
    def metadata(self) -> tuple[bytes, bytes]:
        """The Exif data and the XMP packet, wherever they are in the file."""
        return self._png.exif, self._png.xmp

    def load(self) -> Any:
        """Decode the pixels. Raises Rejection, or the decoder's error, if some are missing."""
        if not self.tile:
            return super().load()
        try:
            super().load()
        except OSError:
            if not self._png.has_valid_pixels:
                raise
            return self._load_without_checksum()
        self._check_last_row()
        if self._png.key and self._png.header.depth == 16:
            self._apply_wide_key(self._png.key)
        return super().load()

    def load_prepare(self) -> None:
        """Mark the row that is decoded last: the decoder doesn't report compressed pixels that end early."""
        super().load_prepare()
        size = _row_bytes(self.mode, self.width)
        row = Image.frombytes(self.mode, (self.width, 1), (bytes(range(256)) * (size // 256 + 1))[:size])
        self._mark = row.tobytes()
        self.im.paste(row.im, self._last_row())

    def _last_row(self) -> tuple[int, int, int, int]:
        # The last pass of an interlaced image has the rows with odd numbers.
        y = self.height - 1 - (self.height % 2 if self._png.header.is_interlaced and self.height > 1 else 0)
        return 0, y, self.width, y + 1

    def _check_last_row(self) -> None:
        if self.crop(self._last_row()).tobytes() == self._mark:  # or the pixels happen to be the same
            png_pixels.check_pixels(self._data, self._png)

    def _load_without_checksum(self) -> Any:
        """Decode the pixels again, because viewers ignore the checksum after them."""
        other = open_png(png_pixels.rebuild_without_checksum(self._data, self._png))
        other._png.has_valid_pixels = False  # there is nothing else to try
        other.load()
        self.is_intact = False
        self._mode, self.im, self.tile = other.mode, other.im, []
        return super().load()

    def _set_code_points(self, content: bytes | None) -> None:
        """Let code points precede an ICC profile (PNG, third edition, 4.3). Its only matrix is RGB's, 0."""
        if content and content[2] == 0:
            self.info["cicp"] = CodePoints(content[0], content[1])
            self.info.pop("icc_profile", None)

    def _extend_palette(self, colors: bytes) -> None:
        """Let pixels without a color have the last one, as in Chromium."""
        self.palette = ImagePalette.raw("RGB", colors + colors[-3:] * (256 - len(colors) // 3))

    def _set_key(self, key: tuple[int, ...]) -> None:
        """Set the transparent color in samples of the decoded image."""
        depth = self._png.header.depth
        if depth == 16:
            self.info.pop("transparency", None)  # see _apply_wide_key
            self._mode, high, _ = _BYTE_MODES[len(key)]
            self.tile = [tile._replace(args=high) for tile in self.tile]
        else:
            scaled = tuple(sample * 255 // ((1 << depth) - 1) for sample in key)
            self.info["transparency"] = scaled if len(scaled) == 3 else scaled[0]

    def _apply_wide_key(self, key: tuple[int, ...]) -> None:
        """Make pixels transparent that equal the key in all 16 bits, which no mode of Pillow can hold."""
        kept = {kind: content for kind, content in self._png.kept.items() if kind != b"tRNS"}
        low = PngImage(self._data, replace(self._png, kept=kept))
        low._mode = self.mode
        low.tile = [tile._replace(args=_BYTE_MODES[len(key)][2]) for tile in low.tile]
        mask = Image.new("L", self.size, 255)
        for image, shift in ((self, 8), (low, 0)):
            for band, sample in zip(image.split(), key, strict=True):
                byte = sample >> shift & 255
                mask = ImageChops.darker(mask, band.point([0] * byte + [255] + [0] * (255 - byte)))
        self.putalpha(ImageChops.invert(mask))


def open_png(data: bytes) -> PngImage:
    """Read a PNG's header. Raises Rejection if it is damaged."""
    png = png_chunks.read_chunks(data)
    if not png.has_valid_pixels:
        png_pixels.check_checksum(data, png)
    return PngImage(data, png)


def is_accepted_by_rekognition(image: Image.Image) -> bool:
    """Return whether Rekognition sees the stored file as viewers show it, except for its orientation."""
    return (
        isinstance(image, PngImage)
        and image.is_intact
        and not image.is_animation
        and image._png.header.depth <= 8
        and image.mode in _ACCEPTED_MODES
        and not image.has_own_colors  # by chunks that Rekognition isn't known to read
        and image.info.get("cicp", SRGB).is_srgb
    )


def _row_bytes(mode: str, width: int) -> int:
    if mode == "1":
        return (width + 7) // 8
    return width * (2 if mode == "I;16" else Image.getmodebands(mode))
