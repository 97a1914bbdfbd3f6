"""Notes of deletions: events about a source object, which stays, can arrive after its image is gone.

Each image that was deleted has a note, and each owner who was erased.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from catalog.keys import DAY_SECONDS, deleted_source_key, erased_owner_key
from common.time import format_rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.records import ImageRecord
    from catalog.table import Item, Table

# A version that was put after the deletion can seem older: EventBridge's times have whole seconds.
_INACCURACY = timedelta(seconds=2)
_NOTE_SECONDS = 15 * DAY_SECONDS  # longer than any queue keeps a message


def deletion_note(owner: str, image_id: str, etag: str, time: datetime) -> Item:
    """Return the item that says when the image of a version of a source object was deleted."""
    return {**deleted_source_key(owner, image_id), **_note(time), "etag": etag}


def erasure_note(owner: str, time: datetime) -> Item:
    """Return the item that says when everything about an owner was erased."""
    return {**erased_owner_key(owner), **_note(time)}


def is_deleted_since(table: Table, record: ImageRecord) -> bool:
    """Return whether an image was deleted, or its owner erased, after `record.uploaded_at`."""
    keys = deleted_source_key(record.owner, record.id), erased_owner_key(record.owner)
    return any(_is_noted_since(table, note, record) for note in map(table.get, keys))


def _note(time: datetime) -> Item:
    return {"deletedAt": format_rfc3339(time), "expiresAt": int(time.timestamp()) + _NOTE_SECONDS}


def _is_noted_since(table: Table, note: Item | None, record: ImageRecord) -> bool:
    if not note or not table.is_live(note):
        return False
    is_other = "etag" in note and record.source is not None and record.source.etag != note["etag"]
    time = record.uploaded_at + _INACCURACY if is_other else record.uploaded_at
    return bool(note["deletedAt"] >= format_rfc3339(time))
