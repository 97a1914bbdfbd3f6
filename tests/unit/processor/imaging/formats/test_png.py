"""PNG: only missing or wrong pixels make a file damaged; a transparent color becomes white."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from common.rejections import Rejection
from tests.unit.processor.imaging.formats.png_files import (
    END,
    HEIGHT,
    PALETTE,
    RGB_DATA,
    RGB_HEADER,
    RGB_ROWS,
    SIGNATURE,
    WIDTH,
    chunk,
    gray_png,
    header,
    palette_png,
    rgb_png,
    wide_rgb_png,
)
from tests.unit.processor.imaging.support import linear_profile, prepare_file, save

BOMB = zlib.compress(bytes(3_000_000))
PLAIN = rgb_png()
PIXELS = b"".join(
    RGB_ROWS[start + 1 : start + 1 + 3 * WIDTH] for start in range(0, len(RGB_ROWS), 3 * WIDTH + 1)
)
HALF = len(RGB_DATA) // 2
CUT_DATA = struct.pack(">I", len(RGB_DATA)) + b"IDAT" + RGB_DATA
EXIF = b"MM\0*\0\0\0\x08\0\1" + struct.pack(">HHIHHI", 274, 3, 1, 3, 0, 0)  # orientation 3
FRAME = struct.pack(">IIIIIHHBB", 7, 500, 50, 0, 0, 1, 10, 0, 0)  # wrong number, wider than the image

HARMLESS = {
    "unknown chunk": rgb_png(chunk(b"teSt", b"x")),
    "empty chunks": rgb_png(chunk(b"teSt"), chunk(b"tEXt"), data=chunk(b"IDAT") + chunk(b"IDAT", RGB_DATA)),
    "garbage after the end": PLAIN + b"garbage" * 100,
    "two files in one": PLAIN * 2,
    "profile": rgb_png(chunk(b"iCCP", b"p\0\0" + zlib.compress(linear_profile()))),
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
    if name != "profile":
        assert prepared.image.tobytes() == PIXELS


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
        sizes = (
            (13, 8),
            (12, 8),
            (25, 8),
            (25, 4),
            (50, 4),
            (50, 2),
            (100, 2),
        )  # columns, and a row in so many
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


def test_an_iphone_optimized_png_is_not_called_damaged() -> None:
    with pytest.raises(Rejection) as caught:
        prepare_file(
            SIGNATURE + chunk(b"CgBI", b"\x50\0\x20\2") + RGB_HEADER + chunk(b"IDAT", RGB_DATA) + END
        )
    assert caught.value.message.startswith("iPhone-optimized PNG files aren't supported.")


COLORS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "dark": (9, 9, 9)}


@pytest.mark.parametrize(
    ("chunks", "after", "first"),
    [
        ((chunk(b"PLTE", PALETTE), chunk(b"tRNS", b"\0")), END, "white"),
        ((chunk(b"PLTE", PALETTE), chunk(b"tRNS", b"\0\xff\xff\xff\xff\xff")), END, "white"),
        ((chunk(b"PLTE", PALETTE), chunk(b"tRNS", b"\0"), chunk(b"tRNS", b"\xff\0")), END, "white"),
        ((chunk(b"tRNS", b"\0"), chunk(b"PLTE", PALETTE)), END, "red"),
        ((chunk(b"PLTE", PALETTE),), chunk(b"tRNS", b"\0") + END, "red"),
        ((chunk(b"PLTE", PALETTE), chunk(b"tRNS", b"\0", crc=0)), END, "red"),
        ((chunk(b"PLTE", PALETTE), chunk(b"tRNS")), END, "red"),
        ((chunk(b"PLTE", PALETTE + b"\1\2"),), END, "red"),
        ((chunk(b"PLTE", PALETTE), chunk(b"PLTE", PALETTE[::-1])), END, "red"),
        ((chunk(b"PLTE", PALETTE + bytes(900)),), END, "red"),
        ((chunk(b"PLTE", PALETTE[:9]),), END, "red, without the last color"),
    ],
)
def test_an_odd_palette_is_shown_as_in_chromium(chunks: tuple[bytes, ...], after: bytes, first: str) -> None:
    columns = dict(COLORS)
    if first == "white":
        columns["red"] = (255, 255, 255)
    if first == "red, without the last color":
        columns["dark"] = columns["blue"]
    row = b"".join(bytes(color) * (WIDTH // 4) for color in columns.values())
    assert prepare_file(palette_png(*chunks, after=after)).image.tobytes() == row * HEIGHT


def step(depth: int) -> Callable[[int], int]:
    return lambda x: (x * 7) % (1 << depth)


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("high_bits", [0, 0x100])
@pytest.mark.parametrize("low_bits", [0, 1])
def test_a_transparent_gray_becomes_white(depth: int, high_bits: int, low_bits: int) -> None:
    key = low_bits if depth < 16 else 6 + low_bits + high_bits
    value = step(depth) if depth < 16 else (lambda x: (x % 3 + 6) + high_bits)
    expected = [255 if value(x) == key else _to_8_bits(value(x), depth) for x in range(WIDTH)]
    written = key | high_bits if depth < 16 else key  # bits above the depth are ignored
    image = prepare_file(gray_png(depth, value, written)).image
    assert image.tobytes() == b"".join(bytes((gray, gray, gray)) for gray in expected) * HEIGHT


def _to_8_bits(value: int, depth: int) -> int:
    return value >> 8 if depth == 16 else value * 255 // ((1 << depth) - 1)


def test_a_transparent_rgb_color_of_16_bits_becomes_white_where_all_bits_are_equal() -> None:
    key = (0x1234, 0x5678, 0x9ABC)
    greens = (0x5678, 0x5679, 0x5778)
    image = prepare_file(wide_rgb_png(lambda x: (key[0], greens[x % 3], key[2]), key)).image
    colors = ((255, 255, 255), (0x12, 0x56, 0x9A), (0x12, 0x57, 0x9A))
    assert image.tobytes() == b"".join(bytes(colors[x % 3]) for x in range(WIDTH)) * HEIGHT


def test_a_transparent_rgb_color_of_8_bits_becomes_white() -> None:
    pixels = prepare_file(rgb_png(chunk(b"tRNS", struct.pack(">HHH", 0xAB00, 0xAB00, 90)))).image.tobytes()
    assert pixels == b"\xff\xff\xff" + PIXELS[3:]


def test_an_orientation_that_is_valid_is_applied_once() -> None:
    first = prepare_file(
        rgb_png(chunk(b"eXIf", EXIF), chunk(b"eXIf", EXIF.replace(b"\0\3\0\0", b"\0\1\0\0")))
    )
    turned = Image.frombytes("RGB", (WIDTH, HEIGHT), PIXELS).transpose(Image.Transpose.ROTATE_180)
    assert first.image.tobytes() == turned.tobytes()


def test_a_png_repaired_while_it_is_decoded_is_converted_at_full_size() -> None:
    rows = b"".join(b"\0" + bytes(3 * 1200) for _ in range(1000))
    data = zlib.compress(rows, 0)[:-4] + bytes(4)
    body = prepare_file(SIGNATURE + header(8, 2, 1200, 1000) + chunk(b"IDAT", data) + END).body
    assert body is not None
    assert Image.open(io.BytesIO(body)).size == (1200, 1000)


def test_many_tiny_chunks_are_read_in_linear_time() -> None:
    tiny = b"".join(chunk(b"teSt") for _ in range(100_000))
    assert prepare_file(rgb_png(tiny)).image.tobytes() == PIXELS
