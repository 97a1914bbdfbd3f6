"""Whether a finished record has changed since it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.items import from_item

if TYPE_CHECKING:
    from catalog.records import ImageRecord
    from catalog.table import Item


def is_unchanged(item: Item, finished: ImageRecord) -> bool:
    """Return whether an image has not been reopened, restarted or finished again since it was read."""
    record = from_item(item)
    return (record.status, record.uploaded_at, record.processed_at) == (
        finished.status,
        finished.uploaded_at,
        finished.processed_at,
    )
