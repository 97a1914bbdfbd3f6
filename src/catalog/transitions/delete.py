"""Delete: mark the record and remove it from the index, give back its upload, and delete it last.

Each step is idempotent, so a repeated call finishes an interrupted deletion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.contention import TableBusy
from catalog.deletion_notes import deletion_note
from catalog.items import own_data
from catalog.keys import list_partition, position_of, record_key
from catalog.transitions.change import change, remove_all_entries
from catalog.transitions.give_back import give_back
from catalog.transitions.unchanged import is_unchanged
from common.time import parse_rfc3339

if TYPE_CHECKING:
    from catalog.records import ImageRecord, OwnData
    from catalog.table import Item, Table

_MAX_ATTEMPTS = 5


@dataclass(frozen=True)
class Deletion:
    """A deletion in progress of an image that was uploaded at a time, in RFC 3339.

    `own` is what its owner had said about it; that can't change any more.
    """

    owner: str
    image_id: str
    uploaded_at: str
    own: OwnData


def begin(
    table: Table, owner: str, image_id: str, *, if_unchanged: ImageRecord | None = None
) -> Deletion | None:
    """Mark a record for deletion, remove it from the index, and give back its upload if it wasn't received.

    Return None if there is no record.

    Also returns None if another deletion finished first: the current objects may belong to a new upload.
    With `if_unchanged`, a finished record that was read before, return None if it changed since.
    """
    item = _mark(table, owner, image_id, if_unchanged)
    if item is None:
        return None
    if "countedAt" in item:
        counted_at, uploaded_at = parse_rfc3339(item["countedAt"]), parse_rfc3339(item["uploadedAt"])
        give_back(table, owner, image_id, counted_at, uploaded_at)
    item_now = table.get(record_key(owner, image_id))
    if item_now and "deletingSince" in item_now and item_now["uploadedAt"] == item["uploadedAt"]:
        return Deletion(owner, image_id, item["uploadedAt"], own_data(item))
    return None


def end(table: Table, deletion: Deletion) -> None:
    """Delete a marked record and its list entry, unless another deletion already did."""
    position = position_of(deletion.uploaded_at, deletion.image_id)
    table.batch_write(delete=[{"pk": list_partition(deletion.owner), "sk": position}])
    table.delete(
        record_key(deletion.owner, deletion.image_id),
        "attribute_exists(deletingSince) AND uploadedAt = :uploadedAt",
        {":uploadedAt": deletion.uploaded_at},
    )


def _mark(table: Table, owner: str, image_id: str, if_unchanged: ImageRecord | None) -> Item | None:
    """Mark a record, or mark it again. Return its item, or None if there is none to mark."""
    for attempt in range(_MAX_ATTEMPTS):
        item = table.get(record_key(owner, image_id))
        if item is None or not table.is_live(item):
            return None
        if if_unchanged and not is_unchanged(item, if_unchanged):
            return None
        if "source" in item:
            # First, so that no event can start the image in between.
            table.put(deletion_note(owner, image_id, item["source"]["etag"], table.time()))
        if "deletingSince" in item:
            if _mark_again(table, item):
                return item
        else:
            marked = change(table, item, {"deletingSince": table.now(), "indexed": None})
            if marked:
                return marked
        table.back_off(attempt)  # another process changed the record: decide again
    raise TableBusy(image_id)


def _mark_again(table: Table, item: Item) -> bool:
    """Continue a deletion. Return False if another one has finished it."""
    is_marked, _ = table.update(
        {"pk": item["pk"], "sk": item["sk"]},
        "SET deletingSince = :now",
        {":now": table.now(), ":uploadedAt": item["uploadedAt"]},
        condition="attribute_exists(deletingSince) AND uploadedAt = :uploadedAt",
    )
    if is_marked:
        remove_all_entries(table, item)  # an interruption may have left them
    return is_marked
