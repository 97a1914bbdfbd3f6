"""Merge: write a new snapshot that includes the log, so that readers have little to add up.

A change tries it with a small probability after its work is done. Of two that merge at once, one loses,
because both replace the same snapshot, and drops its work.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from catalog import actions
from catalog.index.log import MONTH_SECONDS
from catalog.index.snapshot import Head, chunk_items, days_between, expiring_items
from catalog.index.vocabulary import Terms
from catalog.keys import expiring_partition, log_partition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.actions import Action
    from catalog.index.counts import Counts, CountsReader
    from catalog.table import Table
    from catalog.terms import Term

PROBABILITY = 1 / 64
_MIN_ENTRIES = 50
_MAX_ENTRIES = 1000  # in one snapshot: its head has their ids, and its items of days are below 1 MB
_KILOBYTE = 1024
_MONTHS = 14  # more than MONTH_SECONDS


def merge_sometimes(table: Table, reader: CountsReader, owner: str, changes: int) -> None:
    """Merge with a small probability per change, if the log is long enough to be worth the units.

    Raises TableBusy.
    """
    if table.random() < 1 - (1 - PROBABILITY) ** changes:
        counts = reader.read(owner)
        # A snapshot is rewritten as a whole, in units of 1 KB: so it costs at most two per log entry.
        if len(counts.log) >= max(_MIN_ENTRIES, counts.head.size / _KILOBYTE):
            merge(table, owner, counts)


def merge(table: Table, owner: str, counts: Counts) -> bool:
    """Write a snapshot that includes what was read. Return False if there is another new one."""
    merged = replace(counts, log=counts.log[:_MAX_ENTRIES])
    terms = _add_up(merged)
    head = _new_head(merged, table)
    chunks = chunk_items(owner, terms, head.version, head.expires_at)
    head = replace(head, chunks=len(chunks), size=sum(len(item["data"]) for item in chunks))
    kept_seconds = MONTH_SECONDS + head.expires_at - table.now()
    expiring = expiring_items(owner, _by_day(merged), head.version, kept_seconds)
    puts = [actions.put(item) for item in (*chunks, *expiring)]
    if table.write(_put_head(owner, head, counts.head), *puts):
        return False
    _clean_up(table, owner, head)
    return True


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
