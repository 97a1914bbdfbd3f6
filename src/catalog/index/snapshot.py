"""The snapshot: the sums of an owner's older log entries, in a few compressed items.

`HEAD` describes it and the chunks hold the terms. Every new snapshot has a larger version, and is written in
one transaction, so chunks of another version mean that the reader has to start again. What it will have to
forget is in items of its own, by day (`EXPIRING`).
"""

from __future__ import annotations

import lzma
import zlib
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Any

from catalog.index.vocabulary import MonthTotals, Terms
from catalog.keys import DAY_SECONDS, expiring_partition, head_key, snapshot_partition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from catalog.table import Item

_MAX_CHUNK_BYTES = 350_000  # compressed; an item holds 400 KB
_CHUNK_BYTES = 300_000  # of each of several chunks, about
_CHUNK_PREFIX = "CHUNK#"
_PRESET = 0  # takes a tenth of the time of the default, and finds nearly as much in lines that are sorted
_XZ_MAGIC = b"\xfd7zXZ"  # of chunks; older ones are compressed with zlib, in three columns


@dataclass(frozen=True)
class Head:
    """What a snapshot includes: all days after `day`, and the log entries of these ids that still exist."""

    version: int = 0  # 0 if there is no snapshot
    day: int = 0
    chunks: int = 0
    size: int = 0  # bytes of the chunks
    merged: frozenset[str] = frozenset()
    months: Mapping[str, MonthTotals] = field(default_factory=dict)
    expires_at: int = 0

    def to_item(self, owner: str) -> dict[str, Any]:
        """Return the item."""
        return {
            **head_key(owner),
            "version": self.version,
            "day": self.day,
            "chunks": self.chunks,
            "size": self.size,
            "merged": sorted(self.merged),
            "months": {month: [each.images, each.billed_calls] for month, each in self.months.items()},
            "expiresAt": self.expires_at,
        }

    @classmethod
    def from_item(cls, item: Item | None, now: int) -> Head:
        """Return the head of an item; without one, that of no snapshot.

        One that has expired includes nothing: its chunks may be deleted before it.
        """
        if item is None:
            return cls()
        if item["expiresAt"] <= now:
            return cls(int(item["version"]), now // DAY_SECONDS, merged=frozenset(item["merged"]))
        return cls(
            version=int(item["version"]),
            day=int(item["day"]),
            chunks=int(item["chunks"]),
            size=int(item["size"]),
            merged=frozenset(item["merged"]),
            months={month: MonthTotals(*map(int, counts)) for month, counts in item["months"].items()},
            expires_at=int(item["expiresAt"]),
        )


def chunk_items(owner: str, terms: Terms, version: int, expires_at: int) -> list[dict[str, Any]]:
    """Return the items of the chunks."""
    return [
        {
            "pk": snapshot_partition(owner),
            "sk": f"{_CHUNK_PREFIX}{number:04}",
            "version": version,
            "data": data,
            "expiresAt": expires_at,
        }
        for number, data in enumerate(_pack(terms))
    ]


def read_chunks(items: Sequence[Item], head: Head) -> Terms | None:
    """Return the terms of a snapshot's chunks. Return None if some belong to another version."""
    chunks = [item for item in items if item["sk"].startswith(_CHUNK_PREFIX)][: head.chunks]
    if len(chunks) < head.chunks or any(int(chunk["version"]) != head.version for chunk in chunks):
        return None
    return _unpack(_bytes(chunk["data"]) for chunk in chunks)


def expiring_items(
    owner: str, days: Mapping[int, Terms], version: int, kept_seconds: int
) -> list[dict[str, Any]]:
    """Return the items of what a snapshot adds for each day, to be subtracted when the day has passed.

    They are kept for some time after that, because they are needed until the next snapshot.
    """
    return [
        {
            "pk": expiring_partition(owner),
            "sk": f"{_day(day)}#{version}#{number:04}",
            "data": data,
            "expiresAt": day * DAY_SECONDS + kept_seconds,
        }
        for day, terms in days.items()
        for number, data in enumerate(_pack(terms))
    ]


def days_between(after: int, until: int) -> tuple[str, str]:
    """Return the range of sort keys of the days after a day, until another one."""
    return _day(after + 1), f"{_day(until)}~"  # "~" is after "#"


def expired_terms(items: Iterable[Item]) -> Iterator[tuple[str, int]]:
    """Yield the keys and counts of items of passed days."""
    for item in items:
        terms = _unpack([_bytes(item["data"])])
        yield from zip(terms.keys, terms.counts, strict=True)


def _day(day: int) -> str:
    return f"{day:06}"


def _pack(terms: Terms) -> Iterator[bytes]:
    # Terms have no line breaks. A spelling is next to its key, because both have much in common.
    named = (f"{key}\n{spelling}" for key, spelling in zip(terms.keys, terms.spellings, strict=True))
    data = lzma.compress("\n".join((*named, *map(str, terms.counts))).encode(), preset=_PRESET)
    rows = len(terms.keys)
    if len(data) <= _MAX_CHUNK_BYTES or rows == 1:
        if rows:
            yield data
        return
    step = max(1, rows // ceil(len(data) / _CHUNK_BYTES))
    for start in range(0, rows, step):
        part = slice(start, start + step)
        yield from _pack(Terms(terms.keys[part], terms.spellings[part], terms.counts[part]))


def _unpack(chunks: Iterable[bytes]) -> Terms:
    keys: list[str] = []
    spellings: list[str] = []
    counts: list[int] = []
    for chunk in chunks:
        is_xz = chunk.startswith(_XZ_MAGIC)
        lines = (lzma.decompress if is_xz else zlib.decompress)(chunk).decode().split("\n")
        rows = len(lines) // 3
        keys += lines[: 2 * rows : 2] if is_xz else lines[:rows]
        spellings += lines[1 : 2 * rows : 2] if is_xz else lines[rows : 2 * rows]
        counts += map(int, lines[2 * rows :])
    return Terms(tuple(keys), tuple(spellings), tuple(counts))


def _bytes(data: Any) -> bytes:
    return bytes(getattr(data, "value", data))  # boto3 wraps binary values
