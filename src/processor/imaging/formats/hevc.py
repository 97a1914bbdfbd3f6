"""HEVC data in a HEIF item: a sequence of units, each after its length (ISO/IEC 14496-15, 8.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH_BYTES = 4  # the only size that libheif reads
_HEADER_BYTES = 2  # type, layer and temporal sublayer (ITU-T H.265, 7.3.1.2)
_FORBIDDEN = (b"\0\0\0", b"\0\0\1", b"\0\0\2")  # in a unit (ITU-T H.265, 7.4.2.1): an encoder inserts a 3


def is_intact(data: bytes) -> bool:
    """Return whether the units fill the data and contain no run of zeros.

    A decoder conceals an area that was overwritten with zeros, as happens when a copy is interrupted.
    """
    return bool(data) and all(
        first < end <= len(data) and not any(data.find(run, first, end) >= 0 for run in _FORBIDDEN)
        for first, end in _walk_units(data)
    )


def has_layers(data: bytes) -> bool:
    """Return whether intact data has units of more layers than the base layer, by nuh_layer_id."""
    return is_intact(data) and any(
        end - first >= _HEADER_BYTES and int.from_bytes(data[first : first + _HEADER_BYTES], "big") >> 3 & 63
        for first, end in _walk_units(data)
    )


def _walk_units(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each unit. The end of the last one may be outside the data."""
    start = 0
    while start < len(data):
        first = start + _LENGTH_BYTES
        start = first + int.from_bytes(data[start:first], "big")
        yield first, start
