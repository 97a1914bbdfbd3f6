"""Starting: the record of an image that is to be uploaded, and its place in the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog import actions
from catalog.keys import DAY_SECONDS, Place
from catalog.records import from_item, item_key, to_item
from catalog.table import TableBusy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.records import ImageRecord
    from catalog.table import Item, Rows

PENDING_SECONDS = DAY_SECONDS  # an upload may be late, and so may its event, by hours
_ABANDONED_SECONDS = 60  # a deletion is over by then, or was cut off: it has 10 s
_TRIES = 10
_WAIT_SECONDS = 0.5  # for a deletion; with the tries, half of the function's time


class BeingDeleted(Exception):
    """The image is being deleted; once it is gone it can be started."""


def start(rows: Rows, record: ImageRecord, *, after_failure: bool) -> ImageRecord:
    """Write a pending record unless one stands that must not be undone; return the one that stands then."""
    key = item_key(record.owner, record.id)
    for tries in range(_TRIES):
        old = rows.get(key)
        if old and rows.is_live(old):
            if _is_being_deleted(rows, old):
                rows.wait(_WAIT_SECONDS)
                continue
            if not _may_start_over(rows, old, after_failure):
                return from_item(old)
        fresh = _fresh(rows, record, old)
        if _replace(rows, old, fresh):
            return from_item(fresh)
        rows.pause(tries)  # somebody changed it in between: what stands now decides
    raise BeingDeleted(record.id) if old and "deletingSince" in old else TableBusy(record.id)


def _is_being_deleted(rows: Rows, item: Mapping[str, Any]) -> bool:
    return "deletingSince" in item and bool(item["deletingSince"] > rows.now() - _ABANDONED_SECONDS)


def _may_start_over(rows: Rows, item: Mapping[str, Any], after_failure: bool) -> bool:
    if "deletingSince" in item:  # by a deletion that was cut off: to whoever asks, there is nothing
        return True
    if item["status"] == "pending":
        return bool(item.get("claimedUntil", 0) <= rows.now())
    return after_failure and item["status"] == "failed"


def _fresh(rows: Rows, record: ImageRecord, old: Item | None) -> Item:
    fresh = to_item(record, rows.now() + PENDING_SECONDS)
    if old and rows.is_live(old) and "indexNames" in old:
        # its labels are listed already, by a try that was cut off: it stays where they say that it is
        fresh |= {name: old[name] for name in ("uploadedAt", "expiresAt", "indexNames")}
    return fresh


def _replace(rows: Rows, old: Item | None, fresh: Item) -> bool:
    place = Place.of_item(fresh)
    writes = [actions.put(fresh, *_unchanged(old)), actions.put(place.entry(place.list_key))]
    if old and Place.of_item(old).list_key != place.list_key:
        writes.append(actions.delete(Place.of_item(old).list_key))
    return not rows.write(*writes)


def _unchanged(old: Item | None) -> tuple[str, dict[str, Any]]:
    """Return the condition that nobody changed the record since it was read."""
    if old is None:
        return "attribute_not_exists(pk)", {}
    values = {":uploadedAt": old["uploadedAt"], ":expiresAt": old["expiresAt"], ":status": old["status"]}
    tests = ["uploadedAt = :uploadedAt", "expiresAt = :expiresAt", "#status = :status"]
    for name in ("deletingSince", "claimedUntil", "indexNames"):
        if name in old:
            values[f":{name}"] = old[name]
            tests.append(f"{name} = :{name}")
        else:
            tests.append(f"attribute_not_exists({name})")
    return " AND ".join(tests), values
