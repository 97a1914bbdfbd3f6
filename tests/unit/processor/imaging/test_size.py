"""Decompression bombs and malformed headers are rejected without being decoded."""

from __future__ import annotations

import resource
import struct
import zlib

import pytest

from common.rejections import Rejection
from processor.imaging.decode import open_image
from tests.unit.processor.support import make_file

WIDTH, HEIGHT = 65_000, 60_000
MESSAGE = (
    "The picture is 65,000 × 60,000 pixels. The limit is 100 million pixels. "
    "Make it smaller and upload it again."
)


def png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rest = struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + rest
    )


def gif(width: int, height: int) -> bytes:
    disposal = b"!\xf9\x04\x08\0\0\0\0"  # restore to background: makes Pillow allocate the frame on opening
    frame = b"," + struct.pack("<HHHH", 0, 0, width, height) + b"\0\x02\x02D\x01\0;"
    return b"GIF89a" + struct.pack("<HH", 1, 1) + b"\0\0\0" + disposal + frame


def webp(width: int, height: int) -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4)
    body += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def heif(brand: bytes, width: int, height: int) -> bytes:
    size = struct.pack(">I4sIII", 20, b"ispe", 0, width, height)
    return struct.pack(">I4s4sI4s", 20, b"ftyp", brand, 0, b"mif1") + size


def tiff(width: int, height: int) -> bytes:
    tags = ((256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (279, 1))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


def bmp(width: int, height: int) -> bytes:
    return b"BM" + struct.pack("<IIIIiiHHIIIIII", 54, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)


def jpeg(width: int, height: int) -> bytes:
    data = make_file("JPEG")
    offset = data.index(b"\xff\xc0") + 5
    return data[:offset] + struct.pack(">HH", height, width) + data[offset + 4 :]


BOMBS = {
    "JPEG": jpeg(WIDTH, HEIGHT),
    "PNG": png(WIDTH, HEIGHT),
    "WebP": webp(WIDTH, HEIGHT),
    "HEIC": heif(b"heic", WIDTH, HEIGHT),
    "AVIF": heif(b"avif", WIDTH, HEIGHT),
    "TIFF": tiff(WIDTH, HEIGHT),
    "BMP": bmp(WIDTH, HEIGHT),
}


def peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_rejected_with_its_size_and_without_allocating_it(name: str) -> None:
    before = peak_megabytes()
    with pytest.raises(Rejection) as caught:
        open_image(BOMBS[name])
    assert (caught.value.code, caught.value.message) == ("too-many-pixels", MESSAGE)
    assert peak_megabytes() - before < 20


def test_a_gif_frame_larger_than_its_screen_is_not_allocated() -> None:
    before = peak_megabytes()
    with pytest.raises(Rejection) as caught:
        open_image(gif(WIDTH, HEIGHT))
    assert caught.value.code == "broken"
    assert peak_megabytes() - before < 20


def with_bad_item_type(item_type: bytes) -> bytes:
    """Return a HEIC in which the type of this item isn't text."""
    data = make_file("HEIC", 6)
    offset = data.index(b"infe", data.index(item_type) - 20) + 12
    return data[:offset] + b"\xc0" + data[offset + 1 :]


def test_a_heic_whose_metadata_has_a_type_that_is_not_text_is_opened() -> None:
    assert open_image(with_bad_item_type(b"Exif")).width == 200


def test_a_heic_whose_image_has_a_type_that_is_not_text_is_rejected() -> None:
    with pytest.raises(Rejection) as caught:
        open_image(with_bad_item_type(b"hvc1"))
    assert caught.value.code == "broken"
