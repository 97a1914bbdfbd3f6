"""Listing: an owner's images, newest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.keys import list_of
from catalog.records import from_item, item_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalog.records import ImageRecord
    from catalog.table import Item, Rows

_ROUNDS = 4  # of reading on where entries lead nowhere; past them a page stays short, and the next goes on


@dataclass(frozen=True)
class Page:
    """Records in their order, and the position to go on from; None at the end."""

    records: tuple[ImageRecord, ...]
    position: str | None


def page(rows: Rows, owner: str, folded: str | None, *, limit: int, before: str | None) -> Page:
    """Read a page of all images, or of those with a label (folded), from before a position.

    Entries of what has expired, or was deleted or moved on just now, are passed over.
    """
    records: list[ImageRecord] = []
    for _ in range(_ROUNDS):
        # one more than is shown, as that alone tells whether there is another page
        entries, more = rows.query(list_of(owner, folded), before=before, limit=limit + 1)
        for position, record in _standing(rows, owner, entries[:limit]):
            if len(records) == limit:
                return Page(tuple(records), before)
            records.append(record)
            before = position
        if len(entries) <= limit and not more:
            return Page(tuple(records), None)
        before = entries[:limit][-1]["sk"]
        if len(records) == limit:
            break
    return Page(tuple(records), before)


def _standing(rows: Rows, owner: str, entries: Sequence[Item]) -> list[tuple[str, ImageRecord]]:
    """Return the position and the record of each entry that leads to one."""
    ids = dict.fromkeys(entry["id"] for entry in entries if rows.is_live(entry))
    found = {item["id"]: item for item in rows.get_many([item_key(owner, each) for each in ids])}
    return [
        (entry["sk"], from_item(found[entry["id"]]))
        for entry in entries
        if entry["id"] in found and _stands(rows, entry, found[entry["id"]])
    ]


def _stands(rows: Rows, entry: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    is_here = entry["sk"] == f"{item['uploadedAt']}#{item['id']}"
    return is_here and rows.is_live(item) and "deletingSince" not in item
