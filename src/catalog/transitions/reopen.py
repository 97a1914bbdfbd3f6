"""Reopen: set a finished image back to pending, so that it is processed again.

An image that is done keeps its result, labels and terms meanwhile: `doneAt` says when they were recognized.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.items import from_item
from catalog.keys import pending_shard, record_key
from catalog.transitions.unchanged import unchanged

if TYPE_CHECKING:
    from catalog.records import ImageRecord
    from catalog.table import Table


def reopen(table: Table, finished: ImageRecord) -> ImageRecord | None:
    """Set a finished image back to pending unless it has changed since `finished` was read.

    Return the current record, or None if it is missing, expired or being deleted.
    """
    condition, values = unchanged(finished)
    keep_result = ", doneAt = processedAt" if finished.status == "done" else ""
    _, item = table.update(
        record_key(finished.owner, finished.id),
        f"SET #status = :pending, pendingShard = :shard, received = :true{keep_result} "
        "REMOVE reason, processedAt",
        {
            **values,
            ":pending": "pending",
            ":shard": pending_shard(finished.id),
            ":true": True,
            ":now": table.now(),
        },
        condition=f"{condition} AND expiresAt > :now AND attribute_not_exists(deletingSince)",
    )
    return from_item(item) if table.is_active(item) else None
