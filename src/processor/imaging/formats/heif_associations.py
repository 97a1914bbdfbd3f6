"""Associations of items with their properties in HEIF (ISO/IEC 23008-12, 9.3)."""

from __future__ import annotations

import struct
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_Box = tuple[bytes, int, int]  # its kind, where it starts, and where it ends

_HEADER_BYTES, _FULL_HEADER_BYTES = 8, 12
_MAX_PARTS = 65_535  # boxes or entries; a file with more is left as it is, and libheif rejects it


def merge_associations(data: bytes) -> bytes:
    """Return a file of the same length with one `ipma` box per version and flags, as the standard demands.

    Some programs write one per item. Chromium and libheif read that, Pillow's decoder rejects it. Only the
    first `meta` box and its first `iprp` box count. Raises an error if the boxes are damaged.
    """
    _, start, end = _find(data, b"meta", 0, len(data))
    _, start, end = _find(data, b"iprp", start + _FULL_HEADER_BYTES, end)
    boxes = list(islice(_walk(data, start + _HEADER_BYTES, end), _MAX_PARTS))
    starts = [first for kind, first, _ in boxes if kind == b"ipma"]
    is_merged = len({data[first + 8 : first + 12] for first in starts}) == len(starts)
    if is_merged or len(boxes) == _MAX_PARTS or _count_entries(data, starts) > _MAX_PARTS:
        return data
    merged = _merge(data, boxes)
    spare = end - start - _HEADER_BYTES - len(merged)  # at least the header of a box
    # A `free` box takes it, so that everything else keeps its place.
    return b"".join((data[:start], _box(b"iprp", merged), _box(b"free", bytes(spare - 8)), data[end:]))


def _merge(data: bytes, boxes: list[_Box]) -> bytes:
    """Merge the boxes in an `iprp` box."""
    entries: dict[bytes, dict[int, bytes]] = {}
    parts = []
    for kind, start, end in boxes:
        if kind == b"ipma":
            entries.setdefault(data[start + 8 : start + 12], {}).update(_read_entries(data[start:end]))
        else:
            parts.append(data[start:end])
    parts += [_write_associations(version, each) for version, each in entries.items()]
    return b"".join(parts)


def _count_entries(data: bytes, starts: list[int]) -> int:
    return sum(int.from_bytes(data[start + 12 : start + 16], "big") for start in starts)


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


def _find(data: bytes, kind: bytes, start: int, end: int) -> _Box:
    """Return the first box of a kind, or an empty one at the end."""
    return next((each for each in _walk(data, start, end) if each[0] == kind), (kind, end, end))


def _walk(data: bytes, start: int, end: int) -> Iterator[_Box]:
    """Yield the kind, the start and the end of each box, up to one of 0 bytes or with a 64-bit size."""
    while start + _HEADER_BYTES <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < _HEADER_BYTES or start + size > end:
            return
        yield kind, start, start + size
        start += size
