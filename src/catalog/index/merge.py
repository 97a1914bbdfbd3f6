"""Merge: write a new snapshot that includes the log, so that readers have little to add up.

A change tries it with a small probability after its work is done. Of two that merge at once, one loses,
because both replace the same snapshot, and drops its work.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from catalog import actions
from catalog.index.log import MONTH_SECONDS
from catalog.index.snapshot import Head, chunk_items, days_between, expiring_items
from catalog.index.vocabulary import Terms
from catalog.keys import expiring_partition, log_partition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalog.actions import Action
    from catalog.index.counts import Counts, CountsReader
    from catalog.table import Table
    from catalog.terms import Term

PROBABILITY = 1 / 64
_MIN_ENTRIES = 50  # that are worth a snapshot
_LONG_LOG = 250  # entries that are worth any snapshot: each reader reads them
_KB_PER_ENTRY = 4
_MAX_ENTRIES = 1000  # in one snapshot: its head has their ids
_MAX_ACTIONS = 95  # of a transaction, which can have 100
_MAX_BYTES = 3_500_000  # of a transaction, which can have 4 MB, without keys and numbers
_KILOBYTE = 1024
_MONTHS = 14  # more than MONTH_SECONDS


def merge_sometimes(table: Table, reader: CountsReader, owner: str, changes: int) -> None:
    """Merge with a small probability per change, if the log is long enough to be worth the units.

    Raises TableBusy.
    """
    if table.random() < 1 - (1 - PROBABILITY) ** changes:
        counts = reader.read(owner)
        if len(counts.log) >= merged_from(counts.head.size):
            merge(table, owner, counts)


def merged_from(size: int) -> int:
    """Return how many log entries are worth replacing a snapshot of a size, in bytes.

    It is rewritten as a whole, at two units for each KB. So it costs at most eight units for each log entry
    up to 1 MB and, because the log must stay short, up to 28 at the 3.5 MB that it can have.
    """
    return int(min(max(_MIN_ENTRIES, size / _KILOBYTE / _KB_PER_ENTRY), _LONG_LOG))


def merge(table: Table, owner: str, counts: Counts) -> bool:
    """Write a snapshot that includes what was read, or as much of the log as one transaction can.

    Return False if there is another new one.
    """
    # An expiry day is an action, whether it is of one entry or of many.
    log = sorted(counts.log, key=lambda entry: (entry.added_day, entry.removed_day))[:_MAX_ENTRIES]
    snapshot = _Snapshot.of(table, owner, replace(counts, log=tuple(log)))
    while not snapshot.fits and len(log) > 1:
        log = log[: len(log) // 2]
        snapshot = _Snapshot.of(table, owner, replace(counts, log=tuple(log)))
    puts = [actions.put(item) for item in snapshot.items]
    if table.write(_put_head(owner, snapshot.head, counts.head), *puts):
        return False
    _clean_up(table, owner, snapshot.head)
    return True


@dataclass(frozen=True)
class _Snapshot:
    """A new snapshot: its head, and the items of its chunks and days."""

    head: Head
    items: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, table: Table, owner: str, counts: Counts) -> _Snapshot:
        head = _new_head(counts, table)
        chunks = chunk_items(owner, _add_up(counts), head.version, head.expires_at)
        head = replace(head, chunks=len(chunks), size=sum(len(item["data"]) for item in chunks))
        kept_seconds = MONTH_SECONDS + head.expires_at - table.now()
        expiring = expiring_items(owner, _by_day(counts), head.version, kept_seconds)
        return cls(head, [*chunks, *expiring])

    @property
    def fits(self) -> bool:
        """Whether a transaction can write it."""
        size = sum(len(item["data"]) for item in self.items)
        return 1 + len(self.items) <= _MAX_ACTIONS and size <= _MAX_BYTES


def _put_head(owner: str, head: Head, old: Head) -> Action:
    if old.version == 0:
        return actions.put(head.to_item(owner), "attribute_not_exists(pk)")
    return actions.put(head.to_item(owner), "version = :old", {":old": old.version})


def _new_head(counts: Counts, table: Table) -> Head:
    now, old = table.now(), counts.head
    months = counts.months()
    kept = sorted(months)[-_MONTHS:]
    return Head(
        # Larger than that of a snapshot that expired or was erased, and may still be in a cache
        version=max(old.version + 1, int(table.time().timestamp() * 1000)),
        day=counts.today,
        merged=frozenset(entry.id for entry in counts.log) | counts.still_merged,
        months={month: months[month] for month in kept},
        expires_at=max(now + MONTH_SECONDS, old.expires_at, *(entry.expires_at for entry in counts.log)),
    )


def _add_up(counts: Counts) -> Terms:
    changes, terms = counts.changes()
    return counts.terms.plus(changes, terms)


def _by_day(counts: Counts) -> Mapping[int, Terms]:
    """Return what the log adds for each day that hasn't passed."""
    days: defaultdict[int, Counter[str]] = defaultdict(Counter)
    terms: dict[str, Term] = {}
    for entry in counts.log:
        for term, day, change in entry.changes(counts.today):
            days[day][term.key] += change
            terms.setdefault(term.key, term)
    changed = {day: {key: count for key, count in found.items() if count} for day, found in days.items()}
    return {day: Terms.of(found, terms) for day, found in changed.items()}


def _clean_up(table: Table, owner: str, head: Head) -> None:
    """Delete the log entries that the snapshot includes, and the days that it has forgotten."""
    passed = table.query_all(expiring_partition(owner), between=days_between(0, head.day))
    table.batch_write(
        delete=[
            *({"pk": log_partition(owner), "sk": each} for each in sorted(head.merged)),
            *({"pk": item["pk"], "sk": item["sk"]} for item in passed),
        ]
    )
