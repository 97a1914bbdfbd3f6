"""Finishing: what was found in an image, or why it failed, in its record, its lists and the counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from catalog import actions, labels
from catalog.keys import Place, day_end, folded_names, month_key
from catalog.records import item_key, label_items, reason_item
from catalog.table import TableBusy
from common import time as times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from catalog.actions import Action
    from catalog.records import LabelSummary, Reason
    from catalog.table import Item, Rows

_TRIES = 5
_MONTH_SECONDS = 400 * 24 * 60 * 60  # a month's totals can be looked up for a year
# the same start of the same image, not finished, and nobody is deleting it
_OPEN = "uploadedAt = :uploadedAt AND #status <> :done AND attribute_not_exists(deletingSince)"


@dataclass(frozen=True)
class Finding:
    """What was found in an image, and until when it is kept (epoch seconds)."""

    width: int
    height: int
    labels: Sequence[LabelSummary]
    index_names: Sequence[str]
    billed_calls: int
    processed_at: datetime
    expires_at: int


@dataclass(frozen=True)
class Failure:
    """Why an image failed, and until when that is kept (epoch seconds)."""

    reason: Reason
    processed_at: datetime
    expires_at: int


def complete(rows: Rows, owner: str, image_id: str, finding: Finding, claimant: str | None) -> bool:
    """Record a result, once; False where the record is gone, or going, or not the claimant's any more.

    Labels are listed before the image is done, and named in the record before they are listed: whoever
    deletes it, at whatever moment, finds all that there is to be taken back.
    """
    for tries in range(_TRIES):
        item = open_item(rows, owner, image_id)
        if item is None:
            return False
        if item["status"] == "done":
            return True
        if not _is_of(item, claimant):
            return False
        if _complete(rows, item, finding):
            return True
        rows.pause(tries)  # somebody changed it in between: what stands now decides
    raise TableBusy(image_id)


def fail(rows: Rows, owner: str, image_id: str, failure: Failure, claimant: str | None) -> bool:
    """Record a rejection; False as `complete` is, and where the record is done meanwhile."""
    for tries in range(_TRIES):
        item = open_item(rows, owner, image_id)
        if item is None or item["status"] == "done" or not _is_of(item, claimant):
            return False
        if _fail(rows, item, failure):
            return True
        rows.pause(tries)
    raise TableBusy(image_id)


def open_item(rows: Rows, owner: str, image_id: str) -> Item | None:
    """Read a record; None where there is none any more, or it is being deleted."""
    item = rows.get(item_key(owner, image_id))
    return item if item and rows.is_live(item) and "deletingSince" not in item else None


def _is_of(item: Item, claimant: str | None) -> bool:
    """Tell whether a record is still the one that was claimed: one made anew has no claimant yet."""
    return claimant is None or item.get("claimant") == claimant


def _complete(rows: Rows, item: Item, finding: Finding) -> bool:
    listed: set[str] = item.get("indexNames", set())
    # what an earlier try listed expires with it, and is counted by that day
    place = Place.of_item(item if listed else {**item, "expiresAt": day_end(finding.expires_at)})
    names = folded_names(finding.index_names)
    stale = listed - names.keys()
    return (
        _announce(rows, place, set(names), finding)
        and labels.enter(rows, place, names, _guard(place))
        and labels.leave(rows, place, sorted(stale), _guard(place))
        and _close(rows, place, stale, finding)
    )


def _announce(rows: Rows, place: Place, names: set[str], finding: Finding) -> bool:
    """Write the labels to the record, which is open still, and keep it and its place for good."""
    return not rows.write(
        actions.update(
            item_key(place.owner, place.image_id),
            "SET #status = :pending, labels = :labels, expiresAt = :expires REMOVE reason, processedAt"
            + (" ADD indexNames :names" if names else ""),
            {
                **_values(place),
                ":pending": "pending",
                ":labels": label_items(finding.labels),
                ":expires": place.expires_at,
                **({":names": names} if names else {}),
            },
            f"{_OPEN} AND (attribute_not_exists(indexNames) OR expiresAt = :expires)",
        ),
        actions.put(place.entry(place.list_key)),
    )


def _close(rows: Rows, place: Place, stale: set[str], finding: Finding) -> bool:
    """Say that the image is done, and count it among the month's."""
    month = month_key(place.owner, finding.processed_at)
    return not rows.write(
        actions.update(
            item_key(place.owner, place.image_id),
            "SET #status = :done, width = :width, height = :height, processedAt = :at "
            "REMOVE claimant, claimedUntil" + (" DELETE indexNames :stale" if stale else ""),
            {
                **_values(place),
                ":pending": "pending",
                ":width": finding.width,
                ":height": finding.height,
                ":at": times.rfc3339(finding.processed_at),
                **({":stale": stale} if stale else {}),
            },
            f"{_OPEN} AND #status = :pending",
        ),
        actions.update(
            month,
            "ADD images :one, billedCalls :calls SET expiresAt = :expires",
            {":one": 1, ":calls": finding.billed_calls, ":expires": rows.now() + _MONTH_SECONDS},
        ),
    )


def _fail(rows: Rows, item: Item, failure: Failure) -> bool:
    place, expires_at = Place.of_item(item), day_end(failure.expires_at)
    listed: set[str] = item.get("indexNames", set())
    if not labels.leave(rows, place, sorted(listed), _guard(place)):
        return False
    kept = replace(place, expires_at=expires_at)
    return not rows.write(
        actions.update(
            item_key(place.owner, place.image_id),
            "SET #status = :failed, reason = :reason, processedAt = :at, expiresAt = :expires, "
            "labels = :none REMOVE claimant, claimedUntil, indexNames",
            {
                **_values(place),
                ":failed": "failed",
                ":reason": reason_item(failure.reason),
                ":at": times.rfc3339(failure.processed_at),
                ":expires": expires_at,
                ":none": [],
                **({":listed": listed} if listed else {}),
            },
            f"{_OPEN} AND "
            + ("indexNames = :listed" if listed else "attribute_not_exists(indexNames)"),  # no more since
        ),
        actions.put(kept.entry(kept.list_key)),
    )


def _guard(place: Place) -> Action:
    return actions.check(item_key(place.owner, place.image_id), _OPEN, _values(place))


def _values(place: Place) -> dict[str, Any]:
    return {":uploadedAt": place.uploaded_at, ":done": "done"}
