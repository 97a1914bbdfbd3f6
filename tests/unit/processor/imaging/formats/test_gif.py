"""GIF: the first frame on a white screen, whatever precedes or follows it."""

from __future__ import annotations

import struct

import pytest

from common.rejections import Rejection
from tests.unit.processor.imaging.support import prepare_file

WIDTH, HEIGHT = 120, 100
COLORS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
PALETTE = b"".join(bytes(color) for color in COLORS.values()) + bytes(3 * 124)
END = b";"


def frame(x: int, y: int, width: int, height: int, color: int = 1, rows: int | None = None) -> bytes:
    """Return a frame of one color, as codes of 8 bits that never grow (GIF89a, appendix F)."""
    codes: list[int] = []
    for number in range(width * (height if rows is None else rows)):
        if number % 125 == 0:
            codes.append(128)  # clears the table
        codes.append(color)
    data = bytes((*codes, 129))
    blocks = b"".join(bytes((len(data[i : i + 255]),)) + data[i : i + 255] for i in range(0, len(data), 255))
    return b"," + struct.pack("<HHHHB", x, y, width, height, 0) + b"\7" + blocks + b"\0"


def control(transparent: int | None = None, disposal: int = 0) -> bytes:
    flags = disposal << 2 | (transparent is not None)
    return b"!\xf9\4" + bytes((flags, 5, 0, transparent or 0, 0))


def gif(*parts: bytes, end: bytes = END, background: int = 0, version: bytes = b"GIF89a") -> bytes:
    return (
        version + struct.pack("<HHBBB", WIDTH, HEIGHT, 0x86, background, 0) + PALETTE + b"".join(parts) + end
    )


WHOLE, SMALL, NEXT = frame(0, 0, WIDTH, HEIGHT), frame(10, 20, 50, 40), frame(0, 0, WIDTH, HEIGHT, 2)
READ = {
    "GIF87a": gif(WHOLE, version=b"GIF87a"),
    "no end": gif(WHOLE, end=b""),
    "no end of the pixels": gif(WHOLE, end=b"")[:-1],
    "garbage after the end": gif(WHOLE) + b"garbage" * 20,
    "garbage before the frame": gif(b"xyz", WHOLE),
    "unknown extension": gif(b"!\x42\3abc\0", WHOLE),
    "comment that isn't text": gif(b"!\xfe\3\xff\xfe\xfd\0", WHOLE),
    "text extension": gif(b"!\1\x0c" + bytes(12) + b"\3abc\0", WHOLE),
    "loop extension": gif(b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0", WHOLE),
    "loop extension without data": gif(b"!\xff\x0bNETSCAPE2.0\0", WHOLE),
    "control extension without data": gif(b"!\xf9\0", WHOLE),
    "control extension of another length": gif(b"!\xf9\6\0\0\0\0\0\0\0", WHOLE),
    "animation": gif(control(), WHOLE, control(), NEXT),
    "cut second frame": gif(control(), WHOLE, control(), NEXT[:300], end=b""),
    "damaged second frame": gif(control(), WHOLE, b"\x77\x88garbage", end=b""),
}


@pytest.mark.parametrize("name", READ)
def test_the_first_frame_is_shown(name: str) -> None:
    assert prepare_file(READ[name]).image.tobytes() == bytes(COLORS["green"]) * (WIDTH * HEIGHT)


@pytest.mark.parametrize(
    "data",
    [
        gif(SMALL),
        gif(SMALL, background=2),
        gif(control(transparent=5), SMALL),
        gif(control(transparent=0), SMALL),
        gif(control(), SMALL, control(), NEXT),
        gif(control(disposal=2), SMALL, control(), NEXT),
        gif(control(disposal=3), SMALL),
    ],
)
def test_the_screen_around_a_frame_is_white(data: bytes) -> None:
    white, green = bytes(COLORS["white"]), bytes(COLORS["green"])
    empty, filled = white * WIDTH, white * 10 + green * 50 + white * 60
    assert prepare_file(data).image.tobytes() == empty * 20 + filled * 40 + empty * 40


def test_a_transparent_frame_is_white() -> None:
    assert prepare_file(gif(control(transparent=1), SMALL)).image.tobytes() == b"\xff" * (3 * WIDTH * HEIGHT)


def test_a_frame_beyond_the_screen_enlarges_it() -> None:
    image = prepare_file(gif(frame(100, 90, 50, 40))).image
    assert (image.size, image.getpixel((149, 129)), image.getpixel((99, 89))) == (
        (150, 130),
        COLORS["green"],
        COLORS["white"],
    )


@pytest.mark.parametrize(
    "data",
    [
        gif(),
        gif(end=b""),
        gif(WHOLE)[: len(WHOLE) // 2],
        gif(WHOLE[: len(WHOLE) // 2], b"\0"),
        gif(WHOLE[: len(WHOLE) // 2] + bytes(len(WHOLE) // 2)),
        gif(frame(0, 0, WIDTH, HEIGHT, rows=50)),
        gif(frame(0, 0, WIDTH, HEIGHT, rows=HEIGHT - 1)),
        gif(frame(0, 0, WIDTH, 0)),
        b"GIF89a",
    ],
    ids=[
        "no frame",
        "header",
        "cut",
        "cut with end",
        "zeros",
        "half of the rows",
        "a row too few",
        "no rows",
        "start",
    ],
)
def test_a_frame_without_all_its_pixels_is_damaged(data: bytes) -> None:
    with pytest.raises(Rejection) as caught:
        prepare_file(data)
    assert caught.value.code == "broken"
