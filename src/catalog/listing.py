"""Pages of an owner's images, newest first, and the pending images of all owners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.items import from_item
from catalog.keys import PENDING_INDEX, from_record_key, list_partition, record_key
from common.time import format_rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from catalog.records import ImageRecord
    from catalog.table import Item, Table

_MAX_QUERIES = 4  # when entries are stale; after that the page stays short and the next one continues


@dataclass(frozen=True)
class Page:
    """Records, newest first, and the position after which the next page starts; None at the end."""

    records: tuple[ImageRecord, ...]
    position: str | None


def read_page(table: Table, owner: str, folded_label: str | None, *, limit: int, before: str | None) -> Page:
    """Read a page of all images, or of those with a label, that come after position `before`.

    Stale entries, whose record has expired, moved or is being deleted, are skipped.
    """
    records: list[ImageRecord] = []
    for _ in range(_MAX_QUERIES):
        # One more than shown: only that tells whether there is another page.
        entries, has_more = table.query(list_partition(owner, folded_label), before=before, limit=limit + 1)
        for position, record in _read_records(table, owner, entries[:limit]):
            if len(records) == limit:
                return Page(tuple(records), before)
            records.append(record)
            before = position
        if len(entries) <= limit and not has_more:
            return Page(tuple(records), None)
        before = entries[:limit][-1]["sk"]
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


def _read_records(table: Table, owner: str, entries: Sequence[Item]) -> list[tuple[str, ImageRecord]]:
    """Return the position and the record of each entry that isn't stale."""
    ids = dict.fromkeys(entry["id"] for entry in entries if table.is_live(entry))
    items = {item["id"]: item for item in table.get_many([record_key(owner, each) for each in ids])}
    return [
        (entry["sk"], from_item(items[entry["id"]]))
        for entry in entries
        if entry["id"] in items and _is_current(table, entry, items[entry["id"]])
    ]


def _is_current(table: Table, entry: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    has_same_position = entry["sk"] == f"{item['uploadedAt']}#{item['id']}"
    return has_same_position and table.is_active(item)
