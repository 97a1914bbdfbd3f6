"""Builds JPEG files marker by marker, also of kinds that Pillow can't write."""

from __future__ import annotations

import base64
import io
import struct
from typing import Any

from PIL import Image

from tests.unit.processor.imaging.support import save

END = b"\xff\xd9"
WIDTH, HEIGHT = 160, 120


def picture(mode: str = "RGB") -> Image.Image:
    """Return an image with detail in every block, none of it mid-gray."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    pixels = [((x * 3 + y) % 256, y * 2, (x * y // 40) % 256) for y in range(HEIGHT) for x in range(WIDTH)]
    image.putdata(pixels)
    return image.convert(mode)


def jpeg(mode: str = "RGB", **options: Any) -> bytes:
    """Return the picture as Pillow writes it."""
    return save(picture(mode), "JPEG", quality=85, **options)


def segment(marker: int, content: bytes, length: int | None = None) -> bytes:
    """Return a marker segment, with a wrong length if one is given."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2 if length is None else length) + content


def insert(data: bytes, *segments: bytes) -> bytes:
    """Return a JPEG with segments after its start marker."""
    return data[:2] + b"".join(segments) + data[2:]


def with_frame(data: bytes, marker: int, precision: int = 8) -> bytes:
    """Return a JPEG with another kind of frame and precision in its frame header."""
    start = data.index(b"\xff\xc0")
    return (
        data[: start + 1]
        + bytes((marker,))
        + data[start + 2 : start + 4]
        + bytes((precision,))
        + data[start + 5 :]
    )


def frame(marker: int, count: int, precision: int = 8, height: int = HEIGHT) -> bytes:
    """Return a frame header with components that aren't subsampled."""
    components = b"".join(bytes((number + 1, 0x11, 0)) for number in range(count))
    return segment(marker, struct.pack(">BHHB", precision, height, WIDTH, count) + components)


def scan(components: range, first: int, last: int, bits: int = 0) -> bytes:
    """Return a scan header."""
    selectors = b"".join(bytes((number + 1, 0)) for number in components)
    return segment(0xDA, bytes((len(components),)) + selectors + bytes((first, last, bits)))


def lossless_jpeg(image: Image.Image) -> bytes:
    """Return an image of the picture's size as a lossless JPEG with its own bands (T.81, annex H)."""
    bits: list[str] = []
    (width, height), count = image.size, len(image.getbands())
    rows = [image.crop((0, y, width, y + 1)).tobytes() for y in range(height)]
    for y, row in enumerate(rows):
        for position, sample in enumerate(row):
            above = rows[y - 1][position] if y else 128
            difference = sample - (row[position - count] if position >= count else above)
            size = abs(difference).bit_length()
            bits.append(f"{size:04b}")
            if size:
                bits.append(f"{difference if difference > 0 else difference + (1 << size) - 1:0{size}b}")
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    pixels = int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")
    codes = segment(0xC4, bytes((0, 0, 0, 0, 9)) + bytes(12) + bytes(range(9)))  # nine codes of four bits
    return b"\xff\xd8" + codes + frame(0xC3, count) + scan(range(count), 1, 0) + pixels + END


# Written by cjpeg -arithmetic, without and with -progressive: 88 × 80 pixels, orange with a blue quarter.
ARITHMETIC = base64.b85decode(
    b"|JeWF01!$>Nk#wx0RR9200961|JwjV015{O2nPlV2nYxZ3JMDj7!VE(4GtX@77-XDA0;FrA0i<pD>pADDKse|A}~QQG&wsyK"
    b"0YNbL`g$DNH;w`JOA4NLjej43l0qq91sv3J18P3J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3"
    b"Bi&J3If$01*fPPykp10U`hb5di}c0sqVZ3IGrg1pyEd1^?Or3<CiG0ucid06zf#0A%RONh{112%OJqBHZ}n;r)IjJRz1wza6"
    b"-{1Jhe~i#^<y46iK&r>$WXt|St1l}7?@C>wWB#>lQ}fOcd``ggM$bB^t4CaRD<N0j6|c$oYf>#>6Su(QV}(&;=!UPf06<(Zq"
    b"@fI995M~7O5nJb*xZy5;^PeB^CDxNYW!E}@?t;y&x|Je"
)
ARITHMETIC_PROGRESSIVE = base64.b85decode(
    b"|JeWF01!$>Nk#wx0RR9200961|JwjV015{O2nPlV2nYxZ3JMDj7!VE(4GtX@77-XDA0;FrA0i<pD>pADDKse|A}~QQG&wsyK"
    b"0YNbL`g$DNH;w`JOA4NLjej43l0qq91sv3J18P3J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3Bi&J3"
    b"Bi&J3If%01*fPPykp10U`hb5di}c0sqVZ1^^HN5dYc$3<CiG0uTcb00060%e@AK#6+chUR83<bsOXmx(p~R0?1&aHh@I`0BJ"
    b"xfyYG$pTvc2yPJzU9c{rs1%m4%s1^?Or2mt{A0R;lio*=1S?ElOF1Q7-Q+5iXv0|5a)0pQ{}$Pf{NW!{EMPtrb3CU)Q;E=9$"
    b"^wGEfy4KV-A00a>Q|Jncu0RjO5KLOj^&dwfF17eI2LWTDfj{6bqyE61$qj(OYZW#Z}00a;P|Jncu0RaF8KLV)#%m4%s1^?Or"
    b"2mt{A0Y4$ImWuz{01N{G00IC50000G`a~k;>3E_pZk<CeVCklsX{MTKrkY^?%m4%t1^?Or2mu2D0Y4DHFEl&C^=^fuhyFRLo"
    b"{;Nwfe8Q100a>Q|Jncu0RjO5KM=q#j#+limzq9V!F}#X^r~WT|I7dc5C#9*00;pA00BP`uzx`R*#"
)

JFIF_END = 20  # the start marker and Pillow's JFIF segment
KINDS = {
    "baseline": jpeg(),
    "optimized": jpeg(optimize=True),
    "progressive": jpeg(progressive=True),
    "gray": jpeg("L"),
    "not subsampled": jpeg(subsampling=0),
    "CMYK": jpeg("CMYK"),
    "restart markers": jpeg(restart_marker_blocks=5),
    "restart markers, progressive": jpeg(restart_marker_rows=1, progressive=True),
    "gray area": save(Image.new("RGB", (WIDTH, HEIGHT), (128, 128, 128)), "JPEG"),
    "uniform": save(Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255)), "JPEG"),
}
BASELINE = KINDS["baseline"]
THUMBNAIL = save(picture().resize((80, 60)), "JPEG")


def adobe(content: bytes) -> bytes:
    """Return an Adobe segment, whose content is the color transform."""
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + content)


def profile(number: int, count: int, content: bytes) -> bytes:
    """Return the segment with a part of an ICC profile."""
    return segment(0xE2, b"ICC_PROFILE\0" + bytes((number, count)) + content)


def after_jfif(inserted: bytes) -> bytes:
    """Return the baseline JPEG with segments after its JFIF segment."""
    return BASELINE[:JFIF_END] + inserted + BASELINE[JFIF_END:]


def instead_of_jfif(inserted: bytes) -> bytes:
    """Return the baseline JPEG with segments in place of its JFIF segment."""
    return BASELINE[:2] + inserted + BASELINE[JFIF_END:]


def expected(data: bytes) -> Image.Image:
    """Return the image that Pillow decodes."""
    return Image.open(io.BytesIO(data)).convert("RGB")
