"""Annotate: change what the owner says about an image. Nothing else of its record changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catalog.items import from_item, own_attributes
from catalog.keys import record_key
from catalog.table import TableBusy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from catalog.records import ImageRecord, OwnData
    from catalog.table import Item, Table

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
        edited = replace(record, own=edit(record.own), revision=record.revision + 1)
        if edited.own == record.own:
            return record
        if _write(table, item, edited):
            return edited
        table.back_off(attempt)  # another process changed the record: decide again
    raise TableBusy(image_id)


def _write(table: Table, item: Item, edited: ImageRecord) -> bool:
    attributes = own_attributes(edited.own)
    kept = {name: value for name, value in attributes.items() if value is not None}
    removed = [name for name, value in attributes.items() if value is None]
    sets = ", ".join(f"{name} = :{name}" for name in kept)
    is_written, _ = table.update(
        record_key(edited.owner, edited.id),
        f"SET revision = :revision{', ' if sets else ''}{sets}"
        + (f" REMOVE {', '.join(removed)}" if removed else ""),
        {
            **{f":{name}": value for name, value in kept.items()},
            ":revision": edited.revision,
            ":uploadedAt": item["uploadedAt"],
            **({":old": item["revision"]} if "revision" in item else {}),
        },
        condition="uploadedAt = :uploadedAt AND attribute_not_exists(deletingSince) AND "
        + ("revision = :old" if "revision" in item else "attribute_not_exists(revision)"),
    )
    return is_written
