"""Start: create the pending record of an image that is about to be uploaded, and its list entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog import actions, quotas
from catalog.items import from_item, to_item
from catalog.keys import DAY_SECONDS, ListEntry, pending_shard, record_key
from catalog.table import TableBusy
from common.time import format_rfc3339, parse_rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from catalog.quotas import UploadLimits
    from catalog.records import ImageRecord
    from catalog.table import Item, Table

PENDING_SECONDS = DAY_SECONDS  # uploads and their events may arrive hours late
_DELETION_TIMEOUT = 60  # seconds after which a deletion must have been interrupted; its function has 10
_MAX_ATTEMPTS = 10
_DELETION_WAIT = 0.5  # seconds per attempt; in total half of the function's timeout


class BeingDeleted(Exception):
    """The image is being deleted; it can be started again afterwards."""


def start(table: Table, record: ImageRecord, limits: UploadLimits | None, time: datetime) -> ImageRecord:
    """Write a pending record unless the current one must be kept. Return the current record.

    With limits, count the upload first, at the given time, unless the current record has counted it already.
    Raises BeingDeleted, TableBusy or QuotaReached.
    """
    counted = _CountedUpload(table, record, limits, time)
    try:
        started = _start(table, record, counted)
    except (BeingDeleted, TableBusy):
        counted.give_back()
        raise
    except Exception:  # raised again: it is unknown whether the record was written
        counted.give_back_unless_written()
        raise
    if not counted.is_written:  # another process started the image, or has finished it
        counted.give_back()
    return started


class _CountedUpload:
    """An upload that is counted when a record first needs it, once for all attempts to write the record."""

    def __init__(
        self, table: Table, record: ImageRecord, limits: UploadLimits | None, time: datetime
    ) -> None:
        self._table = table
        self._record = record
        self._limits = limits
        self._time = time
        self._counted_at: datetime | None = None
        self.is_written = False  # whether the record tells of it

    def count(self) -> datetime | None:
        """Return the time at which the upload counts, or None without limits."""
        if self._limits and self._counted_at is None:
            self._counted_at = quotas.take_upload(self._table, self._record.owner, self._limits, self._time)
        return self._counted_at

    def give_back(self) -> None:
        """Uncount the upload, if it was counted."""
        if self._counted_at:
            quotas.give_back(self._table, self._record.owner, self._counted_at)

    def give_back_unless_written(self) -> None:
        """Uncount the upload, if it was counted, unless the record in the table tells of it."""
        if self._counted_at:
            item = self._table.get(record_key(self._record.owner, self._record.id)) or {}
            if item.get("countedAt") != format_rfc3339(self._counted_at):
                self.give_back()


def _start(table: Table, record: ImageRecord, counted: _CountedUpload) -> ImageRecord:
    key = record_key(record.owner, record.id)
    for attempt in range(_MAX_ATTEMPTS):
        old = table.get(key)
        if old and table.is_live(old):
            if _is_being_deleted(table, old):
                table.sleep(_DELETION_WAIT)
                continue
            if not _can_restart(table, old):
                return from_item(old)
        is_counted = old is not None and table.is_live(old) and "countedAt" in old
        counted_at = parse_rfc3339(old["countedAt"]) if old and is_counted else counted.count()
        item = _pending_item(table, record, old, counted_at)
        if _replace(table, old, item):
            counted.is_written = not is_counted
            return from_item(item)
        table.back_off(attempt)  # another process changed the record: decide again
    raise BeingDeleted(record.id) if old and "deletingSince" in old else TableBusy(record.id)


def _is_being_deleted(table: Table, item: Mapping[str, Any]) -> bool:
    return "deletingSince" in item and bool(item["deletingSince"] > table.now() - _DELETION_TIMEOUT)


def _can_restart(table: Table, item: Mapping[str, Any]) -> bool:
    if "deletingSince" in item:  # an interrupted deletion, which the API already reports as finished
        return True
    if "doneAt" in item:  # it has a result, which must not be lost
        return False
    if item["status"] == "pending":
        # A leased or queued image is finished by an event of its own.
        return bool(max(item.get("leaseExpiresAt", 0), item.get("queuedUntil", 0)) <= table.now())
    return bool(item["status"] == "failed")


def _pending_item(table: Table, record: ImageRecord, old: Item | None, counted_at: datetime | None) -> Item:
    item = to_item(record, table.now() + PENDING_SECONDS) | {"pendingShard": pending_shard(record.id)}
    if old and table.is_live(old) and "indexNames" in old:
        # An interrupted attempt has listed its labels: keep the position that they refer to.
        item |= {name: old[name] for name in ("uploadedAt", "expiresAt", "indexNames")}
    if old and table.is_active(old) and "billedCalls" in old:
        item["billedCalls"] = old["billedCalls"]
    if counted_at:
        item["countedAt"] = format_rfc3339(counted_at)
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
    for name in ("deletingSince", "leaseExpiresAt", "queuedUntil", "indexNames", "billedCalls", "countedAt"):
        if name in old:
            values[f":{name}"] = old[name]
            conditions.append(f"{name} = :{name}")
        else:
            conditions.append(f"attribute_not_exists({name})")
    return " AND ".join(conditions), values
