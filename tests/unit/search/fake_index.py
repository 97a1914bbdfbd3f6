"""An index in memory: what the catalog's index returns for some records, and leftover entries."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from catalog.index.entries import Entry
from catalog.index.vocabulary import Terms, Vocabulary
from catalog.keys import position_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from catalog.index.entries import Order
    from catalog.records import ImageRecord
    from catalog.terms import Term


class FakeIndex:
    """The index of one owner's active records. `calls` are the names of the calls, in order."""

    def __init__(self, records: Iterable[ImageRecord]) -> None:
        self._records = {record.id: record for record in records}
        self._lists: dict[tuple[str | None, Order], dict[str, Entry]] = defaultdict(dict)
        self.calls: list[str] = []
        self.dropped: list[tuple[str | None, str]] = []
        for record in self._records.values():
            self._add(None, "added", record, None)
            if record.is_indexed:
                self._add(None, "taken", record, None)
                for term in record.all_terms:
                    self._add(term.key, "added", record, taken_position(record))

    def leave(self, record: ImageRecord, term_key: str | None) -> None:
        """Add an entry that a record had once."""
        self._add(term_key, "added", record, taken_position(record))

    def vocabulary(self, owner: str) -> Vocabulary:
        self.calls.append("vocabulary")
        counts: Counter[str] = Counter()
        spelled: dict[str, Term] = {}
        for record in self._records.values():
            for term in record.all_terms if record.is_indexed else ():
                counts[term.key] += 1
                spelled.setdefault(term.key, term)
        keys = sorted(counts)
        return Vocabulary(
            Terms(tuple(keys), tuple(spelled[key].value for key in keys), tuple(counts[key] for key in keys))
        )

    def entries(
        self, owner: str, term_key: str | None, *, order: Order = "added", before: str | None, limit: int
    ) -> tuple[list[Entry], bool]:
        self.calls.append("entries")
        found = self._lists[term_key, order]
        positions = sorted((each for each in found if before is None or each < before), reverse=True)
        return [found[each] for each in positions[:limit]], len(positions) >= limit

    def records(self, owner: str, ids: Collection[str]) -> dict[str, ImageRecord]:
        self.calls.append("records")
        assert 0 < len(ids) <= 100
        return {each: self._records[each] for each in ids if each in self._records}

    def drop_stale(
        self, owner: str, term_key: str | None, entries: Iterable[Entry], records: Mapping[str, ImageRecord]
    ) -> None:
        self.dropped += [(term_key, entry.position) for entry in entries]

    def _add(self, key: str | None, order: Order, record: ImageRecord, taken: str | None) -> None:
        time = record.uploaded_at if order == "added" else record.sort_time
        position = position_of(time, record.id)
        uploaded = position_of(record.uploaded_at, record.id)
        if order == "taken":
            entry = Entry(record.id, position, position, uploaded=uploaded)
        else:
            entry = Entry(record.id, position, taken)
        self._lists[key, order][position] = entry


def taken_position(record: ImageRecord) -> str:
    return position_of(record.sort_time, record.id)
