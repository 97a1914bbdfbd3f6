"""Associations of items with their properties in HEIF (ISO/IEC 23008-12, 9.3)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER_BYTES, _FULL_HEADER_BYTES = 8, 12


def merge_associations(data: bytes) -> bytes:
    """Return a file of the same length with one `ipma` box per version and flags, as the standard demands.

    Some programs write one per item. Chromium and libheif read that, Pillow's decoder rejects it. Raises
    struct.error or ValueError if the boxes are damaged.
    """
    for start, end in _find(data, b"meta", 0, len(data)):
        for first, last in _find(data, b"iprp", start + _FULL_HEADER_BYTES, end):
            merged = _merge(data[first + _HEADER_BYTES : last])
            spare = last - first - _HEADER_BYTES - len(merged)
            if spare >= _HEADER_BYTES:  # which a `free` box takes, so that everything else keeps its place
                data = data[:first] + _box(b"iprp", merged) + _box(b"free", bytes(spare - 8)) + data[last:]
    return data


def _merge(content: bytes) -> bytes:
    """Merge the boxes in an `iprp` box."""
    entries: dict[bytes, dict[int, bytes]] = {}
    others = b""
    for kind, start, end in _walk(content, 0, len(content)):
        if kind == b"ipma":
            version_and_flags = content[start + 8 : start + 12]
            entries.setdefault(version_and_flags, {}).update(_read_entries(content[start:end]))
        else:
            others += content[start:end]
    return others + b"".join(_write_associations(version, each) for version, each in entries.items())


def _read_entries(box: bytes) -> dict[int, bytes]:
    """Return the entries of an `ipma` box by the number of their item."""
    id_bytes = 2 if box[8] == 0 else 4
    index_bytes = 2 if box[11] & 1 else 1
    (count,) = struct.unpack_from(">I", box, 12)
    entries, start = {}, 16
    for _ in range(count):
        end = start + id_bytes + 1 + box[start + id_bytes] * index_bytes
        if end > len(box):
            raise ValueError("an entry ends outside its box")
        entries[int.from_bytes(box[start : start + id_bytes], "big")] = box[start:end]
        start = end
    return entries


def _write_associations(version_and_flags: bytes, entries: dict[int, bytes]) -> bytes:
    ordered = b"".join(entries[item] for item in sorted(entries))
    return _box(b"ipma", version_and_flags + struct.pack(">I", len(entries)) + ordered)


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", _HEADER_BYTES + len(body), kind) + body


def _find(data: bytes, kind: bytes, start: int, end: int) -> list[tuple[int, int]]:
    return [(first, last) for each, first, last in _walk(data, start, end) if each == kind]


def _walk(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind, the start and the end of each box, up to one of 0 bytes or with a 64-bit size."""
    while start + _HEADER_BYTES <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < _HEADER_BYTES or start + size > end:
            return
        yield kind, start, start + size
        start += size
