"""TIFF tags: reads a directory of classic TIFF or BigTIFF, whatever its counts and offsets claim."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_INTEGERS = {1: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_BYTES, _TEXT, _LONG, _RATIONAL, _UNDEFINED, _SIGNED_RATIONAL = 1, 2, 4, 5, 7, 10
_UTF8 = 129  # of Exif 3.0 (4.6.2)
_MAX_ENTRIES = 0xFFFF  # libtiff's limit for BigTIFF; classic TIFF can't have more
_MAX_RATIONALS = 16  # of one tag; a coordinate has 3
_MAX_VALUES = 1 << 20  # of one tag; more than the tiles of the largest image


@dataclass(frozen=True)
class _Entry:
    type: int
    count: int
    start: int  # of the values in the file
    stored: bytes  # the entry itself


class Directory:
    """An image file directory (IFD; TIFF 6.0, section 2): the tags that describe one image."""

    def __init__(self, data: bytes, start: int, max_entries: int = _MAX_ENTRIES) -> None:
        """Read an IFD's first entries. Those behind the end of the file are left out."""
        self.start = start
        self.next = 0  # start of the next IFD, 0 for none
        self._data = data
        self._order, is_big = _read_header(data)
        self._count_layout = self._order + ("Q" if is_big else "H")
        self._offset_layout = self._order + ("Q" if is_big else "I")
        self._entry_layout = struct.Struct(self._order + ("HHQ" if is_big else "HHI"))
        self._entries: dict[int, _Entry] = {}
        try:
            self._read_entries(max_entries)
        except struct.error:
            return  # the directory is cut off

    def __contains__(self, tag: int) -> bool:
        return tag in self._entries

    def integers(self, tag: int) -> tuple[int, ...]:
        """Return a tag's values; empty if it is missing, outside the file or not of an integer type."""
        entry = self._entries.get(tag)
        if entry is None or entry.type not in _INTEGERS or entry.count > _MAX_VALUES:
            return ()
        try:
            return struct.unpack_from(
                f"{self._order}{entry.count}{_INTEGERS[entry.type]}", self._data, entry.start
            )
        except struct.error:
            return ()

    def integer(self, tag: int, default: int) -> int:
        """Return a tag's first value."""
        return next(iter(self.integers(tag)), default)

    def content(self, tag: int) -> bytes:
        """Return a tag of bytes or text as it is stored, empty if it is missing."""
        entry = self._entries.get(tag)
        if entry is None or entry.type not in (_BYTES, _TEXT, _UNDEFINED, _UTF8):
            return b""
        return self._data[entry.start : entry.start + entry.count]

    def rationals(self, tag: int) -> tuple[float, ...]:
        """Return a tag's fractions; empty if one of them is 0/0 or n/0, or as for `integers`."""
        entry = self._entries.get(tag)
        if entry is None or entry.type not in (_RATIONAL, _SIGNED_RATIONAL) or entry.count > _MAX_RATIONALS:
            return ()
        layout = f"{self._order}{2 * entry.count}{'I' if entry.type == _RATIONAL else 'i'}"
        try:
            numbers = struct.unpack_from(layout, self._data, entry.start)
            return tuple(above / below for above, below in zip(numbers[::2], numbers[1::2], strict=True))
        except (struct.error, ZeroDivisionError):
            return ()

    def replace(self, tag: int, values: Sequence[int]) -> tuple[bytes, int]:
        """Return a file whose first IFD is this one with other values of a tag, and where that IFD starts.

        The copy and the values follow the rest of the file.
        """
        packed = struct.pack(f"{self._order}{len(values)}I", *values)
        offset_size = struct.calcsize(self._offset_layout)
        start = len(self._data) + len(packed)
        place = packed if len(packed) <= offset_size else struct.pack(self._offset_layout, len(self._data))
        stored = {name: entry.stored for name, entry in self._entries.items()}
        stored[tag] = self._entry_layout.pack(tag, _LONG, len(values)) + place.ljust(offset_size, b"\0")
        entries = b"".join(stored[name] for name in sorted(stored))
        copy = struct.pack(self._count_layout, len(stored)) + entries + bytes(offset_size)
        header = self._data[:offset_size] + struct.pack(self._offset_layout, start)
        return header + self._data[len(header) :] + packed + copy, start

    def _read_entries(self, max_entries: int) -> None:
        offset_size = struct.calcsize(self._offset_layout)
        entry_size = self._entry_layout.size + offset_size
        (count,) = struct.unpack_from(self._count_layout, self._data, self.start)
        position = self.start + struct.calcsize(self._count_layout)
        end = position + min(count, _MAX_ENTRIES) * entry_size
        last = position + min(count, max_entries) * entry_size
        while position < last:
            tag, type_, values = self._entry_layout.unpack_from(self._data, position)
            start = position + self._entry_layout.size
            if values * _size_of(type_) > offset_size:
                (start,) = struct.unpack_from(self._offset_layout, self._data, start)
            entry = _Entry(type_, values, start, self._data[position : position + entry_size])
            self._entries.setdefault(tag, entry)  # libtiff takes the first one too
            position += entry_size
        (self.next,) = struct.unpack_from(self._offset_layout, self._data, end)


def _size_of(type_: int) -> int:
    return 8 if type_ in (_RATIONAL, _SIGNED_RATIONAL) else struct.calcsize(_INTEGERS.get(type_, "B"))


def read_first_directory(data: bytes) -> Directory:
    """Return the IFD of a TIFF's first image. Raises struct.error if the header is cut off."""
    order, is_big = _read_header(data)
    (start,) = struct.unpack_from(order + ("Q" if is_big else "I"), data, 8 if is_big else 4)
    return Directory(data, start)


def _read_header(data: bytes) -> tuple[str, bool]:
    """Return the byte order for the module struct, and whether this is a BigTIFF."""
    return "<" if data[:2] == b"II" else ">", 43 in data[2:4]
