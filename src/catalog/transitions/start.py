"""Start: create the pending record of an image that is about to be uploaded, and its list entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog import actions
from catalog.keys import DAY_SECONDS, ListEntry, pending_shard, record_key
from catalog.records import from_item, to_item
from catalog.table import TableBusy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.records import ImageRecord
    from catalog.table import Item, Table

PENDING_SECONDS = DAY_SECONDS  # uploads and their events may arrive hours late
_DELETION_TIMEOUT = 60  # seconds after which a deletion must have been interrupted; its function has 10
_MAX_ATTEMPTS = 10
_DELETION_WAIT = 0.5  # seconds per attempt; in total half of the function's timeout


class BeingDeleted(Exception):
    """The image is being deleted; it can be started again afterwards."""


def start(table: Table, record: ImageRecord) -> ImageRecord:
    """Write a pending record unless the current one must be kept. Return the current record.

    Raises BeingDeleted or TableBusy.
    """
    key = record_key(record.owner, record.id)
    for attempt in range(_MAX_ATTEMPTS):
        old = table.get(key)
        if old and table.is_live(old):
            if _is_being_deleted(table, old):
                table.sleep(_DELETION_WAIT)
                continue
            if not _can_restart(table, old):
                return from_item(old)
        item = _pending_item(table, record, old)
        if _replace(table, old, item):
            return from_item(item)
        table.back_off(attempt)  # another process changed the record: decide again
    raise BeingDeleted(record.id) if old and "deletingSince" in old else TableBusy(record.id)


def _is_being_deleted(table: Table, item: Mapping[str, Any]) -> bool:
    return "deletingSince" in item and bool(item["deletingSince"] > table.now() - _DELETION_TIMEOUT)


def _can_restart(table: Table, item: Mapping[str, Any]) -> bool:
    if "deletingSince" in item:  # an interrupted deletion, which the API already reports as finished
        return True
    if item["status"] == "pending":
        # A leased or queued image is finished by an event of its own.
        return bool(max(item.get("leaseExpiresAt", 0), item.get("queuedUntil", 0)) <= table.now())
    return bool(item["status"] == "failed")


def _pending_item(table: Table, record: ImageRecord, old: Item | None) -> Item:
    item = to_item(record, table.now() + PENDING_SECONDS) | {"pendingShard": pending_shard(record.id)}
    if old and table.is_live(old) and "indexNames" in old:
        # An interrupted attempt has listed its labels: keep the position that they refer to.
        item |= {name: old[name] for name in ("uploadedAt", "expiresAt", "indexNames")}
    if old and table.is_active(old) and "billedCalls" in old:
        item["billedCalls"] = old["billedCalls"]
    return item


def _replace(table: Table, old: Item | None, item: Item) -> bool:
    entry = ListEntry.from_item(item)
    writes = [actions.put(item, *_unchanged_condition(old)), actions.put(entry.to_item(entry.list_key))]
    if old and ListEntry.from_item(old).list_key != entry.list_key:
        writes.append(actions.delete(ListEntry.from_item(old).list_key))
    return not table.write(*writes)


def _unchanged_condition(old: Item | None) -> tuple[str, dict[str, Any]]:
    """Return the condition, with its values, that the record has not changed since it was read."""
    if old is None:
        return "attribute_not_exists(pk)", {}
    values = {":uploadedAt": old["uploadedAt"], ":expiresAt": old["expiresAt"], ":status": old["status"]}
    conditions = ["uploadedAt = :uploadedAt", "expiresAt = :expiresAt", "#status = :status"]
    for name in ("deletingSince", "leaseExpiresAt", "queuedUntil", "indexNames", "billedCalls"):
        if name in old:
            values[f":{name}"] = old[name]
            conditions.append(f"{name} = :{name}")
        else:
            conditions.append(f"attribute_not_exists({name})")
    return " AND ".join(conditions), values
