"""Deleting: the mark that nobody gets past, then the labels, and at the end the record.

Each step may be done twice, so a deletion that was cut off is finished by another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog import actions, labels
from catalog.keys import Place
from catalog.records import item_key

if TYPE_CHECKING:
    from catalog.table import Rows


def begin(rows: Rows, owner: str, image_id: str) -> Place | None:
    """Mark a record and take its labels back; None where there is no record.

    Also None where another deletion was faster: what is there by now may belong to a new upload.
    """
    found, item = rows.update(
        item_key(owner, image_id),
        "SET deletingSince = :now",
        {":now": rows.now()},
        condition="attribute_exists(pk) AND expiresAt > :now",
    )
    if not found:
        return None
    place = Place.of_item(item)
    labels.leave(rows, place, sorted(item.get("indexNames", ())))
    return place if _is_marked(rows, place) else None


def _is_marked(rows: Rows, place: Place) -> bool:
    item = rows.get(item_key(place.owner, place.image_id))
    return item is not None and "deletingSince" in item and item["uploadedAt"] == place.uploaded_at


def end(rows: Rows, place: Place) -> None:
    """Delete a marked record and its place in the list, unless another deletion did."""
    rows.write(
        actions.delete(
            item_key(place.owner, place.image_id),
            "attribute_exists(deletingSince) AND uploadedAt = :uploadedAt",
            {":uploadedAt": place.uploaded_at},
        ),
        actions.delete(place.list_key),
    )
