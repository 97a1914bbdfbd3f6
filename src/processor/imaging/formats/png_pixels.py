"""The compressed pixels of a PNG: whether they are whole, and a file without their checksum."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from common.rejections import Rejection
from processor.imaging.formats.png_chunks import END, make_chunk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from processor.imaging.formats.png_chunks import PngFile


def rebuild_without_checksum(data: bytes, png: PngFile) -> bytes:
    """Return the file for the decoder without the checksum that ends the compressed pixels."""
    pixels = bytearray()
    for part in _pixel_parts(data, png):
        pixels += part
    kept = b"".join(make_chunk(kind, content) for kind, content in png.kept.items())
    return data[:33] + kept + make_chunk(b"IDAT", bytes(pixels[:-4])) + END


def check_pixels(data: bytes, png: PngFile) -> None:
    """Raise Rejection if the compressed pixels end before the last row."""
    if _inflate(data, png)[0] < png.header.raw_bytes():
        raise Rejection.of("broken")


def check_checksum(data: bytes, png: PngFile) -> None:
    """Raise Rejection unless the compressed pixels have the right checksum of their own (RFC 1950)."""
    if not _inflate(data, png)[1]:
        raise Rejection.of("broken")


def _pixel_parts(data: bytes, png: PngFile) -> Iterator[memoryview]:
    """Yield the contents of the IDAT chunks."""
    view = memoryview(data)
    for start, run_end in png.runs:
        while start < run_end:
            (length,) = struct.unpack_from(">I", data, start)
            yield view[start + 8 : start + 8 + length]
            start += 12 + length


def _inflate(data: bytes, png: PngFile) -> tuple[int, bool]:
    """Return the size of the decompressed pixels, as far as needed, and whether their checksum is right."""
    inflater, size, max_bytes = zlib.decompressobj(), 0, png.header.raw_bytes()
    try:
        for part in _pixel_parts(data, png):
            rest: bytes | memoryview = part
            while rest and not inflater.eof and size <= max_bytes:
                size += len(inflater.decompress(rest, 1 << 20))
                rest = inflater.unconsumed_tail
    except zlib.error:
        return size, False
    return size, inflater.eof
