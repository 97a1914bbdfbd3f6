"""Files that claim to be huge: the claim is read, and nothing is decoded."""

from __future__ import annotations

import resource
import struct
import zlib

import pytest

from common.rejections import Rejection
from processor.imaging.decode import open_picture


def png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rest = struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + rest
    )


def gif(width: int, height: int) -> bytes:
    disposed = b"!\xf9\x04\x08\0\0\0\0"  # replaced by the background: what makes Pillow paint it on opening
    frame = b"," + struct.pack("<HHHH", 0, 0, width, height) + b"\0\x02\x02D\x01\0;"
    return b"GIF89a" + struct.pack("<HH", 1, 1) + b"\0\0\0" + disposed + frame


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


SIZE = (65_000, 60_000)
SENTENCE = "The picture is 65,000 × 60,000 pixels; at most 100 million pixels are taken. Make it smaller."
BOMBS = {
    "PNG": png(*SIZE),
    "WebP": webp(*SIZE),
    "HEIC": heif(b"heic", *SIZE),
    "AVIF": heif(b"avif", *SIZE),
    "TIFF": tiff(*SIZE),
    "BMP": bmp(*SIZE),
}


def peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_rejected_with_its_size_and_costs_no_memory(name) -> None:
    before = peak_megabytes()
    with pytest.raises(Rejection) as caught:
        open_picture(BOMBS[name])
    assert (caught.value.code, caught.value.message) == ("too-many-pixels", SENTENCE)
    assert peak_megabytes() - before < 20


def test_a_frame_larger_than_its_screen_costs_no_memory() -> None:
    before = peak_megabytes()
    with pytest.raises(Rejection) as caught:
        open_picture(gif(*SIZE))
    assert caught.value.code == "broken"
    assert peak_megabytes() - before < 20


def test_a_jpeg_that_claims_to_be_huge(make) -> None:
    data = make("JPEG")
    at = data.index(b"\xff\xc0") + 5
    with pytest.raises(Rejection) as caught:
        open_picture(data[:at] + struct.pack(">HH", 60_000, 65_000) + data[at + 4 :])
    assert (caught.value.code, caught.value.message) == ("too-many-pixels", SENTENCE)


@pytest.mark.parametrize("where", [b"Exif", b"hvc1"])
def test_a_heic_with_an_item_that_has_no_readable_name(make, where) -> None:
    data = make("HEIC", 6)
    at = data.index(b"infe", data.index(where) - 20)
    with pytest.raises(Rejection) as caught:
        open_picture(data[: at + 12] + b"\xc0" + data[at + 13 :])
    assert caught.value.code == "broken"
