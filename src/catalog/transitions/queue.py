"""Queue: mark a pending record whose event is in the retry queue, and keep it as long as the event."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catalog import actions
from catalog.keys import ListEntry, record_key
from catalog.table import TableBusy
from catalog.transitions.pending import LEASE_ATTRIBUTES
from common.time import format_rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.table import Item, Table

_MAX_ATTEMPTS = 5


def mark(
    table: Table,
    owner: str,
    image_id: str,
    until: int,
    lease_owner: str | None,
    created_at: datetime | None,
) -> bool:
    """Set the mark, in epoch seconds, and extend the expiry of the record and its list entry to it.

    With a lease owner, also release its lease. Return False if the record is gone, being deleted, finished
    or, with a lease owner, leased by another or restarted, or if it was started after the time `created_at`
    of the event. Raises TableBusy.
    """
    newest = format_rfc3339(created_at) if created_at else None
    for attempt in range(_MAX_ATTEMPTS):
        item = table.get_active(record_key(owner, image_id))
        if item is None or item["status"] != "pending":
            return False
        if lease_owner is not None and item.get("leaseOwner") != lease_owner:
            return False
        if newest is not None and item["uploadedAt"] > newest:
            return False
        if _mark(table, item, until, lease_owner):
            return True
        table.back_off(attempt)  # another process changed the record: decide again
    raise TableBusy(image_id)


def _mark(table: Table, item: Item, until: int, lease_owner: str | None) -> bool:
    entry = ListEntry.from_item(item)
    # Entries of an interrupted attempt keep their expiry day, because the counts are kept by that day.
    is_indexed = "indexNames" in item
    kept = entry if is_indexed else replace(entry, expires_at=max(entry.expires_at, until))
    values = {
        ":uploadedAt": entry.uploaded_at,
        ":expiresAt": entry.expires_at,
        ":kept": kept.expires_at,
        ":pending": "pending",
        ":until": until,
        ":true": True,
        **({":lease_owner": lease_owner} if lease_owner else {}),
    }
    conditions = [
        "uploadedAt = :uploadedAt AND expiresAt = :expiresAt AND #status = :pending",
        "attribute_not_exists(deletingSince)",
        f"{'attribute_exists' if is_indexed else 'attribute_not_exists'}(indexNames)",
        *(["leaseOwner = :lease_owner"] if lease_owner else []),
    ]
    return not table.write(
        actions.update(
            entry.record_key,
            "SET queuedUntil = :until, received = :true, expiresAt = :kept"
            + f" REMOVE countedAt{f', {LEASE_ATTRIBUTES}' if lease_owner else ''}",
            values,
            " AND ".join(conditions),
        ),
        # An update, not a put: not every function that marks records may put items
        actions.update(
            entry.list_key,
            "SET id = :id, expiresAt = :kept",
            {":id": entry.image_id, ":kept": kept.expires_at},
        ),
    )
