"""Start of an image whose object lies in the source bucket, where it can be replaced or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.contention import TableBusy
from catalog.deletion_notes import is_deleted_since
from catalog.items import from_item
from catalog.keys import record_key
from catalog.transitions.reopen import new_version, reopen_item
from catalog.transitions.start import start
from common.rejections import INACCESSIBLE, UNAVAILABLE

if TYPE_CHECKING:
    from catalog.records import ImageRecord, SourceObject
    from catalog.table import Table

_MAX_ATTEMPTS = 5
# Failures that the same bytes needn't have again: the limit of their size can be raised.
_NOT_ABOUT_BYTES = (UNAVAILABLE, "too-large", *INACCESSIBLE)


def start_source(
    table: Table, record: ImageRecord, retention_days: int, known: str | None = None
) -> tuple[ImageRecord, bool]:
    """Write a pending record, unless there is one; reopen a finished one that is outdated.

    `known` is the ETag of the only other version that may be reopened; None for any. A listing of the
    bucket needs it: what was listed can be older by now than what the catalog has.

    Return the current record, and whether its event has to be sent: it is pending, and neither leased nor
    queued. An image that was deleted after `record.uploaded_at`, or whose owner was erased since, isn't
    started, and `record` is returned. Raises BeingDeleted or TableBusy.
    """
    if record.source is None:
        raise ValueError("the record has no source object")
    for attempt in range(_MAX_ATTEMPTS):
        item = table.get_active(record_key(record.owner, record.id))
        if item is None:
            if is_deleted_since(table, record):
                return record, False
            return _with_idleness(table, start(table, record, None, table.time(), retention_days))
        current = from_item(item)
        if known and current.source and current.source.etag not in (known, record.source.etag):
            return _with_idleness(table, current)
        if current.status == "pending" or not is_outdated(current, record.source):
            return _with_idleness(table, current)
        reopened = reopen_item(table, item, new_version(item, record.source, record.size))
        if reopened:
            return from_item(reopened), True
        table.back_off(attempt)  # another process changed the record: decide again
    raise TableBusy(record.id)


def _with_idleness(table: Table, record: ImageRecord) -> tuple[ImageRecord, bool]:
    active_until = max(record.lease_expires_at or 0, record.queued_until or 0)
    return record, record.status == "pending" and active_until <= table.now()


def is_outdated(finished: ImageRecord, source: SourceObject) -> bool:
    """Return whether a finished image of a source object has to be recognized again."""
    is_replaced = finished.source is None or finished.source.etag != source.etag
    return is_replaced or (finished.reason is not None and finished.reason.code in _NOT_ABOUT_BYTES)
