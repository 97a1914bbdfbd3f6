"""Where a picture was taken: the GPS directory of the Exif data (Exif 3.0, 4.6.6), or XMP's properties."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from processor.imaging.formats.tiff_tags import Directory

_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE, _ALTITUDE_REF, _ALTITUDE = 1, 2, 3, 4, 5, 6
_DIGITS = 6  # of a degree: 0.1 m
_MAX_ALTITUDE = 100_000.0  # meters
# XMP's GPSCoordinate (ISO 16684-2, 7.3): `51,30.5N` or `51,30,30N`
_COORDINATE = re.compile(
    r"(\d{1,3}),(\d{1,2}(?:\.\d{1,12})?)(?:,(\d{1,2}(?:\.\d{1,12})?))?([NSEW])", re.ASCII
)
_FRACTION = re.compile(r"(\d{1,10})/(\d{1,10})", re.ASCII)


def read_location(gps: Directory) -> dict[str, Any] | None:
    """Return latitude and longitude in degrees, and the altitude in meters if known, or None."""
    return _make_location(
        _degrees(gps.rationals(_LATITUDE), _reference(gps, _LATITUDE_REF), "NS"),
        _degrees(gps.rationals(_LONGITUDE), _reference(gps, _LONGITUDE_REF), "EW"),
        next(iter(gps.rationals(_ALTITUDE)), None),
        # Exif 3.0 added 2 and 3: above and below the sea, instead of the ellipsoid.
        is_below=gps.integer(_ALTITUDE_REF, 0) in (1, 3),
    )


def read_xmp_location(properties: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the location that XMP's properties describe, as `read_location` does."""
    altitude = _FRACTION.fullmatch(properties.get("exif:GPSAltitude", ""))
    return _make_location(
        _parse_coordinate(properties.get("exif:GPSLatitude", ""), "NS"),
        _parse_coordinate(properties.get("exif:GPSLongitude", ""), "EW"),
        int(altitude[1]) / int(altitude[2]) if altitude and int(altitude[2]) else None,
        is_below=properties.get("exif:GPSAltitudeRef") in ("1", "3"),
    )


def _make_location(
    latitude: float | None, longitude: float | None, altitude: float | None, *, is_below: bool
) -> dict[str, Any] | None:
    if latitude is None or longitude is None:
        return None
    location = {"Latitude": latitude, "Longitude": longitude}
    if altitude is not None and 0 <= altitude <= _MAX_ALTITUDE:
        location["Altitude"] = round(-altitude if is_below else altitude, 3)
    return location


def _reference(gps: Directory, tag: int) -> str:
    return gps.content(tag)[:1].decode("latin-1").upper()


def _parse_coordinate(text: str, references: str) -> float | None:
    match = _COORDINATE.fullmatch(text.strip())
    if match is None:
        return None
    values = tuple(float(each) for each in match.groups()[:3] if each)
    return _degrees(values, match[4], references)


def _degrees(values: tuple[float, ...], reference: str, references: str) -> float | None:
    """Return degrees, minutes and seconds as degrees, negative in the south and west."""
    if not 1 <= len(values) <= 3 or not reference or reference not in references:
        return None
    degrees = sum(value / 60.0**power for power, value in enumerate(values))
    if any(value < 0 for value in values) or degrees > (90 if references == "NS" else 180):
        return None
    signed = -degrees if reference in "SW" else degrees
    return round(signed, _DIGITS) + 0.0  # not -0.0
