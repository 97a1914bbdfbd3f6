"""WebP: only the chunks of the first frame decide."""

from __future__ import annotations

import struct

import pytest
from PIL import Image

from common.rejections import Rejection
from tests.unit.processor.imaging.support import prepare_file, save

WIDTH, HEIGHT = 121, 101


def picture() -> Image.Image:
    image = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    return Image.merge("RGB", (image, image.transpose(Image.Transpose.ROTATE_180), image))


def chunk(kind: bytes, content: bytes, length: int | None = None) -> bytes:
    size = len(content) if length is None else length
    return kind + struct.pack("<I", size) + content + bytes(len(content) % 2)


def webp(*chunks: bytes, flags: int = 0, declared: int | None = None) -> bytes:
    """Return an extended WebP with these chunks."""
    canvas = (WIDTH - 1).to_bytes(3, "little") + (HEIGHT - 1).to_bytes(3, "little")
    content = b"WEBP" + chunk(b"VP8X", bytes((flags, 0, 0, 0)) + canvas) + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content) if declared is None else declared) + content


SIMPLE = save(picture(), "WEBP", lossless=True)
PIXELS = SIMPLE[12:]
EXIF, XMP, PROFILE = 8, 4, 0x20
SECOND = save(picture(), "WEBP", lossless=True, save_all=True, append_images=[picture().rotate(180)])


def declare(data: bytes, size: int) -> bytes:
    return data[:4] + struct.pack("<I", size) + data[8:]


READ = {
    "garbage after the end": SIMPLE + b"garbage" * 9,
    "size too small": declare(SIMPLE, len(SIMPLE) - 30),
    "size 0": declare(SIMPLE, 0),
    "size odd": declare(SIMPLE, len(SIMPLE) - 7),
    "size too large": declare(SIMPLE, len(SIMPLE) + 1000),
    "largest size": declare(SIMPLE, 0xFFFFFFFF),
    "unknown chunks": webp(chunk(b"ABCD", b"xyz"), PIXELS, chunk(b"EFGH", b"xyz")),
    "profile that isn't": webp(chunk(b"ICCP", b"garbage"), PIXELS, flags=PROFILE),
    "empty profile": webp(chunk(b"ICCP", b""), PIXELS, flags=PROFILE),
    "no profile": webp(PIXELS, flags=PROFILE),
    "profile after the pixels": webp(PIXELS, chunk(b"ICCP", b"xxxx"), flags=PROFILE),
    "EXIF that isn't": webp(PIXELS, chunk(b"EXIF", b"garbage"), flags=EXIF),
    "empty EXIF": webp(PIXELS, chunk(b"EXIF", b""), flags=EXIF),
    "EXIF before the pixels": webp(chunk(b"EXIF", b"garbage"), PIXELS, flags=EXIF),
    "cut EXIF": webp(PIXELS, chunk(b"EXIF", b"garbage" * 20), flags=EXIF)[:-50],
    "EXIF longer than the file": webp(PIXELS, chunk(b"EXIF", b"abc", length=0x7FFFFFFF), flags=EXIF),
    "XMP that isn't text": webp(PIXELS, chunk(b"XMP ", b"\xff\xfe"), flags=XMP),
    "no padding": webp(PIXELS, chunk(b"XMP ", b"abc"), flags=XMP)[:-1],
    "animation": SECOND,
    "cut second frame": SECOND[:-20],
}


@pytest.mark.parametrize("name", READ)
def test_the_first_frame_is_shown(name: str) -> None:
    assert prepare_file(READ[name]).image.tobytes() == picture().tobytes()


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}, {"quality": 80, "alpha": True}])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("is_declared", [False, True])
def test_a_webp_that_was_cut_is_damaged(options: dict[str, object], part: float, is_declared: bool) -> None:
    image = picture()
    options = dict(options)
    if options.pop("alpha", None):
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    data = save(image, "WEBP", **options)
    cut = data[: int(len(data) * part) // 2 * 2]
    with pytest.raises(Rejection) as caught:
        prepare_file(declare(cut, len(cut) - 8) if is_declared else cut)
    assert caught.value.code == "broken"


@pytest.mark.parametrize(
    "data", [webp(), webp(PIXELS, PIXELS), webp(PIXELS[:-40]), SECOND[: len(SECOND) // 3]]
)
def test_a_webp_without_one_whole_picture_is_damaged(data: bytes) -> None:
    with pytest.raises(Rejection) as caught:
        prepare_file(data)
    assert caught.value.code == "broken"
