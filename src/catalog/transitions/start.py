"""Start: create the pending record of an image that is about to be uploaded, and its list entry."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from catalog import actions, quotas
from catalog.contention import TableBusy
from catalog.index.log import LogEntry
from catalog.items import from_item, own_data, to_item
from catalog.keys import (
    DAY_SECONDS,
    day_end,
    from_record_key,
    list_partition,
    pending_shard,
    position_of,
    record_key,
)
from catalog.transitions.change import put_log, removal, remove_all_entries
from common.time import format_rfc3339, parse_rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from catalog.quotas import UploadLimits
    from catalog.records import ImageRecord
    from catalog.table import Item, Table

PENDING_SECONDS = DAY_SECONDS  # uploads and their events may arrive hours late
# From the start until it is finished: seven days of parking, a retry, four days in the retry queue, and some
MAX_PENDING_DAYS = 15
_DELETION_TIMEOUT = 60  # seconds after which a deletion must have been interrupted; its function has 25
_MAX_ATTEMPTS = 10
_TOKEN_BYTES = 6
_DELETION_WAIT = 0.5  # seconds per attempt; in total half of the function's timeout


class BeingDeleted(Exception):
    """The image is being deleted; it can be started again afterwards."""


def start(
    table: Table, record: ImageRecord, limits: UploadLimits | None, time: datetime, retention_days: int
) -> ImageRecord:
    """Write a pending record unless the current one must be kept. Return the current record.

    With limits, count the request and the upload first, at the given time; only the request if the current
    record is kept or has counted the upload already. Raises BeingDeleted, TableBusy or QuotaReached.
    """
    counted = _CountedUpload(table, record, limits, time)
    try:
        started = _start(table, record, counted, retention_days + MAX_PENDING_DAYS)
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
    """A request, which is counted once, and an upload, if a new record needs it: in one update then."""

    def __init__(
        self, table: Table, record: ImageRecord, limits: UploadLimits | None, time: datetime
    ) -> None:
        self._table = table
        self._record = record
        self._limits = limits
        self._time = time
        self._is_request_counted = limits is None
        self._counted_at: datetime | None = None
        self.is_written = False  # whether the record tells of the upload

    def count_request(self) -> None:
        """Count the request, if it isn't counted yet."""
        if self._limits and not self._is_request_counted:
            quotas.take_request(self._table, self._record.owner, self._limits.minute, self._time)
            self._is_request_counted = True

    def count_upload(self) -> datetime | None:
        """Count the upload and the request. Return the time at which it counts, or None without limits."""
        if self._limits and self._counted_at is None:
            self._counted_at = quotas.take_upload(self._table, self._record.owner, self._limits, self._time)
            self._is_request_counted = True
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


def _start(table: Table, record: ImageRecord, counted: _CountedUpload, list_days: int) -> ImageRecord:
    key = record_key(record.owner, record.id)
    for attempt in range(_MAX_ATTEMPTS):
        old = table.get(key)
        if old and table.is_live(old):
            if _is_being_deleted(table, old):
                table.sleep(_DELETION_WAIT)
                continue
            if not _can_restart(table, old):
                counted.count_request()
                if attempt > 0 and old["uploadedAt"] != format_rfc3339(record.uploaded_at):
                    _remove_list_item(table, record.owner, record.id, record.uploaded_at)
                return from_item(old)
        is_counted = old is not None and table.is_live(old) and "countedAt" in old
        if is_counted:
            counted.count_request()
        counted_at = parse_rfc3339(old["countedAt"]) if old and is_counted else counted.count_upload()
        item = _pending_item(table, record, old, counted_at)
        table.put(_list_item(table, record, list_days))  # again, as the other process may have deleted it
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
    """Return the item of a new record. It keeps what the owner has said about the image before."""
    is_kept = old is not None and table.is_active(old)
    own = own_data(old) if old and is_kept else record.own
    item = to_item(replace(record, own=own), table.now() + PENDING_SECONDS)
    item |= {"pendingShard": pending_shard(record.id), "startToken": secrets.token_urlsafe(_TOKEN_BYTES)}
    if old and is_kept and "billedCalls" in old:
        item["billedCalls"] = old["billedCalls"]
    if old:
        item["revision"] = int(old.get("revision", 0)) + 1
    if counted_at:
        item["countedAt"] = format_rfc3339(counted_at)
    return item


def _list_item(table: Table, record: ImageRecord, list_days: int) -> Item:
    """Return the entry in the list of all images. Its expiry is final, and later than any of the record's."""
    return {
        "pk": list_partition(record.owner),
        "sk": position_of(record.uploaded_at, record.id),
        "expiresAt": day_end(table.now() + list_days * DAY_SECONDS),
    }


def _replace(table: Table, old: Item | None, item: Item) -> bool:
    """Write a new record, unless the old one has changed, and remove the old one from the index."""
    condition, values = _unchanged_condition(old)
    log = removal(old) if old and table.is_active(old) else LogEntry()
    if log.is_empty:
        is_replaced, present = table.put(item, condition, values)
        # The SDK may repeat a write whose answer was lost.
        is_replaced = is_replaced or present.get("startToken") == item["startToken"]
    else:
        owner = from_record_key(item)[0]
        is_replaced = not table.write(actions.put(item, condition, values), put_log(table, owner, log))
    if is_replaced and old:
        _remove_from_lists(table, old, item)
    return is_replaced


def _remove_from_lists(table: Table, old: Item, new: Item) -> None:
    owner, image_id = from_record_key(old)
    if old["uploadedAt"] != new["uploadedAt"]:
        _remove_list_item(table, owner, image_id, old["uploadedAt"])
    if table.is_live(old) and ("indexed" in old or "deletingSince" in old):
        remove_all_entries(table, old)


def _remove_list_item(table: Table, owner: str, image_id: str, uploaded_at: datetime | str) -> None:
    table.batch_write(delete=[{"pk": list_partition(owner), "sk": position_of(uploaded_at, image_id)}])


def _unchanged_condition(old: Item | None) -> tuple[str, dict[str, Any]]:
    """Return the condition, with its values, that the record has not changed since it was read."""
    if old is None:
        return "attribute_not_exists(pk)", {}
    values = {":uploadedAt": old["uploadedAt"], ":expiresAt": old["expiresAt"], ":status": old["status"]}
    conditions = ["uploadedAt = :uploadedAt", "expiresAt = :expiresAt", "#status = :status"]
    for name in ("deletingSince", "leaseExpiresAt", "queuedUntil", "revision", "billedCalls", "countedAt"):
        if name in old:
            values[f":{name}"] = old[name]
            conditions.append(f"{name} = :{name}")
        else:
            conditions.append(f"attribute_not_exists({name})")
    return " AND ".join(conditions), values
