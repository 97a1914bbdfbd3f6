"""HEVC data in a HEIF item: a sequence of units, each after its length (ISO/IEC 14496-15, 8.3)."""

from __future__ import annotations

_LENGTH_BYTES = 4  # the only size that libheif reads
_FORBIDDEN = (b"\0\0\0", b"\0\0\1", b"\0\0\2")  # in a unit (ITU-T H.265, 7.4.2.1): an encoder inserts a 3


def is_intact(data: bytes) -> bool:
    """Return whether the units fill the data and contain no run of zeros.

    A decoder conceals an area that was overwritten with zeros, as happens when a copy is interrupted.
    """
    start = 0
    while start < len(data):
        end = start + _LENGTH_BYTES + int.from_bytes(data[start : start + _LENGTH_BYTES], "big")
        first = start + _LENGTH_BYTES
        if not first < end <= len(data) or any(data.find(run, first, end) >= 0 for run in _FORBIDDEN):
            return False
        start = end
    return bool(data)
