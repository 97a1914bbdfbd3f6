"""PNG: only missing or wrong pixels make a file damaged."""

from __future__ import annotations

import struct
import zlib

import pytest

from common.rejections import Rejection
from tests.unit.processor.imaging.formats.png_files import (
    END,
    EXIF,
    HEIGHT,
    PALETTE,
    PIXELS,
    RGB_DATA,
    RGB_HEADER,
    RGB_ROWS,
    SIGNATURE,
    WIDTH,
    chunk,
    header,
    palette_png,
    rgb_png,
)
from tests.unit.processor.imaging.support import close_to, linear_profile, prepare_file

BOMB = zlib.compress(bytes(3_000_000))
PLAIN = rgb_png()
HALF = len(RGB_DATA) // 2
CUT_DATA = struct.pack(">I", len(RGB_DATA)) + b"IDAT" + RGB_DATA
FRAME = struct.pack(">IIIIIHHBB", 7, 500, 50, 0, 0, 1, 10, 0, 0)  # wrong number, wider than the image
HARMLESS = {
    "unknown chunk": rgb_png(chunk(b"teSt", b"x")),
    "empty chunks": rgb_png(chunk(b"teSt"), chunk(b"tEXt"), data=chunk(b"IDAT") + chunk(b"IDAT", RGB_DATA)),
    "garbage after the end": PLAIN + b"garbage" * 100,
    "two files in one": PLAIN * 2,
    "gamma 0": rgb_png(chunk(b"gAMA", bytes(4))),
    **{
        f"text named {name}": rgb_png(chunk(b"tEXt", name.encode() + b"\0001"))
        for name in ("transparency", "icc_profile", "interlace", "bbox", "exif", "duration", "xmp")
    },
}
REPAIRED = {
    "wrong CRC of an ancillary chunk": rgb_png(chunk(b"tEXt", b"a\0b", crc=0)),
    "wrong CRC of the orientation": rgb_png(chunk(b"eXIf", EXIF, crc=0)),
    "wrong CRC after the pixels": rgb_png(after=chunk(b"tEXt", b"a\0b", crc=0) + END),
    "wrong CRC of the end": rgb_png(after=chunk(b"IEND", crc=0)),
    "no end": rgb_png(after=b""),
    "cut in the end": PLAIN[:-6],
    "cut in the CRC of the pixels": rgb_png(after=b"")[:-2],
    "cut in the checksum of the pixels": rgb_png(data=CUT_DATA[:-2], after=b""),
    "garbage instead of the end": rgb_png(after=b"garbage" * 100),
    "zeros instead of the end": rgb_png(after=bytes(1000)),
    "a length beyond the file, after the pixels": rgb_png(after=chunk(b"tEXt", b"a\0b", length=1 << 30)),
    "wrong checksum of the pixels": rgb_png(data=chunk(b"IDAT", RGB_DATA[:-4] + bytes(4))),
    "wrong CRC of the pixels, right checksum": rgb_png(data=chunk(b"IDAT", RGB_DATA, crc=0)),
    "pixels in two places": rgb_png(
        data=chunk(b"IDAT", RGB_DATA[:HALF]) + chunk(b"tEXt", b"a\0b") + chunk(b"IDAT", RGB_DATA[HALF:])
    ),
    "compressed text of 3 MB": rgb_png(chunk(b"zTXt", b"a\0\0" + BOMB)),
    "compressed international text of 3 MB": rgb_png(chunk(b"iTXt", b"a\0\1\0\0\0" + BOMB)),
    "unknown compression of text": rgb_png(chunk(b"zTXt", b"a\0\7abc")),
    "profile of 3 MB of zeros": rgb_png(chunk(b"iCCP", b"p\0\0" + BOMB)),
    "profile larger than its limit": rgb_png(chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(9_000_000)))),
    "empty profile chunk": rgb_png(chunk(b"iCCP")),
    "profile without a name": rgb_png(chunk(b"iCCP", b"\0\0" + zlib.compress(linear_profile()))),
    "unknown compression of a profile": rgb_png(chunk(b"iCCP", b"p\0\1" + zlib.compress(linear_profile()))),
    "profile that isn't compressed": rgb_png(chunk(b"iCCP", b"p\0\0" + linear_profile())),
    "cut profile": rgb_png(chunk(b"iCCP", b"p\0\0" + zlib.compress(linear_profile())[:-30])),
    **{
        f"empty {kind.decode()}": rgb_png(chunk(kind))
        for kind in (b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"tIME", b"cICP", b"tRNS", b"acTL", b"fcTL")
    },
    "type that isn't text": rgb_png(chunk(b"a1\xffd", b"x")),
    "suggested palette of odd length": rgb_png(chunk(b"PLTE", b"\1\2\3\4")),
    "EXIF data that isn't EXIF": rgb_png(chunk(b"eXIf", b"garbage")),
    "orientation after the pixels": rgb_png(after=chunk(b"eXIf", EXIF) + END),
    "animation without frames": rgb_png(chunk(b"acTL", struct.pack(">II", 5, 0))),
    "animation with an impossible frame": rgb_png(
        chunk(b"acTL", struct.pack(">II", 2, 0)), chunk(b"fcTL", FRAME)
    ),
    "cut second frame": rgb_png(
        chunk(b"acTL", struct.pack(">II", 2, 0)),
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, WIDTH, HEIGHT, 0, 0, 1, 10, 0, 0)),
        after=chunk(b"fdAT", b"\0\0\0\2" + RGB_DATA)[:60],
    ),
    "second header": rgb_png(RGB_HEADER),
    "transparent color cut short": rgb_png(chunk(b"tRNS", RGB_ROWS[1:4])),
}
DAMAGED = {
    "signature only": SIGNATURE,
    "line ends converted": PLAIN.replace(b"\r\n", b"\n"),
    "line ends converted, the other way": PLAIN.replace(b"\n", b"\r\n"),
    "no header": SIGNATURE + chunk(b"IDAT", RGB_DATA) + END,
    "wrong CRC of the header": SIGNATURE + RGB_HEADER[:-4] + bytes(4) + chunk(b"IDAT", RGB_DATA) + END,
    "unknown interlacing": SIGNATURE + header(8, 2, interlace=2) + chunk(b"IDAT", RGB_DATA) + END,
    "impossible bit depth": SIGNATURE + header(3, 2) + chunk(b"IDAT", RGB_DATA) + END,
    "no pixels": rgb_png(data=b""),
    "cut in the pixels": PLAIN[: len(PLAIN) // 2],
    "half of the pixels": rgb_png(data=chunk(b"IDAT", RGB_DATA[:HALF])),
    "too few rows": rgb_png(data=chunk(b"IDAT", zlib.compress(RGB_ROWS[: 50 * (3 * WIDTH + 1)]))),
    "one row too few": rgb_png(data=chunk(b"IDAT", zlib.compress(RGB_ROWS[: -(3 * WIDTH + 1)]))),
    "wrong CRC and checksum of the pixels": rgb_png(data=chunk(b"IDAT", RGB_DATA[:-4] + bytes(4), crc=0)),
    "changed pixels": rgb_png(data=chunk(b"IDAT", zlib.compress(b"\5" + RGB_ROWS[1:]))),
    "wrong CRC of the palette": palette_png(chunk(b"PLTE", PALETTE, crc=0)),
    "no palette": palette_png(),
    "empty palette": palette_png(chunk(b"PLTE")),
    "palette after the pixels": palette_png(after=chunk(b"PLTE", PALETTE) + END),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_any_decoder_skips_decides_nothing(name: str) -> None:
    prepared = prepare_file(HARMLESS[name])
    assert prepared.body is None
    assert prepared.image.tobytes() == PIXELS


def test_a_valid_profile_is_applied_and_the_file_is_kept() -> None:
    prepared = prepare_file(rgb_png(chunk(b"iCCP", b"p\0\0" + zlib.compress(linear_profile()))))
    assert prepared.body is None
    assert prepared.image.getpixel((50, 64)) == close_to(168, 188, 160)


@pytest.mark.parametrize("name", REPAIRED)
def test_a_png_with_all_its_pixels_is_shown_and_converted(name: str) -> None:
    prepared = prepare_file(REPAIRED[name])
    assert prepared.body is not None
    assert prepared.image.tobytes() == PIXELS


@pytest.mark.parametrize("name", DAMAGED)
def test_a_png_without_all_its_pixels_is_damaged(name: str) -> None:
    with pytest.raises(Rejection) as caught:
        prepare_file(DAMAGED[name])
    assert caught.value.code == "broken"


def test_an_iphone_optimized_png_is_not_called_damaged() -> None:
    with pytest.raises(Rejection) as caught:
        prepare_file(
            SIGNATURE + chunk(b"CgBI", b"\x50\0\x20\2") + RGB_HEADER + chunk(b"IDAT", RGB_DATA) + END
        )
    assert caught.value.message.startswith("iPhone-optimized PNG files aren't supported.")
