"""Reopen: set an image that failed back to pending, after its event was sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.items import from_item
from catalog.keys import pending_shard, record_key
from catalog.transitions.unchanged import unchanged

if TYPE_CHECKING:
    from catalog.records import ImageRecord
    from catalog.table import Table


def reopen(table: Table, failed: ImageRecord) -> ImageRecord | None:
    """Set a failed image back to pending unless it has changed since `failed` was read.

    Return the current record, or None if it is missing, expired or being deleted.
    """
    condition, values = unchanged(failed)
    _, item = table.update(
        record_key(failed.owner, failed.id),
        "SET #status = :pending, pendingShard = :shard, received = :true REMOVE reason, processedAt",
        {
            **values,
            ":pending": "pending",
            ":shard": pending_shard(failed.id),
            ":true": True,
            ":now": table.now(),
        },
        condition=f"{condition} AND expiresAt > :now AND attribute_not_exists(deletingSince)",
    )
    return from_item(item) if table.is_active(item) else None
