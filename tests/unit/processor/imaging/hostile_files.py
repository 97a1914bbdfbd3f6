"""Files whose decoding would take long for their size: each repeats a part as often as a test says."""

from __future__ import annotations

import struct

from PIL import Image

from tests.image_files import encode
from tests.unit.processor.imaging.formats.bmp_files import RLE8, palette
from tests.unit.processor.imaging.formats.bmp_files import write as write_bmp
from tests.unit.processor.imaging.formats.png_files import RGB_DATA, chunk, rgb_png
from tests.unit.processor.imaging.support import linear_profile

_FRAME = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x44\1\0"
_GIF = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)


def gif_frames(count: int) -> bytes:
    return _GIF + _FRAME * count + b";"


def gif_extensions(count: int) -> bytes:
    return _GIF + b"\x21\xfe\0" * count + _FRAME + b";"


def gif_extension_blocks(count: int) -> bytes:
    return _GIF + b"\x21\xfe" + b"\1x" * count + b"\0" + _FRAME + b";"


def gif_garbage(count: int) -> bytes:
    return _GIF + bytes(count) + _FRAME + b";"


def png_chunks(count: int) -> bytes:
    return rgb_png(chunk(b"teSt") * count)


def png_empty_pixels(count: int) -> bytes:
    return rgb_png(data=chunk(b"IDAT") * count + chunk(b"IDAT", RGB_DATA))


def png_split_pixels(count: int) -> bytes:
    return rgb_png(data=(chunk(b"IDAT") + chunk(b"teSt")) * (count // 2) + chunk(b"IDAT", RGB_DATA))


def png_frames(count: int) -> bytes:
    animation = chunk(b"acTL", struct.pack(">II", count, 0))
    return rgb_png(animation, after=chunk(b"fdAT", bytes(4)) * count + chunk(b"IEND"))


def jpeg_segments(count: int) -> bytes:
    data = encode(Image.new("RGB", (100, 100)), "JPEG")
    return data[:2] + b"\xff\xfe\0\2" * count + data[2:]


def jpeg_segments_after_pixels(count: int) -> bytes:
    data = encode(Image.new("RGB", (100, 100)), "JPEG")
    return data[:-2] + b"\xff\xfe\0\2" * count + data[-2:]


def jpeg_restarts(count: int) -> bytes:
    data = encode(Image.new("RGB", (100, 100)), "JPEG")
    return data[:-2] + b"\xff\xd0\xff\xd1" * (count // 2) + data[-2:]


def webp_chunks(count: int) -> bytes:
    body = encode(Image.new("RGB", (100, 100)), "WebP")[12:] + b"abcd\0\0\0\0" * count
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def icc_elements(count: int) -> bytes:
    """Return the linear profile with an additional table of elements, each of which makes colors black."""
    profile = linear_profile()
    (tags,) = struct.unpack_from(">I", profile, 128)
    matrix = b"matf" + struct.pack(">IHH", 0, 3, 3) + bytes(48)
    elements = b"mpet" + struct.pack(">IHHI", 0, 3, 3, count)
    elements += struct.pack(">II", len(elements) + 8 * count, len(matrix)) * count + matrix
    body = profile[132 + 12 * tags :]
    table = b"".join(
        struct.pack(">4sII", name, start + 12, size)
        for name, start, size in struct.iter_unpack(">4sII", profile[132 : 132 + 12 * tags])
    )
    table += struct.pack(">4sII", b"D2B0", 132 + 12 * (tags + 1) + len(body), len(elements))
    rest = (
        profile[4:8]
        + b"\x04\x30\0\0"
        + profile[12:128]
        + struct.pack(">I", tags + 1)
        + table
        + body
        + elements
    )
    return struct.pack(">I", 4 + len(rest)) + rest


def bmp_runs(count: int) -> bytes:
    """Return a BMP whose codes are pixels of its first row, which has fewer."""
    return write_bmp(b"\1\0" * count + b"\0\1", 8, RLE8, size=(100, 80), after_header=palette(), colors=5)
