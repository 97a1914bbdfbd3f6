"""Pages of the images that match a query."""

from __future__ import annotations

import math
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Protocol

from catalog.index.entries import is_current
from common.time import format_rfc3339
from search.plan import choose_lists
from search.postings import Budget, Postings, Union, common_entries, read_heads

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from catalog.index.entries import Entry, Order
    from catalog.index.vocabulary import Vocabulary
    from catalog.records import ImageRecord
    from search.matching import Query, TimeRange
    from search.plan import Lists

    Found = Iterator[tuple[Entry, str | None]]  # entries in the order of the page, with the key of their list

MAX_ENTRIES = 10_000  # that one page reads, and
MAX_RECORDS = 1_000  # records; then it stays short, and the next one continues
MAX_SORTED = 20_000  # entries that one page sorts by the time taken
_BATCH = 100  # records of one call
_MIN_PART = 16  # entries that a read unit pays for
_SORTED_PART = 4_000  # entries of about 1 MB, the maximum of one call
_THREADS = 16


class Index(Protocol):
    """What a search needs of the catalog."""

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
class Page:
    """Records in the order asked for, and the position after which the next page starts; None at the end."""

    records: tuple[ImageRecord, ...]
    position: str | None


def find(
    index: Index, owner: str, query: Query, *, order: Order = "added", limit: int, before: str | None = None
) -> Page:
    """Return a page of an owner's images that match a query and come after position `before`, newest first.

    By the time they were added, or taken; the latter lists only images that are in the index. A page can be
    short, or empty, although there are more.
    """
    budget = Budget(MAX_ENTRIES)
    lists = choose_lists(query, lambda: index.vocabulary(owner), needs_count=order == "taken")
    if lists is None:
        return Page((), None)
    search = _Search(index, owner, query, order, before, budget)
    if order == "taken" and lists and lists[0].count <= MAX_SORTED:
        return search.page(search.sorted_entries(_first(lists, MAX_SORTED)), limit)
    if order == "taken" or not lists:
        return search.page(search.all_entries(limit), limit)
    return search.page(search.entries_of(lists, limit), limit)


@dataclass(frozen=True)
class _Search:
    index: Index
    owner: str
    query: Query
    order: Order
    before: str | None
    budget: Budget

    def page(self, found: Found, limit: int) -> Page:
        """Return the first matches of entries, read in batches."""
        records: list[ImageRecord] = []
        position, checked = self.before, 0
        while checked < MAX_RECORDS:
            # One more than shown: only that tells whether there is another page.
            missing = limit + 1 - len(records)
            size = min(_BATCH, math.ceil(missing * max(1, checked) / max(1, len(records))))
            batch = list(islice(found, size))
            for entry, record in self._current(batch):
                if record and self._matches(record):
                    if len(records) == limit:
                        return Page(tuple(records), position)
                    records.append(record)
                position = self._position(entry)
            if len(batch) < size:
                return Page(tuple(records), position if self.budget.is_spent else None)
            if len(records) == limit and next(found, None) is None and not self.budget.is_spent:
                return Page(tuple(records), None)
            if len(records) == limit:
                break
            checked += len(batch)
        return Page(tuple(records), position)

    def entries_of(self, lists: tuple[Lists, ...], limit: int) -> Found:
        """Yield the entries that all lists have in common, last added first."""
        widest = max(len(each.keys) for each in lists)
        part = max(_MIN_PART, (limit + 1) // widest + 1)
        groups = [[self._postings(key, part) for key in each.keys] for each in lists]
        read_heads([postings for group in groups for postings in group])
        common = common_entries([Union(group) for group in groups], self.budget)
        return ((entry, key) for entry, key in common if self.budget.is_spent or self._is_in_time(entry))

    def all_entries(self, limit: int) -> Found:
        """Yield the entries of all images, or in the order `taken`, of those that are in the index."""
        times = _Range.of(self.query.times)
        is_by_time = self.order == "taken"
        before = _lower(self.before, times.end) if is_by_time else self.before
        postings = Postings(self._read, None, before=before, first_part=limit + 1, budget=self.budget)
        for entry, key in common_entries([Union([postings])], self.budget):
            if is_by_time and entry.position < times.start:
                return
            yield entry, key

    def sorted_entries(self, lists: tuple[Lists, ...]) -> Found:
        """Yield the entries that all lists have in common, last taken first."""
        with ThreadPoolExecutor(_THREADS) as executor:
            keys = [key for each in lists for key in each.keys]
            read = dict(zip(keys, executor.map(self._read_all, keys), strict=True))
        groups = [
            {entry.position: (entry, key) for key in each.keys for entry in read[key]} for each in lists
        ]
        common = [
            found
            for position, found in groups[0].items()
            if all(position in group for group in groups[1:]) and self._is_in_time(found[0])
        ]
        common.sort(key=lambda found: self._position(found[0]), reverse=True)
        return (found for found in common if self.before is None or self._position(found[0]) < self.before)

    def _read(self, key: str | None, before: str | None, limit: int) -> tuple[list[Entry], bool]:
        order = self.order if key is None else "added"  # the only order of a term's list
        return self.index.entries(self.owner, key, order=order, before=before, limit=limit)

    def _read_all(self, key: str) -> list[Entry]:
        found, before, has_more = [], None, True
        while has_more:
            entries, has_more = self._read(key, before, _SORTED_PART)
            has_more = has_more and bool(entries)
            found += entries
            before = entries[-1].position if entries else None
        return found

    def _postings(self, key: str, part: int) -> Postings:
        return Postings(self._read, key, before=self.before, first_part=part, budget=self.budget)

    def _current(self, batch: list[tuple[Entry, str | None]]) -> list[tuple[Entry, ImageRecord | None]]:
        """Return entries with their records; without one if it is gone or has another position."""
        if not batch:
            return []
        records = self.index.records(self.owner, {entry.image_id for entry, _ in batch})
        found: list[tuple[Entry, ImageRecord | None]] = []
        stale = defaultdict(list)
        for entry, key in batch:
            record = records.get(entry.image_id)
            order = self.order if key is None else "added"
            is_at_entry = record is not None and is_current(entry, record, None, order)
            found.append((entry, record if is_at_entry else None))
            if not is_at_entry and order == "added":
                stale[key].append(entry)
        for key, entries in stale.items():
            self.index.drop_stale(self.owner, key, entries, records)
        return found

    def _matches(self, record: ImageRecord) -> bool:
        return (self.order == "added" or record.is_indexed) and self.query.matches(record)

    def _position(self, entry: Entry) -> str:
        return entry.position if self.order == "added" else entry.taken or entry.position

    def _is_in_time(self, entry: Entry) -> bool:
        times = _Range.of(self.query.times)
        return entry.taken is None or times.start <= entry.taken < times.end


@dataclass(frozen=True)
class _Range:
    """A range of times as positions: from `start` until just before `end`."""

    start: str
    end: str

    @classmethod
    def of(cls, times: TimeRange) -> _Range:
        return cls(
            format_rfc3339(times.start) if times.start else "",
            format_rfc3339(times.end) if times.end else "~",
        )


def _lower(first: str | None, second: str) -> str:
    return second if first is None else min(first, second)


def _first(lists: tuple[Lists, ...], count: int) -> tuple[Lists, ...]:
    """Return the first lists, with at most `count` entries together."""
    totals = accumulate(each.count for each in lists)
    return tuple(each for each, total in zip(lists, totals, strict=True) if total <= count)
