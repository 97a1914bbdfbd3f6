"""Facts in a file's metadata: when, with what and how the picture was taken (CIPA DC-008, Exif 3.0).

Metadata can say anything. A value that isn't valid is left out, and never fails the image.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from common.text import clean_line
from processor.imaging import capture_time, xmp
from processor.imaging.decode import DECODER_ERRORS
from processor.imaging.formats.tiff_tags import Directory
from processor.imaging.location import read_location, read_xmp_location
from processor.imaging.metadata import find_metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from processor.imaging.decode import OpenedImage
    from processor.imaging.metadata import Metadata

_MAKE, _MODEL, _ORIENTATION, _EXIF_IFD, _GPS_IFD = 271, 272, 274, 34665, 34853
_EXPOSURE_TIME, _F_NUMBER, _ISO, _RECOMMENDED_INDEX, _ISO_SPEED = 33434, 33437, 34855, 34866, 34867
_TAKEN, _DIGITIZED, _ZONE_TAKEN, _ZONE_DIGITIZED = 36867, 36868, 36881, 36882
_FRACTION_TAKEN, _FRACTION_DIGITIZED = 37521, 37522
_FOCAL_LENGTH, _LENS_MODEL = 37386, 42036
_ISO_OVERFLOW = 65_535  # a larger one is in other tags (Exif 3.0, 4.6.6.7.5)
_MAX_NAME = 100  # characters
_MAX_SECONDS, _MAX_F_NUMBER, _MAX_ISO, _MAX_MILLIMETERS = 86_400.0, 1_000.0, 100_000_000, 100_000.0
_COMPANY = re.compile(
    r"[ ,]+(?:(?:imaging|electric|optical)[ ,]+)?"
    r"(?:corporation|corp|company|co|inc|gmbh|ag)\b[ ,.]*(?:ltd\b\.?)?$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\W_]+")


def read_facts(opened: OpenedImage, data: bytes) -> dict[str, Any]:
    """Return the result's `Exif`: what the Exif data says, or else the XMP packet.

    Return nothing if the metadata is so damaged that it can't be read.
    """
    try:
        return _read(opened, data)
    except (MemoryError, *DECODER_ERRORS):
        return {}


def _read(opened: OpenedImage, data: bytes) -> dict[str, Any]:
    metadata = find_metadata(opened, data)
    properties = xmp.read_properties(metadata.xmp)
    found = _read_exif(metadata)
    others = _read_xmp(properties)
    merged = {**others, **{name: value for name, value in found.items() if value is not None}}
    taken_at = capture_time.join(found["TakenAt"], others["TakenAt"])
    facts = {
        "TakenAt": taken_at and capture_time.format_time(taken_at),
        "Camera": _name_camera(merged["Make"], merged["Model"]),
        **{name: value for name, value in merged.items() if name != "TakenAt"},
    }
    return {name: value for name, value in facts.items() if value is not None}


def _read_exif(metadata: Metadata) -> dict[str, Any]:
    main = metadata.exif or Directory(b"", 0)
    details, gps = (_open(metadata, main.integer(tag, 0)) for tag in (_EXIF_IFD, _GPS_IFD))
    return {
        "TakenAt": _read_time(details, _TAKEN, _FRACTION_TAKEN, _ZONE_TAKEN)
        or _read_time(details, _DIGITIZED, _FRACTION_DIGITIZED, _ZONE_DIGITIZED),
        "Make": _clean(_text(main, _MAKE)),
        "Model": _clean(_text(main, _MODEL)),
        "Lens": _clean(_text(details, _LENS_MODEL)),
        "ExposureTime": _number(details.rationals(_EXPOSURE_TIME), _MAX_SECONDS),
        "FNumber": _number(details.rationals(_F_NUMBER), _MAX_F_NUMBER),
        "Iso": _read_iso(details),
        "FocalLength": _number(details.rationals(_FOCAL_LENGTH), _MAX_MILLIMETERS),
        "Orientation": _whole(main.integers(_ORIENTATION), 8),
        "Location": read_location(gps),
    }


def _read_xmp(properties: dict[str, str]) -> dict[str, Any]:
    def first(parse: Callable[[str], Any], *names: str) -> Any:
        values = (parse(properties[name]) for name in names if name in properties)
        return next((value for value in values if value is not None), None)

    def number(limit: float) -> Callable[[str], float | None]:
        return lambda text: _number(xmp.parse_fraction(text), limit)

    def whole(limit: int) -> Callable[[str], int | None]:
        return lambda text: _whole([int(each) for each in xmp.parse_fraction(text)], limit)

    return {
        "TakenAt": first(
            capture_time.parse_xmp, "exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate"
        ),
        "Make": first(_clean, "tiff:Make"),
        "Model": first(_clean, "tiff:Model"),
        "Lens": first(_clean, "exifEX:LensModel", "aux:LensModel", "aux:Lens"),
        "ExposureTime": first(number(_MAX_SECONDS), "exif:ExposureTime"),
        "FNumber": first(number(_MAX_F_NUMBER), "exif:FNumber"),
        "Iso": first(whole(_MAX_ISO), "exifEX:PhotographicSensitivity", "exif:ISOSpeedRatings"),
        "FocalLength": first(number(_MAX_MILLIMETERS), "exif:FocalLength"),
        "Orientation": first(whole(8), "tiff:Orientation"),
        "Location": read_xmp_location(properties),
    }


def _open(metadata: Metadata, start: int) -> Directory:
    return Directory(metadata.exif_data if start else b"", start)


def _read_time(tags: Directory, time: int, fraction: int, zone: int) -> Any:
    return capture_time.parse_exif(_text(tags, time), _text(tags, fraction), _text(tags, zone))


def _read_iso(tags: Directory) -> int | None:
    iso = _whole(tags.integers(_ISO), _MAX_ISO)
    if iso is not None and iso < _ISO_OVERFLOW:
        return iso
    larger = (_whole(tags.integers(tag), _MAX_ISO) for tag in (_RECOMMENDED_INDEX, _ISO_SPEED))
    return next((value for value in larger if value), iso)


def _text(tags: Directory, tag: int) -> str:
    """Return a text up to its terminator, "" unless it is UTF-8, which includes ASCII."""
    with suppress(UnicodeDecodeError):
        return tags.content(tag).partition(b"\0")[0].decode()
    return ""


def _clean(text: str) -> str | None:
    """Return a name as it can be shown, or None if it is too long, or nothing but punctuation."""
    if len(text) > xmp.MAX_TEXT:
        return None
    name = clean_line(text)
    return name if len(name) <= _MAX_NAME and any(each.isalnum() for each in name) else None


def _name_camera(make: str | None, model: str | None) -> str | None:
    """Join make and model, without the make if the model begins with one of its words."""
    if not make or not model:
        return model or make
    first, makes = _WORD.split(model.casefold())[0], _WORD.split(make.casefold())
    if (first and first in makes) or model.casefold().startswith(make.casefold()):
        return model
    return f"{_COMPANY.sub('', make)} {model}"


def _number(values: Iterable[float], limit: float) -> float | None:
    value = next(iter(values), 0.0)
    return float(f"{value:.6g}") if 0 < value <= limit else None


def _whole(values: Iterable[int], limit: int) -> int | None:
    value = next(iter(values), 0)
    return value if 0 < value <= limit else None
