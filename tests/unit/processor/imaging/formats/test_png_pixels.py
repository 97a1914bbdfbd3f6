"""PNG: missing rows are noticed, and every chunk is read once."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from common.rejections import Rejection
from processor.imaging.formats import png_chunks
from tests.unit.processor.imaging.formats.png_files import (
    END,
    EXIF,
    HEIGHT,
    PIXELS,
    RGB_DATA,
    SIGNATURE,
    WIDTH,
    chunk,
    header,
    rgb_png,
)
from tests.unit.processor.imaging.support import prepare_file, save


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "I;16"])
def test_missing_rows_are_noticed_in_every_mode(mode: str) -> None:
    data = save(Image.new(mode, (WIDTH, HEIGHT)), "PNG")
    assert prepare_file(data).image.size == (WIDTH, HEIGHT)
    taller = struct.pack(">II", WIDTH, HEIGHT + 1) + data[24:29]
    with pytest.raises(Rejection) as caught:
        prepare_file(data[:8] + chunk(b"IHDR", taller) + data[33:])
    assert caught.value.code == "broken"


@pytest.mark.parametrize("height", [HEIGHT, HEIGHT - 1])
def test_missing_rows_of_an_interlaced_png_are_noticed(height: int) -> None:
    def interlaced(color: int) -> bytes:
        # Columns, and a row in so many.
        sizes = ((13, 8), (12, 8), (25, 8), (25, 4), (50, 4), (50, 2), (100, 2))
        starts = (0, 0, 4, 0, 2, 0, 1)
        passes = zip(sizes, starts, strict=True)
        return b"".join((b"\0" + bytes([color]) * w) * -(-(height - y) // step) for (w, step), y in passes)

    def png(rows: bytes) -> bytes:
        head = header(8, 0, height=height, interlace=1)
        return SIGNATURE + head + chunk(b"IDAT", zlib.compress(rows)) + END

    assert prepare_file(png(interlaced(7))).image.tobytes() == bytes([7]) * (3 * WIDTH * height)
    with pytest.raises(Rejection) as caught:
        prepare_file(png(interlaced(7)[: -(WIDTH + 1)]))
    assert caught.value.code == "broken"


def test_a_last_row_that_looks_like_the_mark_is_accepted() -> None:
    mark = bytes(range(256))[:WIDTH]
    data = save(Image.frombytes("L", (WIDTH, HEIGHT), mark * HEIGHT), "PNG")
    assert prepare_file(data).body is None


def test_an_orientation_that_is_valid_is_applied_once() -> None:
    first = prepare_file(
        rgb_png(chunk(b"eXIf", EXIF), chunk(b"eXIf", EXIF.replace(b"\0\3\0\0", b"\0\1\0\0")))
    )
    turned = Image.frombytes("RGB", (WIDTH, HEIGHT), PIXELS).transpose(Image.Transpose.ROTATE_180)
    assert first.image.tobytes() == turned.tobytes()


def test_a_png_mended_while_it_is_decoded_is_converted_at_full_size() -> None:
    rows = b"".join(b"\0" + bytes(3 * 1200) for _ in range(1000))
    data = zlib.compress(rows, 0)[:-4] + bytes(4)
    body = prepare_file(SIGNATURE + header(8, 2, 1200, 1000) + chunk(b"IDAT", data) + END).body
    assert body is not None
    assert Image.open(io.BytesIO(body)).size == (1200, 1000)


@pytest.mark.parametrize("count", [0, 1000, 2000])
@pytest.mark.parametrize("is_mended", [False, True])
def test_each_of_many_tiny_chunks_is_read_once(
    monkeypatch: pytest.MonkeyPatch, count: int, is_mended: bool
) -> None:
    steps: list[bytes] = []

    def count_steps(*args: Any) -> Iterator[tuple[bytes, int, int, bool]]:
        for each in walk(*args):
            steps.append(each[0])
            yield each

    walk = png_chunks._walk
    monkeypatch.setattr(png_chunks, "_walk", count_steps)
    pixels = chunk(b"IDAT", RGB_DATA, crc=0 if is_mended else None)
    assert prepare_file(rgb_png(chunk(b"teSt") * count, data=pixels)).image.tobytes() == PIXELS
    assert steps == [b"IHDR", *[b"teSt"] * count, b"IDAT", b"IEND"]
