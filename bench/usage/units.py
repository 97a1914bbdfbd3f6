"""DynamoDB's request units, computed from the items themselves.

Sources: "DynamoDB item sizes and formats", "DynamoDB read and write operations" and "Using Global Secondary
Indexes" in the Amazon DynamoDB Developer Guide. Items are in DynamoDB's JSON, such as {"pk": {"S": "…"}}.

A transaction takes two units for each one of a single write, a check of a condition as much as a write, also
if it is canceled. A write of an index takes one unit for each KB, whether or not it is due to a transaction:
the guide doesn't say that it doubles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Item = dict[str, Any]

_WRITE_BYTES, _READ_BYTES = 1024, 4096  # of a unit
_TRANSACTION_FACTOR = 2
_NESTED_BYTES, _ELEMENT_BYTES = 3, 1  # of a list or map, and of each of its elements


@dataclass(frozen=True)
class Units:
    """Request units."""

    write: float = 0.0
    read: float = 0.0

    def __add__(self, other: Units) -> Units:
        return Units(self.write + other.write, self.read + other.read)


@dataclass(frozen=True)
class Write:
    """An item that a request writes, before and after it; the same for a check of a condition."""

    key: Item
    before: Item | None
    after: Item | None


@dataclass(frozen=True)
class Index:
    """A global secondary index with the projection KEYS_ONLY."""

    own_keys: tuple[str, ...]
    table_keys: tuple[str, ...]

    def entry(self, item: Item | None) -> Item | None:
        """Return the entry of an item, or None if it has none, because a key is missing."""
        if item is None or not all(name in item for name in self.own_keys):
            return None
        return {name: item[name] for name in (*self.own_keys, *self.table_keys)}


def item_bytes(item: Mapping[str, Any]) -> int:
    """Return the size of an item: the names of its attributes in UTF-8, and their values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def write_units(
    writes: Sequence[Write], indexes: Iterable[Index] = (), *, transaction: bool = False
) -> Units:
    """Return the units of a request that writes items: the larger of old and new size counts."""
    factor = _TRANSACTION_FACTOR if transaction else 1
    own = sum(factor * _units(_larger_bytes(write), _WRITE_BYTES) for write in writes)
    return Units(write=own + sum(_index_units(index, write) for index in indexes for write in writes))


def get_units(items: Iterable[Item | None], *, consistent: bool) -> Units:
    """Return the units of GetItem or BatchGetItem: each item is rounded up; a missing one takes a unit."""
    return Units(read=sum(_read_units(item_bytes(item) if item else 0, consistent) for item in items))


def query_units(items: Iterable[Item], *, consistent: bool) -> Units:
    """Return the units of a query: all items together are rounded up; none take a unit."""
    return Units(read=_read_units(sum(item_bytes(item) for item in items), consistent))


def _read_units(size: int, consistent: bool) -> float:
    return _units(size, _READ_BYTES) * (1.0 if consistent else 0.5)


def _units(size: int, unit: int) -> int:
    return max(1, math.ceil(size / unit))


def _larger_bytes(write: Write) -> int:
    return max(item_bytes(write.before or write.key), item_bytes(write.after or write.key))


def _index_units(index: Index, write: Write) -> int:
    """Return the units of an index: none if its entry stays the same, two writes if its key changes."""
    old, new = index.entry(write.before), index.entry(write.after)
    if old == new:
        return 0
    return sum(_units(item_bytes(entry), _WRITE_BYTES) for entry in (old, new) if entry)


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _number_bytes(content)
        case "B":
            is_base64 = isinstance(content, str)  # moto has the bytes themselves
            return len(content) * 3 // 4 if is_base64 else len(content)
        case "BOOL" | "NULL":
            return 1
        case "SS":
            return sum(len(text.encode()) for text in content)
        case "NS":
            return sum(_number_bytes(number) for number in content)
        case "L":
            return _NESTED_BYTES + sum(_ELEMENT_BYTES + _value_bytes(element) for element in content)
        case "M":
            return _NESTED_BYTES + len(content) * _ELEMENT_BYTES + item_bytes(content)
    raise ValueError(f"The size of {kind} isn't known.")


def _number_bytes(text: str) -> int:
    """Return the size of a number: a byte for two significant digits, and one more; another if negative."""
    number = Decimal(text)
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    return math.ceil(len(digits) / 2) + 1 + (number < 0)
