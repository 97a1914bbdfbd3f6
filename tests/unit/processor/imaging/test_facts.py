"""Facts in metadata: when, where, with what and how a picture was taken, whatever the file claims."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from processor.imaging.decode import open_image
from processor.imaging.facts import read_facts
from processor.imaging.interface import Limits
from processor.imaging.prepare import prepare_image
from tests.exif_files import (
    ASCII,
    DETAILS,
    FACTS,
    FORMATS_WITH_METADATA,
    GPS,
    LONG,
    MAIN,
    RATIONAL,
    SHORT,
    SIGNED_RATIONAL,
    UNDEFINED,
    XMP,
    chunk,
    exif_data,
    full_exif,
    png_with,
    with_metadata,
    xmp_chunk,
)
from tests.image_files import marked

ALL_FORMATS = pytest.mark.parametrize("format_name", FORMATS_WITH_METADATA)


def facts_of(data: bytes) -> dict[str, Any]:
    return dict(prepare_image(data, Limits()).facts.exif)


def facts_with(
    main: dict[int, Any] | None = None,
    details: dict[int, Any] | None = None,
    gps: dict[int, Any] | None = None,
) -> dict[str, Any]:
    return facts_of(with_metadata(marked(), "JPEG", exif_data(main, details, gps)))


def facts_in_xmp(attributes: str) -> dict[str, Any]:
    packet = XMP.replace(b'tiff:Make="Canon"', b"").partition(b"tiff:Model")[0] + attributes.encode()
    return facts_of(with_metadata(marked(), "PNG", xmp=packet + b"></rdf:Description></rdf:RDF></x:xmpmeta>"))


@ALL_FORMATS
def test_exif_data_is_read(format_name: str) -> None:
    expected = dict(FACTS)
    if format_name == "AVIF":
        del expected["Orientation"]  # Pillow writes it as a rotation, not into the Exif data
    assert facts_of(with_metadata(marked(), format_name, full_exif())) == expected


@ALL_FORMATS
def test_an_xmp_packet_is_read_without_exif_data(format_name: str) -> None:
    assert facts_of(with_metadata(marked(), format_name, xmp=XMP)) == FACTS


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WebP", "HEIC"])
def test_exif_data_is_read_in_either_byte_order(format_name: str) -> None:
    assert facts_of(with_metadata(marked(), format_name, full_exif(">"))) == FACTS


@pytest.mark.parametrize("format_name", [*FORMATS_WITH_METADATA, "GIF", "BMP"])
def test_a_file_without_metadata_has_no_facts(format_name: str) -> None:
    found = facts_of(with_metadata(marked(), format_name))
    assert found in ({}, {"Orientation": 1})  # HEIC and AVIF encoders write one


@pytest.mark.parametrize("before_pixels", [True, False])
@pytest.mark.parametrize(
    "chunks", [chunk(b"eXIf", full_exif()), xmp_chunk(XMP), xmp_chunk(XMP, is_compressed=True)]
)
def test_the_chunks_of_a_png_may_be_anywhere(chunks: bytes, before_pixels: bool) -> None:
    assert facts_of(png_with(marked(), chunks, before_pixels=before_pixels)) == FACTS


def test_exif_data_precedes_an_xmp_packet_value_by_value() -> None:
    exif = exif_data({271: (ASCII, b"Nikon\0"), 272: (ASCII, b"\0")}, {34855: (SHORT, (0,))})
    found = facts_of(with_metadata(marked(), "JPEG", exif, XMP))
    assert found == {**FACTS, "Make": "Nikon", "Camera": "Nikon Canon EOS R5"}


@pytest.mark.parametrize(
    ("taken", "fraction", "zone", "expected"),
    [
        (b"2026:11:22 15:00:00\0", b"", b"", "2026-11-22T15:00:00"),
        (b"2026:11:22 15:00:00\0", b"5\0", b"-03:30\0", "2026-11-22T15:00:00.500-03:30"),
        (b"2026:11:22 15:00:00\0", b"123456\0", b"Z\0", "2026-11-22T15:00:00.123+00:00"),
        (b"2026:11:22 15:00:00\0", b"x\0", b"+99:00\0", "2026-11-22T15:00:00"),
        (b"2026:11:22 15:00:00\0", b"   \0", b"   :  \0", "2026-11-22T15:00:00"),
        (b"2026-11-22 15:00:00\0", b"", b"", "2026-11-22T15:00:00"),
        (b"2026:11:22 15:00\0", b"", b"", "2026-11-22T15:00:00"),
        (b"2026:11:22 15:00:00+01:00\0", b"", b"", "2026-11-22T15:00:00+01:00"),
        (b"1956:07:01 00:00:00\0", b"", b"", "1956-07-01T00:00:00"),
        (b"0001:01:01 00:00:00\0", b"", b"", "0001-01-01T00:00:00"),
        (b"0001:01:01 00:00:00\0", b"", b"+14:00\0", None),  # before year 1 in UTC
        (b"0000:00:00 00:00:00\0", b"", b"", None),
        (b"    :  :     :  :  \0", b"", b"", None),
        (b"2026:02:30 15:00:00\0", b"", b"", None),
        (b"2026:11:22 24:00:00\0", b"", b"", None),
        (b"2026:11:22 15:00:60\0", b"", b"", None),
        (b"yesterday\0", b"", b"", None),
        (b"\0" * 20, b"", b"", None),
        (b"\xff" * 20, b"", b"", None),
        ("٢٠٢٦:١١:٢٢ ١٥:٠٠:٠٠".encode(), b"", b"", None),
    ],
)
def test_the_time(taken: bytes, fraction: bytes, zone: bytes, expected: str | None) -> None:
    details = {36867: (ASCII, taken), 37521: (ASCII, fraction), 36881: (ASCII, zone)}
    assert facts_with(details=details).get("TakenAt") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T15:00:00.123456+01:00", "2026-11-22T15:00:00.123+01:00"),
        ("2026-11-22T15:00Z", "2026-11-22T15:00:00+00:00"),
        ("2026-11-22", "2026-11-22T00:00:00"),
        ("2026-11", "2026-11-01T00:00:00"),
        ("1956", "1956-01-01T00:00:00"),
        ("2026-13", None),
        ("26", None),
    ],
)
def test_the_time_in_an_xmp_packet(text: str, expected: str | None) -> None:
    assert facts_in_xmp(f'exif:DateTimeOriginal="{text}"').get("TakenAt") == expected


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (b"2026:11:22 15:00:00\0", "2026-11-22T15:00:00+01:00"),
        (b"2026:11:22 15:00:01\0", "2026-11-22T15:00:01"),  # not the same time
    ],
)
def test_the_zone_may_be_in_an_xmp_packet(taken: bytes, expected: str) -> None:
    exif = exif_data(details={36867: (ASCII, taken)})
    assert facts_of(with_metadata(marked(), "JPEG", exif, XMP))["TakenAt"] == expected


@pytest.mark.parametrize("zone", ["", "-14:00", "+14:00"])
@pytest.mark.parametrize("year", ["2199", "9992", "9999"])
def test_a_time_in_the_future_is_left_out(year: str, zone: str) -> None:
    details = {36867: (ASCII, f"{year}:12:31 23:59:59\0".encode()), 36881: (ASCII, f"{zone}\0".encode())}
    assert "TakenAt" not in facts_with(details=details)
    assert "TakenAt" not in facts_in_xmp(f'exif:DateTimeOriginal="{year}-12-31T23:59:59{zone}"')


@pytest.mark.parametrize(
    ("time", "expected"),
    [("2026-11-23T15:00:00", "2026-11-23T15:00:00"), ("2026-11-23T15:00:01", None)],
)
def test_a_camera_may_be_a_day_ahead(
    monkeypatch: pytest.MonkeyPatch, time: str, expected: str | None
) -> None:
    now = datetime(2026, 11, 22, 15, tzinfo=UTC)
    monkeypatch.setattr("processor.imaging.capture_time.now", lambda: now)
    assert facts_in_xmp(f'exif:DateTimeOriginal="{time}"').get("TakenAt") == expected


def test_the_time_of_the_digitization_is_taken_instead() -> None:
    found = facts_with(details={36868: (ASCII, b"2026:11:22 15:00:00\0"), 36882: (ASCII, b"+01:00\0")})
    assert found == {"TakenAt": "2026-11-22T15:00:00+01:00"}


@pytest.mark.parametrize(
    ("make", "model", "expected"),
    [
        ("Canon", "Canon EOS R5", "Canon EOS R5"),
        ("NIKON CORPORATION", "NIKON D850", "NIKON D850"),
        ("EASTMAN KODAK COMPANY", "KODAK DX7630", "KODAK DX7630"),
        ("LG Electronics", "LG-H870", "LG-H870"),
        ("canon", "Canon", "Canon"),
        ("Apple", "iPhone 15", "Apple iPhone 15"),
        ("OLYMPUS IMAGING CORP.", "E-M1", "OLYMPUS E-M1"),
        ("Minolta Co., Ltd.", "DiMAGE 7", "Minolta DiMAGE 7"),
        ("Panasonic", "DMC-TZ7", "Panasonic DMC-TZ7"),
        ("Leica Camera AG", "M10", "Leica Camera M10"),
        ("", "EOS", "EOS"),
        ("Canon", "", "Canon"),
        ("Canon", "---", "Canon"),
        ("Ca\u202enon\u200b", "R\t5\n", "Canon R 5"),
        ("Canon\0garbage", "R5", "Canon R5"),
        ("x" * 101, "R5", "R5"),
        ("x" * 2_000, "R5", "R5"),
        ("Cafe\u0301", "R5", "Caf\u00e9 R5"),
        ("", "", None),
    ],
)
def test_the_name_of_the_camera(make: str, model: str, expected: str | None) -> None:
    found = facts_with({271: (ASCII, make.encode() + b"\0"), 272: (ASCII, model.encode() + b"\0")})
    assert found.get("Camera") == expected


@pytest.mark.parametrize(
    ("tag", "entry", "expected"),
    [
        (33434, (RATIONAL, (1, 250)), {"ExposureTime": 0.004}),
        (33434, (RATIONAL, (30, 1)), {"ExposureTime": 30.0}),
        (33434, (RATIONAL, (1, 0)), {}),
        (33434, (RATIONAL, (0, 0)), {}),
        (33434, (RATIONAL, (0, 1)), {}),
        (33434, (RATIONAL, (4294967295, 1)), {}),
        (33434, (SIGNED_RATIONAL, (-1, 250)), {}),
        (33434, (SIGNED_RATIONAL, (1, 250)), {"ExposureTime": 0.004}),
        (33434, (ASCII, b"1/250\0"), {}),
        (33437, (RATIONAL, (28, 10)), {"FNumber": 2.8}),
        (33437, (SHORT, (3,)), {}),
        (37386, (RATIONAL, (4294967295, 4294967295)), {"FocalLength": 1.0}),
        (34855, (SHORT, (100, 200)), {"Iso": 100}),
        (34855, (LONG, (102400,)), {"Iso": 102400}),
        (34855, (LONG, (4294967295,)), {}),
        (34855, (ASCII, b"100\0"), {}),
        (34855, (UNDEFINED, b"\x90\1\0\0"), {"Iso": 144}),  # bytes are whole numbers
        (42036, (ASCII, b"\xff\xfe\0"), {}),
        (42036, (ASCII, b"----\0"), {}),
        (42036, (SHORT, (1,)), {}),
        (42036, (UNDEFINED, b"EF50mm"), {"Lens": "EF50mm"}),
        (42036, (129, "Objektiv für Nähe\0".encode()), {"Lens": "Objektiv für Nähe"}),
    ],
)
def test_values_of_the_exposure_and_the_lens(tag: int, entry: Any, expected: dict[str, Any]) -> None:
    assert facts_with(details={tag: entry}) == expected


def test_an_iso_beyond_16_bits_is_in_another_tag() -> None:
    assert facts_with(details={34855: (SHORT, (65535,)), 34866: (LONG, (204800,))}) == {"Iso": 204800}


@pytest.mark.parametrize(("value", "expected"), [(1, 1), (8, 8), (0, None), (9, None), (65535, None)])
def test_the_orientation_as_found(value: int, expected: int | None) -> None:
    assert facts_with({274: (SHORT, (value,))}).get("Orientation") == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, FACTS["Location"]),
        ({1: (ASCII, b"S\0"), 3: (ASCII, b"E\0")}, {"Latitude": -51.5, "Longitude": 0.125, "Altitude": 12.5}),
        ({5: (1, b"\1")}, {"Latitude": 51.5, "Longitude": -0.125, "Altitude": -12.5}),
        ({6: (RATIONAL, (1, 0))}, {"Latitude": 51.5, "Longitude": -0.125}),
        ({2: (RATIONAL, (515, 10))}, FACTS["Location"]),
        ({2: (RATIONAL, (0, 1, 0, 1, 0, 1))}, {"Latitude": 0.0, "Longitude": -0.125, "Altitude": 12.5}),
        ({2: (RATIONAL, (91, 1, 0, 1, 0, 1))}, None),
        ({2: (RATIONAL, (51, 1, 30, 1, 0, 0))}, None),
        ({2: (RATIONAL, (0, 0, 0, 0, 0, 0))}, None),
        ({2: (RATIONAL, (1, 1) * 4)}, None),
        ({2: (RATIONAL, (1, 1) * 20)}, None),
        ({2: (ASCII, b"51.5\0")}, None),
        ({2: (SIGNED_RATIONAL, (-51, 1, 30, 1, 0, 1))}, None),
        ({4: (RATIONAL, (181, 1, 0, 1, 0, 1))}, None),
        ({1: (ASCII, b"\0")}, None),
        ({1: (ASCII, b"E\0")}, None),
        ({3: (SHORT, (87,))}, None),
    ],
)
def test_the_location(changed: dict[int, Any], expected: dict[str, float] | None) -> None:
    assert facts_with(gps={**GPS, **changed}).get("Location") == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (
            'exif:GPSLatitude="51,30,0N" exif:GPSLongitude="0,7,30.0W"',
            {"Latitude": 51.5, "Longitude": -0.125},
        ),
        ('exif:GPSLatitude="51,30N"', None),
        ('exif:GPSLatitude="51.5" exif:GPSLongitude="0.125"', None),
        ('exif:GPSLatitude="99,30N" exif:GPSLongitude="0,7.5W"', None),
        ('exif:GPSLatitude="51,30W" exif:GPSLongitude="0,7.5N"', None),
    ],
)
def test_the_location_in_an_xmp_packet(attributes: str, expected: dict[str, float] | None) -> None:
    assert facts_in_xmp(attributes).get("Location") == expected


@pytest.mark.parametrize(
    "attributes",
    [
        'exif:ExposureTime="1/0"',
        'exif:ExposureTime="0"',
        'exif:ExposureTime="nan"',
        'exif:FNumber="-2.8"',
        f'exif:FocalLength="{"9" * 400}"',
        'exif:ISOSpeedRatings=""',
        'exif:ISOSpeedRatings="1e5"',
        'tiff:Orientation="9"',
        f'tiff:Model="{"x" * 5_000}"',
        'tiff:Model="&#9;"',
    ],
)
def test_invalid_values_in_an_xmp_packet_are_left_out(attributes: str) -> None:
    assert facts_in_xmp(attributes) == {}


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WebP", "HEIC"])
@pytest.mark.parametrize("length", [0, 1, 4, 7, 8, 9, 20, 60, 100, 200])
def test_exif_data_may_be_cut_anywhere(format_name: str, length: int) -> None:
    cut = full_exif()[:length]
    found = facts_of(with_metadata(marked(), format_name, cut))
    assert found.items() <= {**FACTS, "Orientation": found.get("Orientation")}.items()


@pytest.mark.parametrize("damage", [b"XX*\0", b"\0\0\0\0", b"II*\0\xff\xff\xff\xff"])
def test_an_avif_with_damaged_exif_data_is_read(damage: bytes) -> None:
    data = with_metadata(marked(), "AVIF", full_exif())
    start = data.index(b"II*\0")
    prepared = prepare_image(data[:start] + damage + data[start + len(damage) :], Limits())
    assert (prepared.width, prepared.height) == (120, 200)  # the rotation isn't in the Exif data
    assert prepared.facts.exif == {}


def test_offsets_may_lead_anywhere() -> None:
    valid = bytearray(exif_data(MAIN, DETAILS, GPS))
    for place in range(4, len(valid) - 4):
        for value in (b"\xff\xff\xff\xff", b"\x08\0\0\0"):
            damaged = bytes(valid[:place] + value + valid[place + 4 :])
            data = with_metadata(marked((8, 8)), "JPEG", damaged)
            assert read_facts(open_image(data), data).keys() <= FACTS.keys()
