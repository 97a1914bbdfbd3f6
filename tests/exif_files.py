"""Files with metadata: Exif data with any tags and types, valid or not, and XMP packets."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pillow_heif
from PIL import Image

from tests.image_files import encode

ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SIGNED_RATIONAL = 2, 3, 4, 5, 7, 10
FORMATS_WITH_METADATA = ("JPEG", "PNG", "WebP", "TIFF", "HEIC", "AVIF")
_EXIF_IFD, _GPS_IFD = 34665, 34853
_PACKED = {SHORT: "H", LONG: "I", RATIONAL: "I", SIGNED_RATIONAL: "i"}
Tags = dict[int, tuple[int, Any]]

MAIN: Tags = {
    271: (ASCII, b"Canon\0"),
    272: (ASCII, b"Canon EOS R5\0"),
    274: (SHORT, (6,)),
}
DETAILS: Tags = {
    33434: (RATIONAL, (1, 250)),
    33437: (RATIONAL, (28, 10)),
    34855: (SHORT, (400,)),
    36867: (ASCII, b"2026:11:22 15:00:00\0"),
    36881: (ASCII, b"+01:00\0"),
    37386: (RATIONAL, (35, 1)),
    37521: (ASCII, b"12\0"),
    42036: (ASCII, b"RF24-105mm F4 L IS USM\0"),
}
GPS: Tags = {
    1: (ASCII, b"N\0"),
    2: (RATIONAL, (51, 1, 30, 1, 0, 1)),
    3: (ASCII, b"W\0"),
    4: (RATIONAL, (0, 1, 7, 1, 3000, 100)),
    5: (1, b"\0"),
    6: (RATIONAL, (125, 10)),
}
LOCATION = {"Latitude": 51.5, "Longitude": -0.125, "Altitude": 12.5}
FACTS = {
    "TakenAt": "2026-11-22T15:00:00.120+01:00",
    "Camera": "Canon EOS R5",
    "Make": "Canon",
    "Model": "Canon EOS R5",
    "Lens": "RF24-105mm F4 L IS USM",
    "ExposureTime": 0.004,
    "FNumber": 2.8,
    "Iso": 400,
    "FocalLength": 35.0,
    "Orientation": 6,
    "Location": LOCATION,
}
XMP = b"""<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" tiff:Make="Canon" tiff:Model="Canon EOS R5" tiff:Orientation="6"
 exif:DateTimeOriginal="2026-11-22T15:00:00.12+01:00" exif:ExposureTime="1/250"
 exif:GPSLatitude="51,30N" exif:GPSLongitude="0,7.5W" exif:GPSAltitude="125/10" exif:GPSAltitudeRef="0">
 <exif:FNumber>28/10</exif:FNumber>
 <exif:ISOSpeedRatings><rdf:Seq><rdf:li>400</rdf:li><rdf:li>800</rdf:li></rdf:Seq></exif:ISOSpeedRatings>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:e="http://ns.adobe.com/exif/1.0/" xmlns:x="http://cipa.jp/exif/1.0/"
 e:FocalLength="35/1" x:LensModel="RF24-105mm F4 L IS USM"/>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def exif_data(
    main: Tags | None = None, details: Tags | None = None, gps: Tags | None = None, order: str = "<"
) -> bytes:
    """Return Exif data with three directories, without its prefix."""
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    main = dict(main or {})
    body = b""
    for tag, tags in ((_EXIF_IFD, details), (_GPS_IFD, gps)):
        if tags:
            main[tag] = (LONG, (8 + len(body),))
            body += _directory(tags, 8 + len(body), order)
    start = 8 + len(body)
    return header[:4] + struct.pack(f"{order}I", start) + body + _directory(main, start, order)


def full_exif(order: str = "<") -> bytes:
    """Return the Exif data of the picture that FACTS describes."""
    return exif_data(MAIN, DETAILS, GPS, order)


def with_metadata(image: Image.Image, name: str, exif: bytes = b"", xmp: bytes = b"") -> bytes:
    """Encode an image with metadata: its pixels are stored as they are, whatever the orientation says."""
    if name == "TIFF":
        return _tiff_with(image, exif, xmp)
    if name == "PNG":
        chunks = chunk(b"eXIf", exif) if exif else b""
        return png_with(image, chunks + (xmp_chunk(xmp) if xmp else b""))
    if name == "HEIC":
        file = io.BytesIO()
        heif = pillow_heif.from_pillow(image)
        heif.save(file, quality=90, exif=b"Exif\0\0" + exif if exif else None, xmp=xmp or None)
        return file.getvalue()
    options: dict[str, Any] = {"exif": b"Exif\0\0" + exif} if exif else {}
    if xmp:
        options["xmp"] = xmp
    return encode(image, name, **options)


def png_with(image: Image.Image, chunks: bytes, *, before_pixels: bool = True) -> bytes:
    """Return a PNG with more chunks, before or after its pixels."""
    png = encode(image, "PNG")
    place = 33 if before_pixels else len(png) - 12
    return png[:place] + chunks + png[place:]


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def xmp_chunk(xmp: bytes, *, is_compressed: bool = False) -> bytes:
    """Return the chunk of a PNG that contains an XMP packet."""
    head = b"XML:com.adobe.xmp\0" + (b"\1\0" if is_compressed else b"\0\0") + b"\0\0"
    return chunk(b"iTXt", head + (zlib.compress(xmp) if is_compressed else xmp))


def _directory(tags: Tags, start: int, order: str) -> bytes:
    values_start = start + 2 + 12 * len(tags) + 4
    entries, values = b"", b""
    for tag, (type_, value) in sorted(tags.items()):
        if isinstance(value, bytes):
            packed, count = value, len(value)
        else:
            packed = struct.pack(f"{order}{len(value)}{_PACKED[type_]}", *value)
            count = len(value) // (2 if type_ in (RATIONAL, SIGNED_RATIONAL) else 1)
        place = packed.ljust(4, b"\0")
        if len(packed) > 4:
            place = struct.pack(f"{order}I", values_start + len(values))
            values += packed + bytes(len(packed) % 2)
        entries += struct.pack(f"{order}HHI", tag, type_, count) + place
    return struct.pack(f"{order}H", len(tags)) + entries + bytes(4) + values


def _tiff_with(image: Image.Image, exif: bytes, xmp: bytes) -> bytes:
    """Return a TIFF whose own directory has the metadata. The Exif data must have little-endian order."""
    base = Image.Exif()
    if exif:
        base.load(b"Exif\0\0" + exif)
    file = io.BytesIO()
    image.save(file, "TIFF", exif=base, **({"tiffinfo": {700: xmp}} if xmp else {}))
    return file.getvalue()
