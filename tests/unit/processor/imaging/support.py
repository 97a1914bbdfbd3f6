"""Helpers that the imaging tests share."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from PIL import Image

from common.rejections import Rejection
from processor.imaging.convert import ConvertedImage
from processor.imaging.convert import convert as convert_opened
from processor.imaging.decode import open_image
from processor.imaging.interface import Limits
from processor.imaging.sniff import sniff_format

SIZE = (120, 100)
CENTER = (50, 50)


def save(image: Image.Image, format_name: str, **options: Any) -> bytes:
    """Return an image's file in one of Pillow's formats."""
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


def prepare_file(data: bytes, limits: Limits | None = None) -> ConvertedImage:
    """Prepare a file for recognition."""
    return convert_opened(open_image(data), data, limits or Limits())


def convert(data: bytes) -> Image.Image:
    """Return the JPEG that a file is converted to."""
    body = prepare_file(data).body
    assert body is not None
    return Image.open(io.BytesIO(body), formats=("JPEG",))


def close_to(*color: int) -> Any:
    """Compare equal to a color that differs only by the loss of JPEG or WebP."""
    return pytest.approx(color, abs=6)


def linear_profile() -> bytes:
    """Return an ICC profile with sRGB's primaries and a linear tone curve."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + fixed(*values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, 256) + b"\0\0"
    tags = {
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.4361, 0.2225, 0.0139),
        b"gXYZ": xyz(0.3851, 0.7169, 0.0971),
        b"bXYZ": xyz(0.1431, 0.0606, 0.7141),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 2) + b"l\0" + bytes(78),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
    }
    table, body, offset = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        table += name + struct.pack(">II", offset + len(body), len(tag))
        body += tag
    header = struct.pack(
        ">I4sI4s4s4s12s4s", 0, b"lcms", 0x02100000, b"mntr", b"RGB ", b"XYZ ", bytes(12), b"acsp"
    )
    header += bytes(28) + fixed(0.9642, 1.0, 0.8249) + bytes(48)
    profile = header + table + body
    return struct.pack(">I", len(profile)) + profile[4:]


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    """Return the start of an ISO base media file with these brands."""
    size = 16 + 4 * len(compatible)
    return size.to_bytes(4, "big") + b"ftyp" + major + bytes(4) + b"".join(compatible) + b"meta"


def unsupported_name(data: bytes) -> str:
    """Return the name that a file of an unsupported format is rejected with."""
    with pytest.raises(Rejection) as caught:
        sniff_format(data)
    assert caught.value.code == "unsupported-format"
    return caught.value.message.partition(" files aren't supported.")[0]
