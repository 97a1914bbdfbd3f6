"""Colour profiles and other metadata: the colours come through, and nothing else does."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image, ImageCms

from processor.detectors import Limits
from processor.imaging.pictures import open_picture, prepare
from processor.imaging.thumbnail import thumbnail

SIZE = (120, 100)


def prepared(data: bytes):
    return prepare(open_picture(data), data, Limits())


def saved(picture: Image.Image, name: str, **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def close_to(*colour: int):
    return pytest.approx(colour, abs=6)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_colour_profile_is_applied(name) -> None:
    data = saved(Image.new("RGB", SIZE, (128, 128, 128)), name, icc_profile=linear_profile())
    assert prepared(data).image.getpixel((50, 50)) == close_to(188, 188, 188)


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("profile", [b"", b"nonsense", bytes(128), "cut", "sRGB"])
def test_a_profile_that_is_none_or_does_not_fit_is_left_out(mode, profile) -> None:
    standard = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = {"cut": standard[:200], "sRGB": standard}.get(profile, profile)
    data = saved(Image.new(mode, SIZE, 100 if mode == "L" else (100, 100, 100)), "JPEG", icc_profile=profile)
    assert prepared(data).image.getpixel((50, 50)) == close_to(100, 100, 100)


def test_no_metadata_goes_any_further() -> None:
    exif = Image.Exif()
    exif[271] = "Camera maker"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    picture = Image.new("RGB", SIZE, (1, 2, 3))
    data = saved(picture, "WEBP", exif=exif.tobytes(), xmp=b"<secret/>", icc_profile=linear_profile())
    ready = prepared(data)
    for made, name in ((ready.body, "JPEG"), (thumbnail(ready.image), "WEBP")):
        seen = Image.open(io.BytesIO(made), formats=(name,))
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(seen.info)
        assert dict(seen.getexif()) == {}


def linear_profile() -> bytes:
    """An ICC profile of sRGB's primaries whose values are proportional to light."""

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
    table, body, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        table += name + struct.pack(">II", at + len(body), len(tag))
        body += tag
    header = struct.pack(
        ">I4sI4s4s4s12s4s", 0, b"lcms", 0x02100000, b"mntr", b"RGB ", b"XYZ ", bytes(12), b"acsp"
    )
    header += bytes(28) + fixed(0.9642, 1.0, 0.8249) + bytes(48)
    whole = header + table + body
    return struct.pack(">I", len(whole)) + whole[4:]
