"""A TGA has no signature at its start: it is named by its footer or its whole header."""

from __future__ import annotations

import struct

import pytest
from PIL import Image

from tests.unit.processor.imaging.support import save, unsupported_name


def tga(
    kind: int,
    depth: int,
    colors: tuple[int, int] | None = None,
    width: int = 20,
    height: int = 10,
    size: int = 0,
) -> bytes:
    """Return a TGA of a type and depth, its palette's length and depth, and the size of its pixels."""
    count, bits = colors or (0, 0)
    head = struct.pack(
        "<BBBHHBHHHHBB", 0, colors is not None, kind, 0, count, bits, 0, 0, width, height, depth, 0
    )
    return head + bytes(count * ((bits + 7) // 8)) + bytes(size or width * height * ((depth + 7) // 8))


@pytest.mark.parametrize(
    "data",
    [
        tga(1, 8, (256, 24)),
        tga(2, 16),
        tga(2, 24),
        tga(2, 32),
        tga(3, 8),
        tga(9, 8, (16, 32), size=40),
        tga(10, 24, size=50),
        tga(11, 8, size=30),
        tga(10, 24, size=9) + b"TRUEVISION-XFILE.\0",
        *(
            save(Image.new(mode, (30, 20), 7), "TGA", compression=compression)
            for mode in ("L", "LA", "P", "RGB", "RGBA")
            for compression in (None, "tga_rle")
        ),
    ],
)
def test_names_a_tga_by_its_footer_or_its_whole_header(data: bytes) -> None:
    assert unsupported_name(data) == "TGA"
