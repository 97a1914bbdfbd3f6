"""Delete: mark the record, give back its upload, remove its labels, and delete it last.

Each step is idempotent, so a repeated call finishes an interrupted deletion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog import actions, labels
from catalog.keys import ListEntry, record_key
from catalog.transitions.give_back import give_back
from catalog.transitions.unchanged import unchanged
from common.time import parse_rfc3339

if TYPE_CHECKING:
    from catalog.records import ImageRecord
    from catalog.table import Table


def begin(
    table: Table, owner: str, image_id: str, *, if_unchanged: ImageRecord | None = None
) -> ListEntry | None:
    """Mark a record for deletion, give back its upload unless its file was received, and remove its labels.

    Return None if there is no record.

    Also returns None if another deletion finished first: the current objects may belong to a new upload.
    With `if_unchanged`, a finished record that was read before, return None if it changed since.
    """
    condition, values = unchanged(if_unchanged) if if_unchanged else ("attribute_exists(pk)", {})
    is_marked, item = table.update(
        record_key(owner, image_id),
        "SET deletingSince = :now",
        {**values, ":now": table.now()},
        condition=f"{condition} AND expiresAt > :now",
    )
    if not is_marked:
        return None
    entry = ListEntry.from_item(item)
    if "countedAt" in item:
        counted_at, uploaded_at = parse_rfc3339(item["countedAt"]), parse_rfc3339(item["uploadedAt"])
        give_back(table, owner, image_id, counted_at, uploaded_at)
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
