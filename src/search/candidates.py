"""Candidates: entries of the index among which all matches of a query are, in the order of its pages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from common.time import format_rfc3339
from search.plan import PENDING
from search.postings import Postings, Union, common_entries, read_heads

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from catalog.index.entries import Entry, Order
    from catalog.index.vocabulary import Vocabulary
    from catalog.records import ImageRecord
    from search.matching import TimeRange
    from search.plan import Lists
    from search.postings import Budget

    Found = Iterator[tuple[Entry, str | None]]  # entries, each with the key of its list

ORDERS: tuple[Order, ...] = ("added", "taken")
MAX_IN_TIME = 5_000  # entries of a range of times that one page sorts by the time added
_MIN_PART = 16  # entries that a read unit pays for
_FIRST_PART = 250  # entries of a range of times; each further part is twice as long
_SORTED_PART = 4_000  # entries of about 1 MB, the maximum of one call
_THREADS = 16  # as many as the catalog has connections


class Index(Protocol):
    """What a search needs of the catalog's index."""

    def vocabulary(self, owner: str) -> Vocabulary:
        """Return an owner's terms with their counts."""

    def entries(
        self, owner: str, term_key: str | None, *, order: Order, before: str | None, limit: int
    ) -> tuple[list[Entry], bool]:
        """Return entries below a position, newest first, and whether there may be more."""

    def records(self, owner: str, ids: Collection[str]) -> dict[str, ImageRecord]:
        """Return the active records of image ids."""

    def drop_stale(
        self, owner: str, term_key: str | None, entries: Iterable[Entry], records: Mapping[str, ImageRecord]
    ) -> None:
        """Delete the entries of a list whose record is gone or has moved."""


@dataclass(frozen=True)
class Candidates:
    """Finds candidates below the position `before`, in an order, of a query with a range of times."""

    index: Index
    owner: str
    times: TimeRange
    order: Order
    before: str | None
    budget: Budget

    def in_lists(self, lists: tuple[Lists, ...], limit: int) -> Found:
        """Yield the entries that all lists have in common, last added first."""
        widest = max(len(each.keys) for each in lists)
        part = max(_MIN_PART, (limit + 1) // widest + 1)
        groups = [[self._postings(key, part) for key in each.keys] for each in lists]
        read_heads([postings for group in groups for postings in group])
        common = common_entries([Union(group) for group in groups], self.budget)
        return ((entry, key) for entry, key in common if self.budget.is_spent or self._is_in_time(entry))

    def in_sorted_lists(self, lists: tuple[Lists, ...], max_entries: int) -> Found | None:
        """Yield the entries that all lists have in common, last taken first.

        Return None if the lists have more than `max_entries` together.
        """
        keys = [key for each in lists for key in each.keys]
        with ThreadPoolExecutor(_THREADS) as executor:
            parts = executor.map(self._read_all, keys, [max_entries] * len(keys))
            read = dict(zip(keys, parts, strict=True))
        if sum(map(len, read.values())) > max_entries:
            return None
        groups = [
            {entry.position: (entry, key) for key in each.keys for entry in read[key]} for each in lists
        ]
        return self._sorted(
            found
            for position, found in groups[0].items()
            if all(position in group for group in groups[1:]) and self._is_in_time(found[0])
        )

    def in_time(self) -> Found | None:
        """Yield the entries in the range of times, last added first. Return None if there are many.

        An image that isn't in the list by the time taken has none, so the time of its upload counts.
        """
        found: dict[str, Entry] = {}
        for order in ORDERS:
            entries = self._read_range(order)
            if entries is None:
                return None
            found |= {entry.added: replace(entry, position=entry.added) for entry in entries}
        return self._sorted((entry, None) for entry in found.values())

    def pending(self, since: datetime, limit: int) -> Found:
        """Yield entries among which all pending images are, last added first.

        They were added since a time, or are recognized again, which makes their status a term.
        """
        start = format_rfc3339(since)

        def read_recent(key: str | None, before: str | None, limit: int) -> tuple[list[Entry], bool]:
            entries, has_more = self._read(key, before, limit)
            recent = [entry for entry in entries if entry.position >= start]
            return recent, has_more and len(recent) == len(entries)

        recent = Postings(read_recent, None, before=self.before, first_part=limit + 1, budget=self.budget)
        again = self._postings(PENDING.term.key, limit + 1)
        read_heads([recent, again])
        return common_entries([Union([recent, again])], self.budget)

    def of_all(self, limit: int) -> Found:
        """Yield the entries of all images, or in the order `taken`, of those that are in the index."""
        range_ = _Range.of(self.times)
        is_by_time = self.order == "taken"
        before = _lower(self.before, range_.end) if is_by_time else self.before
        postings = Postings(self._read, None, before=before, first_part=limit + 1, budget=self.budget)
        for entry, key in common_entries([Union([postings])], self.budget):
            if is_by_time and entry.position < range_.start:
                return
            yield entry, key

    def position(self, entry: Entry) -> str:
        """Return an entry's position in the order of the pages."""
        return entry.added if self.order == "added" else entry.taken or entry.added

    def _sorted(self, found: Iterable[tuple[Entry, str | None]]) -> Found:
        ordered = sorted(found, key=lambda each: self.position(each[0]), reverse=True)
        return (each for each in ordered if self.before is None or self.position(each[0]) < self.before)

    def _postings(self, key: str, part: int) -> Postings:
        return Postings(self._read, key, before=self.before, first_part=part, budget=self.budget)

    def _read(self, key: str | None, before: str | None, limit: int) -> tuple[list[Entry], bool]:
        order = self.order if key is None else "added"  # the only order of a term's list
        return self.index.entries(self.owner, key, order=order, before=before, limit=limit)

    def _read_all(self, key: str, max_entries: int) -> list[Entry]:
        """Read a list, but stop after `max_entries` and one more."""
        found: list[Entry] = []
        before, has_more = None, True
        while has_more and len(found) <= max_entries:
            limit = min(_SORTED_PART, max_entries + 1 - len(found))
            entries, has_more = self._read(key, before, limit)
            has_more = has_more and bool(entries)
            found += entries
            before = entries[-1].position if entries else None
        return found

    def _read_range(self, order: Order) -> list[Entry] | None:
        """Read the part of a list of all images in the range of times. Return None if it is long."""
        range_ = _Range.of(self.times)
        found: list[Entry] = []
        before, has_more, part = range_.end, True, _FIRST_PART
        while has_more and len(found) <= MAX_IN_TIME:
            limit, part = min(part, MAX_IN_TIME + 1 - len(found)), 2 * part
            entries, has_more = self.index.entries(self.owner, None, order=order, before=before, limit=limit)
            found += [entry for entry in entries if entry.position >= range_.start]
            has_more = has_more and bool(entries) and entries[-1].position >= range_.start
            before = entries[-1].position if entries else before
        return found if len(found) <= MAX_IN_TIME else None

    def _is_in_time(self, entry: Entry) -> bool:
        range_ = _Range.of(self.times)
        return entry.taken is None or range_.start <= entry.taken < range_.end


@dataclass(frozen=True)
class _Range:
    """A range of times as positions: from `start` until just before `end`."""

    start: str
    end: str

    @classmethod
    def of(cls, times: TimeRange) -> _Range:
        """Return the positions; "~" is after each of them."""
        start = format_rfc3339(times.start) if times.start else ""
        return cls(start, format_rfc3339(times.end) if times.end else "~")


def _lower(first: str | None, second: str) -> str:
    return second if first is None else min(first, second)
