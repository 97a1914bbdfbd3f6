"""Delete: mark the record, remove its labels, and delete it last.

Each step is idempotent, so a repeated call finishes an interrupted deletion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog import actions, labels
from catalog.keys import ListEntry, record_key

if TYPE_CHECKING:
    from catalog.table import Table


def begin(table: Table, owner: str, image_id: str) -> ListEntry | None:
    """Mark a record for deletion and remove its labels. Return None if there is no record.

    Also returns None if another deletion finished first: the current objects may belong to a new upload.
    """
    is_marked, item = table.update(
        record_key(owner, image_id),
        "SET deletingSince = :now",
        {":now": table.now()},
        condition="attribute_exists(pk) AND expiresAt > :now",
    )
    if not is_marked:
        return None
    entry = ListEntry.from_item(item)
    labels.remove(table, entry, sorted(item.get("indexNames", ())))
    item_now = table.get(entry.record_key)
    if item_now and "deletingSince" in item_now and item_now["uploadedAt"] == entry.uploaded_at:
        return entry
    return None


def end(table: Table, entry: ListEntry) -> None:
    """Delete a marked record and its list entry, unless another deletion already did."""
    table.write(
        actions.delete(
            entry.record_key,
            "attribute_exists(deletingSince) AND uploadedAt = :uploadedAt",
            {":uploadedAt": entry.uploaded_at},
        ),
        actions.delete(entry.list_key),
    )
