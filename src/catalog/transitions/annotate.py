"""Annotate: change what the owner says about an image, and the terms that follow from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.contention import TableBusy
from catalog.items import from_item, own_attributes
from catalog.keys import record_key
from catalog.transitions.change import change

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from catalog.records import ImageRecord, OwnData
    from catalog.table import Table

_MAX_ATTEMPTS = 5


class RecordChanged(Exception):
    """The record has another revision than expected."""


def annotate(
    table: Table,
    owner: str,
    image_id: str,
    edit: Callable[[OwnData], OwnData],
    revisions: Collection[int] | None,
) -> ImageRecord | None:
    """Edit the own data of an image, and return its record. An edit that changes nothing writes nothing.

    The edit is called again if another process changes the record meanwhile, and may raise an error of its
    own. With `revisions`, the record must have one of them. Return None if it is missing, expired or being
    deleted. Raises RecordChanged or TableBusy.
    """
    for attempt in range(_MAX_ATTEMPTS):
        item = table.get_active(record_key(owner, image_id))
        if item is None:
            return None
        record = from_item(item)
        if revisions is not None and record.revision not in revisions:
            raise RecordChanged(image_id)
        own = edit(record.own)
        if own == record.own:
            return record
        changed = change(table, item, own_attributes(own))
        if changed:
            return from_item(changed)
        table.back_off(attempt)  # another process changed the record: decide again
    raise TableBusy(image_id)
