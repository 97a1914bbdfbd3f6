"""Reopen: set a finished image back to pending, so that it is processed again.

An image that is done keeps its result, labels and terms meanwhile: `doneAt` says when they were recognized,
and `replaced` that they are about an earlier version of its source object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.contention import TableBusy
from catalog.items import from_item, source_map
from catalog.keys import from_record_key, pending_shard, record_key
from catalog.transitions.change import change
from catalog.transitions.unchanged import is_unchanged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.records import ImageRecord, SourceObject
    from catalog.table import Item, Table

_MAX_ATTEMPTS = 5
_UNCHANGED: Mapping[str, Any] = {}


def reopen(table: Table, finished: ImageRecord, newer: ImageRecord | None = None) -> ImageRecord | None:
    """Set a finished image back to pending unless it has changed since `finished` was read.

    `newer` has the version that its source object has by now, if that is another. Return the current record,
    or None if it is missing, expired or being deleted. Raises TableBusy.
    """
    for attempt in range(_MAX_ATTEMPTS):
        item = table.get_active(record_key(finished.owner, finished.id))
        if item is None or not is_unchanged(item, finished):
            return from_item(item) if item else None
        changed = new_version(item, newer.source, newer.size) if newer and newer.source else _UNCHANGED
        reopened = reopen_item(table, item, changed)
        if reopened:
            return from_item(reopened)
        table.back_off(attempt)  # for example, it was tagged
    raise TableBusy(finished.id)


def reopen_item(table: Table, item: Item, changed: Mapping[str, Any] = _UNCHANGED) -> Item | None:
    """Set a finished record that was read back to pending, with changed attributes.

    Return None if it has changed since.
    """
    attributes: dict[str, Any] = {
        "status": "pending",
        "pendingShard": pending_shard(from_record_key(item)[1]),
        "received": True,
        "reason": None,
        "processedAt": None,
        "doneAt": item["processedAt"] if item["status"] == "done" else None,
        **changed,
    }
    return change(table, item, attributes)


def new_version(item: Item, source: SourceObject, size: int) -> dict[str, Any]:
    """Return what `reopen_item` changes in a record whose source object was replaced."""
    is_replaced = item["status"] == "done"  # otherwise, there is no result that could be an older version's
    return {"source": source_map(source), "size": size, "replaced": True if is_replaced else None}
