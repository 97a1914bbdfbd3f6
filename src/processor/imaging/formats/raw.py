"""Camera raw files in TIFF's structure, whose first image is only a small embedded preview."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from processor.imaging.formats.tiff_tags import Directory

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNATURE = rb".{8,24}(IIII.waR|MMMMRaw)"  # Phase One (IIQ) and Leaf, behind the TIFF header
_REDUCED = 1  # bit of NewSubfileType
_NEW_SUBFILE_TYPE, _COMPRESSION, _PHOTOMETRIC, _MAKE, _SUB_IFDS = 254, 259, 262, 271, 330
# The pattern of the color filters (TIFF/EP, ISO 12234-2), and the private tags of Leaf and Imacon
_RAW_TAGS = (33421, 33422, 34310, 46275)
_DNG_VERSION = 50706
_RAW_PHOTOMETRICS = frozenset((32803, 34892))  # color filter array, linear raw (DNG 1.7, chapter 4)
_RAW_COMPRESSIONS = frozenset((32767, 32769, 32770, 32772, 34713, 65000, 65535))  # Sony to Pentax
_MAX_DIRECTORIES = 16  # read in total; camera raw files have up to 5
_MAX_ENTRIES = 4096  # read of each but the first; camera raw files have up to 100


def find_raw_name(data: bytes, first: Directory) -> str | None:
    """Return the name of a camera raw format, or None for an ordinary TIFF.

    A camera's name alone proves nothing, nor do further images: pyramids and pages are ordinary.
    """
    if _DNG_VERSION in first:
        return "Camera raw (DNG)"
    if re.match(_SIGNATURE, data[:32], re.DOTALL):
        return "Camera raw"
    is_reduced = bool(first.integer(_NEW_SUBFILE_TYPE, 0) & _REDUCED)
    if is_reduced and first.integers(_SUB_IFDS) and first.content(_MAKE):
        return "Camera raw"
    return "Camera raw" if any(map(_is_raw, _walk(data, first))) else None


def _is_raw(directory: Directory) -> bool:
    return (
        directory.integer(_PHOTOMETRIC, 0) in _RAW_PHOTOMETRICS
        or directory.integer(_COMPRESSION, 0) in _RAW_COMPRESSIONS
        or any(tag in directory for tag in _RAW_TAGS)
    )


def _walk(data: bytes, first: Directory) -> Iterator[Directory]:
    """Yield the first IFDs of a file: pages and their SubIFDs (TIFF Tech Note 1), each once."""
    yield first
    seen = {first.start}
    waiting = _list_starts(first)
    while waiting and len(seen) < _MAX_DIRECTORIES:
        start = waiting.pop(0)
        if start in seen or not 0 < start < len(data):
            continue
        seen.add(start)
        directory = Directory(data, start, _MAX_ENTRIES)
        yield directory
        waiting += _list_starts(directory)


def _list_starts(directory: Directory) -> list[int]:
    return [*directory.integers(_SUB_IFDS)[:_MAX_DIRECTORIES], directory.next]
