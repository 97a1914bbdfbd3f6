"""HEIC and AVIF, which share a container (ISO/IEC 23008-12)."""

from __future__ import annotations

import io
import re
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.ImageFile import ImageFile

from common.rejections import Rejection
from processor.imaging.formats import av1, heif_transforms, hevc
from processor.imaging.formats.heif_associations import merge_associations
from processor.imaging.formats.heif_cost import check_cost
from processor.imaging.formats.heif_file import HeifError, HeifFile
from processor.imaging.formats.heif_support import (
    AV1,
    HEVC,
    check_codecs,
    explain,
    explain_avif,
    explain_decoding,
    read_codecs,
)
from processor.imaging.size import check_size

if TYPE_CHECKING:
    from processor.imaging.cicp import CodePoints

_ISPE = b"\0\0\0\x14ispe\0\0\0\0"  # start of the box with an image's size
_META_BYTES = 1 << 20  # where to search for those boxes; they precede the pixels
# The entry of an item of Exif data (ISO/IEC 14496-12, 8.11.6): version 2, or 3 with long ids
_EXIF_ITEM = re.compile(rb"(infe(?:\x02.{3}.{2}|\x03.{3}.{4})..)Exif", re.DOTALL)
_MINIMIZED_BRAND = b"mif3"  # a short form of the boxes, which libheif can read, but not Pillow's decoder
_XMP_MEDIA_TYPE = "application/rdf+xml"
_CHECKS = {AV1: av1.is_intact, HEVC: hevc.is_intact}


class HeicImage(ImageFile):
    """The primary image of a HEIC file."""

    format = "HEIF"

    def __init__(self, file: HeifFile) -> None:
        self._file: HeifFile | None = file
        self._image = file.open_image(file.primary_id)
        super().__init__(io.BytesIO(), "")

    def _open(self) -> None:
        self._size, self._mode = self._image.size, self._image.mode
        profile, code_points = self._image.read_profile(), self._image.read_code_points()
        if profile:
            self.info["icc_profile"] = profile
        elif code_points:
            self.info["cicp"] = code_points.as_photo

    def read_metadata(self) -> tuple[bytes, bytes]:
        """Return the Exif data and the XMP packet. The image must not be loaded yet."""
        return read_metadata(self._file) if self._file else (b"", b"")

    def load(self) -> Any:
        if self._file:
            try:
                decoded = self._decode(self._file)
            except HeifError as error:
                raise explain_decoding(error, self._file) from error
            if self._image.depth > 8 and not {"icc_profile", "cicp"} & self.info.keys():
                code_points = _decode_code_points(self._file)
                if code_points:
                    self.info["cicp"] = code_points.as_photo
            self.im, self._size, self._mode = decoded.im, decoded.size, decoded.mode
            self._file = None
            del self._image
        return super().load()

    def _decode(self, file: HeifFile) -> Image.Image:
        """Return the upright pixels."""
        size, is_derived = self._image.coded_size, file.list_coded_items(file.primary_id) != [file.primary_id]
        if is_derived or not heif_transforms.read_crop(file, size):
            return self._image.decode()
        # libheif refuses to decode a coded image that is much larger than its crop.
        whole = HeifFile(heif_transforms.without_crop(file.data, size))
        pixels = whole.open_image(whole.primary_id).decode(is_upright=False)
        return heif_transforms.apply(file, pixels)


class _FirstFrameAvif(AvifImageFile):
    """An AVIF that frees its decoder, with its own copies, once the first frame is loaded."""

    _uncropped: tuple[int, int] | None = None

    def _open(self) -> None:
        with explain_avif():
            super()._open()

    def crop_to(self, size: tuple[int, int]) -> None:
        """Let the image be cropped on the right and at the bottom when it is loaded."""
        self._uncropped, self._size = self._size, size

    def load(self) -> Any:
        size = self._size
        if self._uncropped:
            self._size = self._uncropped
        with explain_avif():
            super().load()
        if self._uncropped:
            self._size, self._uncropped = size, None
            self.im = self.im.crop((0, 0, *size))
        self._decoder = self.fp = None
        return Image.Image.load(self)


def read_metadata(file: HeifFile) -> tuple[bytes, bytes]:
    """Return the Exif data and the XMP packet of the primary image, as they are stored."""
    image = file.open_image(file.primary_id)
    return image.read_metadata("Exif"), image.read_metadata("mime", _XMP_MEDIA_TYPE)


def open_heic(data: bytes) -> ImageFile:
    """Read a HEIC's header. Raises Rejection if its codec isn't supported."""
    _check_size(data)
    try:
        file = HeifFile(data)
        check_codecs(file, HEVC)
        check_cost(file)
        image = HeicImage(file)
        _check_data(file)
    except HeifError as error:
        raise explain(error, data) from error
    return image


def open_avif(data: bytes) -> ImageFile:
    """Read an AVIF's header. Raises Rejection if its codec isn't supported."""
    if data[8:12] == _MINIMIZED_BRAND:
        raise Rejection.of("unsupported-format", format="AVIF (minimized)")
    _check_size(data)
    data = _hide_exif(merge_associations(data))
    try:
        file = HeifFile(data)
    except HeifError:
        return _FirstFrameAvif(io.BytesIO(data), "")  # has another parser, which decides
    if HEVC in read_codecs(file):
        return open_heic(data)
    check_codecs(file, AV1)
    image = _FirstFrameAvif(io.BytesIO(data), "")
    with suppress(HeifError):  # what only libheif can't read is not damaged
        check_cost(file)
        _check_data(file)
    # Like Chromium, ignore a crop on the left or at the top. Pillow ignores any.
    crop = heif_transforms.read_crop(file, image.size)
    if crop and crop[:2] == (0, 0) and crop[2] <= image.width and crop[3] <= image.height:
        image.crop_to(crop[2:])
    code_points = None if "icc_profile" in image.info else _read_avif_colors(file)
    if code_points:
        image.info["cicp"] = code_points.as_photo
    return image


def _hide_exif(data: bytes) -> bytes:
    """Return an AVIF without Exif data, for which Pillow's decoder rejects some files."""
    head, count = _EXIF_ITEM.subn(rb"\1free", data[:_META_BYTES])
    return head + data[_META_BYTES:] if count else data


def _check_data(file: HeifFile) -> None:
    """Raise ValueError if the data of the primary image, or of its transparency, is damaged.

    Raises HeifError if a part of it is outside the file.
    """
    image = file.open_image(file.primary_id)
    for item in (file.primary_id, *(image.list_auxiliary_items() if image.has_alpha else ())):
        for part in file.list_coded_items(item):
            is_intact = _CHECKS.get(file.read_type(part))
            if is_intact and not is_intact(file.read_data(part)):
                raise ValueError(f"item {part} is damaged")


def _decode_code_points(file: HeifFile) -> CodePoints | None:
    """Return the code points in the compressed data. Only HDR needs them, which has more than 8 bits."""
    return file.open_image(file.list_coded_items(file.primary_id)[0]).decode_code_points()


def _read_avif_colors(file: HeifFile) -> CodePoints | None:
    """Return the code points in the file's boxes or, if there are none, in its compressed data."""
    try:
        code_points = file.open_image(file.primary_id).read_code_points()
        return code_points or av1.read_code_points(file.read_data(file.list_coded_items(file.primary_id)[0]))
    except (HeifError, ValueError):
        return None  # the decoder decides whether the file is damaged


def _check_size(data: bytes) -> None:
    """Raise Rejection for a file whose decoder would exhaust the memory when it opens it."""
    size = _find_largest_ispe(data)
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
