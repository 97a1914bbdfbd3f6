"""Counts: an owner's vocabulary, read from the snapshot and the log entries that it doesn't include."""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from catalog.contention import TableBusy
from catalog.index.log import LogEntry
from catalog.index.snapshot import Head, days_between, expired_terms, read_chunks
from catalog.index.vocabulary import NO_TOTALS, MonthTotals, Terms, Vocabulary, spelling
from catalog.keys import DAY_SECONDS, expiring_partition, head_key, log_partition, snapshot_partition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.table import Table
    from catalog.terms import Term

_MAX_ATTEMPTS = 10
_MAX_CACHED = 300_000  # terms; 100,000 take about 24 MB


@dataclass(frozen=True)
class Counts:
    """A snapshot and what changes it, as of a day: `expired` is to be subtracted, `log` to be added."""

    head: Head
    terms: Terms
    log: tuple[LogEntry, ...]
    still_merged: frozenset[str]  # ids of log entries that the snapshot includes, but that aren't deleted yet
    expired: Mapping[str, int]
    today: int

    def changes(self) -> tuple[Counter[str], dict[str, Term]]:
        """Return what changes the snapshot's counts, by key, and the terms of the log, by key."""
        changes = Counter[str]()
        terms: dict[str, Term] = {}
        for entry in self.log:
            for term, _, change in entry.changes(self.today):
                changes[term.key] += change
                terms.setdefault(term.key, term)
        changes.subtract(self.expired)
        return changes, terms

    def months(self) -> dict[str, MonthTotals]:
        """Return the totals by month."""
        months = dict(self.head.months)
        for entry in self.log:
            if entry.month:
                months[entry.month] = months.get(entry.month, NO_TOTALS) + entry.totals
        return months

    def vocabulary(self) -> Vocabulary:
        """Return the vocabulary."""
        changes, terms = self.changes()
        spellings = {key: spelling(term) for key, term in terms.items()}
        return Vocabulary(self.terms, changes, spellings, self.months())


class CountsReader:
    """Reads counts. It keeps the terms of the last snapshots, which change rarely. Thread-safe."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._cache = _Cache()

    def read(self, owner: str) -> Counts:
        """Return the counts of one moment. Raises TableBusy if there is a new snapshot at every attempt."""
        for attempt in range(_MAX_ATTEMPTS):
            counts = self._read(owner)
            if counts:
                return counts
            self._table.back_off(attempt)
        raise TableBusy(owner)

    def _read(self, owner: str) -> Counts | None:
        """Return the counts, or None if a snapshot was written meanwhile."""
        today = self._table.now() // DAY_SECONDS
        head = self._read_head(owner)
        terms = self._read_terms(owner, head)
        if terms is None:
            return None
        log = self._table.query_all(log_partition(owner))
        entries = tuple(LogEntry.from_item(item) for item in log if item["sk"] not in head.merged)
        expired = self._read_expired(owner, head, today)
        if self._read_head(owner).version != head.version:
            return None
        still_merged = head.merged.intersection(item["sk"] for item in log)
        return Counts(head, terms, entries, still_merged, expired, today)

    def _read_head(self, owner: str) -> Head:
        return Head.from_item(self._table.get(head_key(owner)), self._table.now())

    def _read_terms(self, owner: str, head: Head) -> Terms | None:
        if head.chunks == 0:  # there is none, it has no terms, or it has expired
            return Terms()
        terms = self._cache.get(owner, head.version)
        if terms is None:
            terms = read_chunks(self._table.query_all(snapshot_partition(owner)), head)
            if terms is not None:
                self._cache.put(owner, head.version, terms)
        return terms

    def _read_expired(self, owner: str, head: Head, today: int) -> Mapping[str, int]:
        if head.version == 0 or head.day >= today:
            return {}
        items = self._table.query_all(expiring_partition(owner), between=days_between(head.day, today))
        return _sum(expired_terms(items))


class _Cache:
    """The terms of each owner's last snapshot: those of the owners that were read last. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._snapshots: OrderedDict[str, tuple[int, Terms]] = OrderedDict()  # version and terms by owner

    def get(self, owner: str, version: int) -> Terms | None:
        with self._lock:
            known = self._snapshots.get(owner)
            if known is None or known[0] != version:
                return None
            self._snapshots.move_to_end(owner)
            return known[1]

    def put(self, owner: str, version: int, terms: Terms) -> None:
        with self._lock:
            self._snapshots[owner] = version, terms
            self._snapshots.move_to_end(owner)
            while len(self._snapshots) > 1 and self._size > _MAX_CACHED:
                self._snapshots.popitem(last=False)

    @property
    def _size(self) -> int:
        return sum(len(terms.keys) for _, terms in self._snapshots.values())


def _sum(counts: Iterable[tuple[str, int]]) -> Counter[str]:
    total = Counter[str]()
    for key, count in counts:
        total[key] += count
    return total
