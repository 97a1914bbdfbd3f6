"""Pages of an owner's images, newest first, and the pending images of all owners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.index import entries
from catalog.items import from_item
from catalog.keys import PENDING_INDEX, from_record_key, record_key
from common.time import format_rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from catalog.index.entries import Entry
    from catalog.records import ImageRecord
    from catalog.table import Table

_MAX_QUERIES = 4  # when entries are stale; after that the page stays short and the next one continues


@dataclass(frozen=True)
class Page:
    """Records, newest first, and the position after which the next page starts; None at the end."""

    records: tuple[ImageRecord, ...]
    position: str | None


def read_page(table: Table, owner: str, term_key: str | None, *, limit: int, before: str | None) -> Page:
    """Read a page of all images, or of those with a term, that come after position `before`.

    Entries that don't count, for example because their record has expired, are skipped.
    """
    records: list[ImageRecord] = []
    for _ in range(_MAX_QUERIES):
        # One more than shown: only that tells whether there is another page.
        found, has_more = entries.read(table, owner, term_key, "added", before, limit + 1)
        for position, record in _read_records(table, owner, term_key, found[:limit]):
            if len(records) == limit:
                return Page(tuple(records), before)
            records.append(record)
            before = position
        if len(found) <= limit and not has_more:
            return Page(tuple(records), None)
        before = found[:limit][-1].position
        if len(records) == limit:
            break
    return Page(tuple(records), before)


def read_pending(table: Table, shard: str, before: datetime) -> Iterator[list[tuple[str, str]]]:
    """Yield the owner and image id of a shard's pending records uploaded before a time, oldest first.

    In pages of at most 1 MB. Some may have expired, been finished or been marked for deletion.
    """
    pages = table.query_index(
        PENDING_INDEX,
        "pendingShard = :shard AND uploadedAt < :before",
        {":shard": shard, ":before": format_rfc3339(before)},
    )
    for items in pages:
        yield [from_record_key(item) for item in items]


def _read_records(
    table: Table, owner: str, term_key: str | None, found: Sequence[Entry]
) -> list[tuple[str, ImageRecord]]:
    """Return the position and the record of each entry that counts."""
    ids = dict.fromkeys(entry.image_id for entry in found)
    items = table.get_many([record_key(owner, each) for each in ids])
    records = {record.id: record for record in map(from_item, filter(table.is_active, items))}
    return [
        (entry.position, records[entry.image_id])
        for entry in found
        if entry.image_id in records and entries.is_current(entry, records[entry.image_id], term_key)
    ]
