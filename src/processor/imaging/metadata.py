"""Where a file's metadata is: the Exif data and the XMP packet of each format."""

from __future__ import annotations

import re
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from PIL.WebPImagePlugin import WebPImageFile

from processor.imaging.formats.heif import HeicImage, read_metadata
from processor.imaging.formats.heif_associations import merge_associations
from processor.imaging.formats.heif_file import HeifFile
from processor.imaging.formats.jpeg import JpegImage
from processor.imaging.formats.png import PngImage
from processor.imaging.formats.tiff_tags import Directory, read_first_directory
from processor.imaging.size import MAX_METADATA_BYTES

if TYPE_CHECKING:
    from processor.imaging.decode import OpenedImage

_TIFF_HEADER = re.compile(rb"II\*\0|MM\0\*")
_MAX_PREFIX = 64  # bytes before that header: `Exif\0\0`, or an offset (ISO/IEC 23008-12, A.2.1)
_TIFF_XMP = 700


class Metadata(NamedTuple):
    """The first directory of the Exif data and what its offsets refer to, and the XMP packet."""

    exif: Directory | None
    exif_data: bytes
    xmp: bytes


def find_metadata(opened: OpenedImage, data: bytes) -> Metadata:
    """Return a file's metadata, as far as it is there. Raises what decoders raise for damaged files."""
    if opened.format == "TIFF":
        tags = read_first_directory(data)
        return Metadata(tags, data, _limited(tags.content(_TIFF_XMP)))
    exif, xmp = _find_blocks(opened, data)
    header = _TIFF_HEADER.search(exif, 0, _MAX_PREFIX)
    exif = exif[header.start() :] if header else b""
    directory = None
    with suppress(struct.error):
        directory = read_first_directory(exif) if exif else None
    return Metadata(directory, exif, _limited(xmp))


def _find_blocks(opened: OpenedImage, data: bytes) -> tuple[bytes, bytes]:
    image = opened.image
    if isinstance(image, JpegImage):
        return image.markers.exif, image.markers.xmp
    if isinstance(image, PngImage):
        return image.metadata
    if isinstance(image, WebPImageFile):
        return image.info.get("exif", b""), image.info.get("xmp", b"")
    if isinstance(image, HeicImage):
        return image.read_metadata()
    if opened.format == "AVIF":  # Pillow doesn't get its Exif data: see open_avif
        return read_metadata(HeifFile(merge_associations(data)))
    return b"", b""


def _limited(block: bytes) -> bytes:
    return block if len(block) <= MAX_METADATA_BYTES else b""
