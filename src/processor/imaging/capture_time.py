"""When a picture was taken: the local time, and its offset from UTC if that is known."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from common.time import now

# Exif has `2026:11:22 15:00:00`; programs also write the separators of other formats, and the zone.
_EXIF = re.compile(
    r"(\d{4})[:\-/.](\d\d)[:\-/.](\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
# ISO 8601 as in XMP (ISO 16684-1, 8.2.1.2), where everything but the year is optional.
_XMP = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)", re.ASCII)
_MAX_AHEAD = timedelta(days=1)  # of now: more than the clock of a camera in any zone, if it is set right
_MAX_OFFSET = timedelta(hours=14)  # of any zone, also in history (IANA has 15:13:42 at most, for 1867)


def parse_exif(text: str, fraction: str = "", zone: str = "") -> datetime | None:
    """Return the time of Exif's tags of date, fraction of a second and zone.

    Return None if it isn't valid, or is later than a day from now.

    Without a valid zone, the time has none.
    """
    match = _EXIF.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, own_fraction, own_zone = match.groups()
    digits = fraction.strip() or own_fraction
    return _make_time((year, month, day, hour, minute, second or "0"), digits, own_zone or zone.strip())


def parse_xmp(text: str) -> datetime | None:
    """Return the time of an XMP date; what it leaves out is the first. Return None as `parse_exif` does."""
    match = _XMP.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    parts = (year, month or "1", day or "1", hour or "0", minute or "0", second or "0")
    return _make_time(parts, fraction, zone)


def join(exif: datetime | None, xmp: datetime | None) -> datetime | None:
    """Return the time in the Exif data, or else in the XMP packet, with the zone of either."""
    if exif is None:
        return xmp
    if exif.tzinfo is None and xmp is not None and xmp.tzinfo is not None:
        wall_times = (time.replace(tzinfo=None, microsecond=0) for time in (exif, xmp))
        return exif.replace(tzinfo=xmp.tzinfo) if len(set(wall_times)) == 1 else exif
    return exif


def format_time(time: datetime) -> str:
    """Format a time as `2026-11-22T15:00:00+01:00`, with milliseconds if there are any."""
    return time.isoformat(timespec="milliseconds" if time.microsecond else "seconds")


def _make_time(parts: tuple[str, ...], fraction: str | None, zone: str | None) -> datetime | None:
    year, month, day, hour, minute, second = map(int, parts)
    digits = fraction if fraction and fraction.isascii() and fraction.isdigit() else "0"
    milliseconds = int(digits[:3].ljust(3, "0"))
    try:
        time = datetime(year, month, day, hour, minute, second, milliseconds * 1000)  # noqa: DTZ001
    except ValueError:
        return None
    time = time.replace(tzinfo=_parse_zone(zone or ""))
    return time if _is_plausible(time) else None


def _is_plausible(time: datetime) -> bool:
    """Return whether a time isn't in the future, nor before year 1 in UTC. Without a zone, it is in UTC."""
    try:
        in_utc = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except OverflowError:  # in the first or the last hours of the calendar
        return False
    return in_utc <= now() + _MAX_AHEAD


def _parse_zone(text: str) -> timezone | None:
    if text == "Z":
        return UTC
    match = _ZONE.fullmatch(text)
    if match is None or int(match[3]) >= 60:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if offset > _MAX_OFFSET:
        return None
    return timezone(-offset if match[1] == "-" else offset)
