"""XMP packets: what is read, and what hostile packets can't do."""

from __future__ import annotations

import time

import pytest

from processor.imaging.interface import Limits
from processor.imaging.prepare import prepare_image
from processor.imaging.xmp import parse_fraction, read_properties
from tests.exif_files import XMP, chunk, png_with, with_metadata, xmp_chunk
from tests.image_files import marked

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
TIFF = 'xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'


def packet(inner: str, head: str = "") -> bytes:
    return f"{head}<rdf:RDF {RDF} {TIFF}>{inner}</rdf:RDF>".encode()


def described(inner: str, attributes: str = "", head: str = "") -> bytes:
    return packet(f"<rdf:Description {attributes}>{inner}</rdf:Description>", head)


@pytest.mark.parametrize(
    "content",
    [
        described("", 'tiff:Make="A"'),
        described("<tiff:Make>A</tiff:Make>"),
        described("<tiff:Make> A\n</tiff:Make>"),
        described("<tiff:Make><rdf:Seq><rdf:li>A</rdf:li><rdf:li>B</rdf:li></rdf:Seq></tiff:Make>"),
        described("<tiff:Make><rdf:Alt><rdf:li xml:lang='x-default'>A</rdf:li></rdf:Alt></tiff:Make>"),
        described("<tiff:Make><![CDATA[A]]></tiff:Make>"),
        described("<tiff:Make>&#65;</tiff:Make><tiff:Make>B</tiff:Make>"),
        described("<tiff:Make></tiff:Make><tiff:Make>A</tiff:Make>"),
        described("<tiff:Make>A</tiff:Make>") + bytes(100),
        described("<tiff:Make>A</tiff:Make>", head="\ufeff"),
        described("<tiff:Make>A</tiff:Make>", head='<?xml version="1.0" encoding="utf-16"?>'),
        described("<tiff:Make>A</tiff:Make><broken"),
        described("<tiff:Make>A</tiff:Make>").decode().encode("utf-16"),
    ],
)
def test_a_property(content: bytes) -> None:
    assert read_properties(content) == {"tiff:Make": "A"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"<",
        b"not XML",
        b"\xff\xfe<\0",
        packet("<tiff:Make>A</tiff:Make>"),  # outside a description
        described("<Make xmlns='http://example.com/'>A</Make>"),
        described("<x:History xmlns:x='x'><rdf:Description tiff:Make='A'/></x:History>"),
        described("<x:a xmlns:x='x'><tiff:Make>A</tiff:Make></x:a>"),
        described(f"<tiff:Make>{'A' * 1001}</tiff:Make>"),
        described("", f'tiff:Make="{"A" * 1001}"'),
        described("<tiff:Make>\xff</tiff:Make>").replace("\xff".encode(), b"\xff"),
        described("<tiff:Make>A</tiff:Make>", head="<!DOCTYPE x>"),
        described("<tiff:Make>&e;</tiff:Make>", head='<!DOCTYPE x [<!ENTITY e "A">]>'),
        described(
            "<tiff:Make>&e;</tiff:Make>", head='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        ),
        described("<tiff:Make>&e;</tiff:Make>", head='<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'),
        described("<tiff:Make>&undefined;</tiff:Make>"),
        described("<tiff:Make>A</tiff:Make>", head="<!DOCTYPE x>").decode().encode("utf-16"),
    ],
)
def test_nothing_is_read_from(content: bytes) -> None:
    assert read_properties(content) == {}


def test_entities_are_not_expanded() -> None:
    entities = '<!ENTITY a "' + "A" * 1000 + '">'
    for before, name in zip("abcdefghi", "bcdefghij", strict=True):
        entities += f'<!ENTITY {name} "{f"&{before};" * 10}">'
    started = time.perf_counter()
    assert read_properties(described("<tiff:Make>&j;</tiff:Make>", head=f"<!DOCTYPE x [{entities}]>")) == {}
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "content",
    [
        b"<a>" * 300_000,
        b"<a " + b"".join(b'b%d="" ' % number for number in range(90_000)) + b"/>",
        described("<tiff:Make>" + "A" * 1_000_000 + "</tiff:Make>"),
        described("<tiff:Make>" + "&#65;" * 190_000 + "</tiff:Make>"),
        described("<tiff:Model>A</tiff:Model>" * 35_000).replace(b"tiff:Model", b"tiff:Bytes"),
    ],
)
def test_a_packet_of_the_largest_size_is_read_quickly(content: bytes) -> None:
    started = time.perf_counter()
    assert "tiff:Make" not in read_properties(content[: 1 << 20])
    assert time.perf_counter() - started < 5  # a fraction of a second on an idle machine


@pytest.mark.parametrize(
    "data",
    [
        png_with(marked(), xmp_chunk(XMP + b" " * (2 << 20), is_compressed=True)),  # a bomb
        png_with(marked(), xmp_chunk(XMP + b" " * (2 << 20))),
        png_with(marked(), xmp_chunk(XMP)[:-4] + b"crc?"),
        png_with(marked(), chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0not zlib")),
        png_with(marked(), chunk(b"iTXt", b"XML:com.adobe.xmp\0")),
        with_metadata(marked(), "WebP", xmp=XMP + b" " * (2 << 20)),
        with_metadata(marked(), "TIFF", xmp=XMP + b" " * (2 << 20)),
        with_metadata(marked(), "HEIC", xmp=XMP + b" " * (2 << 20)),
        with_metadata(marked(), "AVIF", xmp=XMP + b" " * (2 << 20)),
    ],
)
def test_a_packet_that_is_too_long_or_damaged_is_ignored(data: bytes) -> None:
    assert prepare_image(data, Limits()).facts.exif.keys() <= {"Orientation"}  # some encoders write one


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/250", (0.004,)),
        ("2.8", (2.8,)),
        ("28/10", (2.8,)),
        ("0/1", (0.0,)),
        ("1/0", ()),
        ("1/", ()),
        ("-1", ()),
        ("1e5", ()),
        ("inf", ()),
        ("\u0661", ()),
        ("9" * 400, ()),
        ("", ()),
    ],
)
def test_fractions(text: str, expected: tuple[float, ...]) -> None:
    assert parse_fraction(text) == expected
