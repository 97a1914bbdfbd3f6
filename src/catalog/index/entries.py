"""Entries: the images of an owner's lists, newest first.

Each term has a list, and there are two of all images. An entry is a candidate only: it may have been written
by a try that was interrupted, or be left over. It counts if its image's record says so (see `is_current`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from catalog.keys import (
    DAY_SECONDS,
    list_partition,
    parse_position,
    position_of,
    taken_partition,
    term_partition,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.records import ImageRecord
    from catalog.table import Item, Table

Order = Literal["added", "taken"]
_IN_FLIGHT = timedelta(seconds=DAY_SECONDS)  # an entry this young may be of a record about to be written


@dataclass(frozen=True)
class Entry:
    """An image in a list. Positions are "RFC 3339 time#image id".

    `position` is the one in the list that was read. `taken` is the position by the time the picture was taken
    or, if that is unknown, uploaded; in the list of all images by upload it is None. Only the list of all
    images by the time taken has `hash`, the perceptual hash, and `uploaded`, the position by upload.
    """

    image_id: str
    position: str
    taken: str | None
    hash: str | None = None
    uploaded: str | None = None

    @property
    def added(self) -> str:
        """The position by upload."""
        return self.uploaded or self.position


def read(
    table: Table, owner: str, term_key: str | None, order: Order, before: str | None, limit: int
) -> tuple[list[Entry], bool]:
    """Read up to `limit` entries below a position, newest first. Return whether there may be more.

    Some may have expired: DynamoDB deletes them up to days later. Their records have expired, too.
    Lists of terms are in the order `added` only.
    """
    if term_key is not None and order != "added":
        raise ValueError("the list of a term is sorted by upload")
    partition = _partition(owner, term_key, order)
    items, has_more = table.query(partition, before=before, limit=limit)
    return [_from_item(item, order) for item in items], has_more


def is_current(entry: Entry, record: ImageRecord, term_key: str | None, order: Order = "added") -> bool:
    """Return whether an active record has the position and the term of an entry that was found there."""
    time = record.uploaded_at if order == "added" else record.sort_time
    if entry.position != position_of(time, record.id):
        return False
    if term_key is None:
        return order == "added" or record.is_indexed
    return record.is_indexed and any(term.key == term_key for term in record.all_terms)


def drop_stale(
    table: Table,
    owner: str,
    term_key: str | None,
    entries: Iterable[Entry],
    records: Mapping[str, ImageRecord],
) -> None:
    """Delete entries of a list in the order `added` whose record is gone or has moved.

    `records` are the active records of the entries. Entries younger than a day may be of a record that is
    about to be written. An image that is uploaded again gets another position, so an old one stays stale.
    """
    oldest = table.time() - _IN_FLIGHT
    partition = _partition(owner, term_key, "added")
    stale = [
        entry
        for entry in entries
        if parse_position(entry.position)[0] < oldest
        and not _has_position(records.get(entry.image_id), entry)
    ]
    table.batch_write(delete=[{"pk": partition, "sk": entry.position} for entry in stale])


def _has_position(record: ImageRecord | None, entry: Entry) -> bool:
    return record is not None and entry.position == position_of(record.uploaded_at, record.id)


def _partition(owner: str, term_key: str | None, order: Order) -> str:
    if term_key is not None:
        return term_partition(owner, term_key)
    return list_partition(owner) if order == "added" else taken_partition(owner)


def _from_item(item: Item, order: Order) -> Entry:
    position: str = item["sk"]
    image_id = position.partition("#")[2]
    if order == "taken":
        uploaded = position_of(item["uploadedAt"], image_id)
        return Entry(image_id, position, position, item.get("hash"), uploaded)
    return Entry(image_id, position, position_of(item["takenAt"], image_id) if "takenAt" in item else None)
