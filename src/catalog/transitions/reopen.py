"""Reopen: set an image that failed back to pending, after its event was sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.keys import record_key
from catalog.records import from_item
from common.time import format_rfc3339

if TYPE_CHECKING:
    from catalog.records import ImageRecord
    from catalog.table import Table


def reopen(table: Table, failed: ImageRecord) -> ImageRecord | None:
    """Set a failed image back to pending unless it has changed since `failed` was read.

    Return the current record, or None if it is missing, expired or being deleted.
    """
    _, item = table.update(
        record_key(failed.owner, failed.id),
        "SET #status = :pending REMOVE reason, processedAt",
        {
            ":pending": "pending",
            ":failed": "failed",
            ":uploadedAt": format_rfc3339(failed.uploaded_at),
            ":processedAt": failed.processed_at and format_rfc3339(failed.processed_at),
            ":now": table.now(),
        },
        condition="#status = :failed AND uploadedAt = :uploadedAt AND processedAt = :processedAt "
        "AND expiresAt > :now AND attribute_not_exists(deletingSince)",
    )
    return from_item(item) if table.is_active(item) else None
