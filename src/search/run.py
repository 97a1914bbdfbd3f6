"""Pages of the images that match a query."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from catalog.index.entries import is_current
from catalog.transitions.start import MAX_PENDING_DAYS
from common.time import now
from search.candidates import Candidates
from search.matching import HasStatus, TimeRange
from search.plan import choose_lists
from search.postings import Budget

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from catalog.index.entries import Entry, Order
    from catalog.records import ImageRecord
    from search.candidates import Found, Index
    from search.matching import Query
    from search.plan import Lists

MAX_ENTRIES = 10_000  # that one page reads, and
MAX_RECORDS = 1_000  # records; then it stays short, and the next one continues
MAX_SORTED = 20_000  # entries that one page sorts by the time taken
_MAX_PENDING = timedelta(days=MAX_PENDING_DAYS + 1)
_BATCH = 100  # records of one call


@dataclass(frozen=True)
class Page:
    """Records in the order asked for, and the position after which the next page starts; None at the end."""

    records: tuple[ImageRecord, ...]
    position: str | None


def find(
    index: Index,
    owner: str,
    query: Query,
    *,
    order: Order = "added",
    limit: int,
    before: str | None = None,
    clock: Callable[[], datetime] = now,
) -> Page:
    """Return a page of an owner's images that match a query and come after position `before`, newest first.

    By the time they were added, or taken; the latter lists only images that are in the index. A page can be
    short, or empty, although there are more.
    """
    lists = choose_lists(query, lambda: index.vocabulary(owner), by_taken=order == "taken")
    if lists is None:
        return Page((), None)
    candidates = Candidates(index, owner, query.times, order, before, Budget(MAX_ENTRIES))
    return _page(candidates, _choose(candidates, lists, query, limit, clock), query, limit)


def _choose(
    candidates: Candidates,
    lists: tuple[Lists, ...],
    query: Query,
    limit: int,
    clock: Callable[[], datetime],
) -> Found:
    if candidates.order == "taken":
        is_short = lists and lists[0].count <= MAX_SORTED
        # A list can have stale entries, so it can be longer than its count, which lags behind as well.
        found = candidates.in_sorted_lists(_first(lists), 2 * MAX_SORTED) if is_short else None
        return candidates.of_all(limit) if found is None else found
    if lists:
        return candidates.in_lists(lists, limit)
    if HasStatus("pending") in query.required:
        return candidates.pending(clock() - _MAX_PENDING, limit)
    found = None if candidates.times == TimeRange() else candidates.in_time()
    return candidates.of_all(limit) if found is None else found


def _first(lists: tuple[Lists, ...]) -> tuple[Lists, ...]:
    """Return those of the first lists that have at most MAX_SORTED entries together."""
    totals = accumulate(each.count for each in lists)
    return tuple(each for each, total in zip(lists, totals, strict=True) if total <= MAX_SORTED)


def _page(candidates: Candidates, found: Found, query: Query, limit: int) -> Page:
    """Return the first matches, whose records are read in batches."""
    records: list[ImageRecord] = []
    position, checked = candidates.before, 0
    while checked < MAX_RECORDS:
        # One more than shown, because only that tells whether there is another page.
        missing = limit + 1 - len(records)
        size = min(_BATCH, math.ceil(missing * max(1, checked) / max(1, len(records))))
        batch = list(islice(found, size))
        for entry, record in _current(candidates, batch):
            if record and query.matches(record) and (candidates.order == "added" or record.is_indexed):
                if len(records) == limit:
                    return Page(tuple(records), position)
                records.append(record)
            position = candidates.position(entry)
        checked += len(batch)
        is_end = len(batch) < size or (len(records) == limit and next(found, None) is None)
        if is_end:
            return Page(tuple(records), position if candidates.budget.has_stopped else None)
        if len(records) == limit:
            break
    return Page(tuple(records), position)


def _current(
    candidates: Candidates, batch: list[tuple[Entry, str | None]]
) -> list[tuple[Entry, ImageRecord | None]]:
    """Return entries with their records; without one if it is gone or has another position.

    Entries that will stay so are deleted from their list.
    """
    if not batch:
        return []
    index, owner = candidates.index, candidates.owner
    records = index.records(owner, {entry.image_id for entry, _ in batch})
    found: list[tuple[Entry, ImageRecord | None]] = []
    stale = defaultdict(list)
    for entry, key in batch:
        record = records.get(entry.image_id)
        order: Order = "added" if entry.position == entry.added else "taken"
        if record is not None and is_current(entry, record, None, order):
            found.append((entry, record))
        else:
            found.append((entry, None))
            if order == "added":
                stale[key].append(entry)
    for key, entries in stale.items():
        index.drop_stale(owner, key, entries, records)
    return found
