"""JPEG: what the decoder can't read is named, and a file without a picture is damaged."""

from __future__ import annotations

import pytest

from common.rejections import Rejection
from tests.unit.processor.imaging.formats.jpeg_files import (
    BASELINE,
    END,
    after_jfif,
    frame,
    insert,
    scan,
    segment,
    with_frame,
)
from tests.unit.processor.imaging.formats.reading import rejection


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (with_frame(BASELINE, 0xC0, 12), "12-bit JPEG"),
        (with_frame(BASELINE, 0xC1, 12), "12-bit JPEG"),
        (with_frame(BASELINE, 0xC2, 12), "12-bit JPEG"),
        (with_frame(BASELINE, 0xC9, 12), "12-bit JPEG"),
        (with_frame(BASELINE, 0xC3, 16), "16-bit JPEG"),
        (with_frame(BASELINE, 0xF7), "JPEG-LS"),
        (insert(with_frame(BASELINE, 0xF7, 16), segment(0xF8, b"\1" + bytes(10))), "JPEG-LS"),
        (with_frame(BASELINE, 0xCB), "Arithmetic-coded lossless JPEG"),
        *(
            (with_frame(BASELINE, kind), "Hierarchical JPEG")
            for kind in (0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, 0xDE)
        ),
        (b"\xff\xd8" + frame(0xC0, 2) + scan(range(2), 0, 63) + END, "2-component JPEG"),
        (b"\xff\xd8" + frame(0xC0, 5) + scan(range(4), 0, 63) + END, "5-component JPEG"),
    ],
)
def test_a_kind_of_jpeg_that_the_decoder_lacks_is_named(data: bytes, name: str) -> None:
    error = rejection(data)
    wanted = Rejection.of("unsupported-format", format=name)
    assert (error.code, error.message) == (wanted.code, wanted.message)


@pytest.mark.parametrize(
    "data",
    [
        BASELINE[: BASELINE.index(b"\xff\xda")] + END,
        with_frame(BASELINE, 0xC0, 7),
        with_frame(BASELINE, 0xC8),
        BASELINE[:2] + BASELINE,
        after_jfif(b"\xff\xf0\0\2"),
        after_jfif(segment(0xE5, b"", 60_000)),
        b"\xff\xd8" + frame(0xC0, 0) + scan(range(1), 0, 63) + END,
        b"\xff\xd8" + scan(range(1), 0, 63) + END,
    ],
    ids=[
        "no scan",
        "7 bits",
        "no frame",
        "two starts",
        "reserved marker",
        "long length",
        "no component",
        "scan only",
    ],
)
def test_a_file_without_a_picture_is_damaged(data: bytes) -> None:
    assert rejection(data).code == "broken"
