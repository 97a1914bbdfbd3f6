"""Queue: mark a pending record whose event is in the retry queue, and keep it as long as the event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.contention import TableBusy
from catalog.keys import record_key
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
    """Set the mark, in epoch seconds, and extend the record's expiry to it, unless it was finished before.

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
    # What is indexed keeps its expiry day, because the counts are kept by that day.
    is_kept = "indexed" in item or "doneAt" in item
    kept_until = item["expiresAt"] if is_kept else max(item["expiresAt"], until)
    values: dict[str, Any] = {
        ":uploadedAt": item["uploadedAt"],
        ":expiresAt": item["expiresAt"],
        ":kept": kept_until,
        ":pending": "pending",
        ":until": until,
        ":true": True,
    }
    conditions = [
        "uploadedAt = :uploadedAt AND expiresAt = :expiresAt AND #status = :pending",
        "attribute_not_exists(deletingSince)",
        "(attribute_exists(#indexed) OR attribute_exists(doneAt))"
        if is_kept
        else "attribute_not_exists(#indexed) AND attribute_not_exists(doneAt)",
    ]
    if lease_owner:
        values[":lease_owner"] = lease_owner
        conditions.append("leaseOwner = :lease_owner")
    is_marked, item_now = table.update(
        {"pk": item["pk"], "sk": item["sk"]},
        "SET queuedUntil = :until, received = :true, expiresAt = :kept"
        + f" REMOVE countedAt{f', {LEASE_ATTRIBUTES}' if lease_owner else ''}",
        values,
        condition=" AND ".join(conditions),
    )
    return is_marked or _is_marked(item_now, item, until)


def _is_marked(item_now: Item, item: Item, until: int) -> bool:
    """Return whether an update whose condition failed has been made: the SDK repeats it without an answer."""
    return (
        item_now.get("queuedUntil") == until
        and item_now.get("uploadedAt") == item["uploadedAt"]
        and item_now.get("status") == "pending"
        and "leaseOwner" not in item_now
    )
