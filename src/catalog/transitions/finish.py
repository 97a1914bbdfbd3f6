"""Finish: record what was recognized in an image, or why it failed, in its record and the index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.bodies import reason_body
from catalog.contention import TableBusy
from catalog.index.vocabulary import NO_TOTALS, MonthTotals
from catalog.items import summary_attributes
from catalog.keys import day_end, record_key
from catalog.records import INDEX_VERSION
from catalog.transitions.change import change
from catalog.transitions.pending import NOT_PENDING
from common.time import format_rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from catalog.records import Reason, ResultSummary
    from catalog.table import Item, Table

_MAX_ATTEMPTS = 5
_NO_RESULT = dict.fromkeys(
    ("width", "height", "labels", "flags", "terms", "takenAt", "perceptualHash", "review", "waiting")
)

_DONE = {"status": "done", "tries": None}  # a failed image keeps its tries, which may have kept answers


@dataclass(frozen=True)
class Completion:
    """A result to record.

    `billed_calls` are those that `count_calls` has not counted yet. `expires_at` is in epoch seconds; the
    record is kept until the end of that day. `etag` and `size` are those of the object that was read, which
    the record of a source object has only from hearsay until then.
    """

    summary: ResultSummary
    billed_calls: int
    processed_at: datetime
    expires_at: int
    etag: str | None = None
    size: int | None = None


@dataclass(frozen=True)
class FailureSummary:
    """A rejection to record; the other attributes are as in `Completion`, if the object could be read."""

    reason: Reason
    processed_at: datetime
    expires_at: int
    etag: str | None = None
    size: int | None = None


def complete(
    table: Table,
    owner: str,
    image_id: str,
    completion: Completion,
    lease_owner: str | None,
    leased: Item | None,
) -> bool:
    """Record a result and count its calls. Return False if the record is gone, done or no longer leased.

    Gone includes being deleted. Then the calls are not counted. `leased` is the record's item as it was
    leased, to save reading it again. Raises TableBusy.
    """
    attributes = {
        **_DONE,
        "reason": None,
        "processedAt": format_rfc3339(completion.processed_at),
        **summary_attributes(completion.summary),
    }

    def finish(item: Item) -> bool:
        # An image that is recognized again has been counted before.
        totals = MonthTotals(images=0 if "doneAt" in item else 1, billed_calls=completion.billed_calls)
        return _change(table, item, attributes, completion, lease_owner, totals)

    return _finish(table, owner, image_id, lease_owner, leased, finish)


def fail(table: Table, owner: str, image_id: str, failure: FailureSummary, lease_owner: str | None) -> bool:
    """Record a rejection. Return False in the same cases as `complete`, and if the image is done.

    An image that already has a result, and was to be recognized again, is done with that result instead,
    unless the result is about an earlier version of its source object than the one to read, or that was read.
    """
    failed = {
        **_NO_RESULT,
        "status": "failed",
        "reason": reason_body(failure.reason),
        "processedAt": format_rfc3339(failure.processed_at),
    }

    def finish(item: Item) -> bool:
        keeps_result = "doneAt" in item and "replaced" not in item and not _is_other_version(item, failure)
        attributes = {**_DONE, "processedAt": item["doneAt"]} if keeps_result else failed
        return _change(table, item, attributes, failure, lease_owner, NO_TOTALS)

    return _finish(table, owner, image_id, lease_owner, None, finish)


def _change(
    table: Table,
    item: Item,
    attributes: Mapping[str, Any],
    outcome: Completion | FailureSummary,
    lease_owner: str | None,
    totals: MonthTotals,
) -> bool:
    """Finish a record that was read, unless it has changed since."""
    # What is indexed keeps its expiry day, because the counts are kept by that day.
    is_kept = "indexed" in item or "doneAt" in item
    finished = {
        **NOT_PENDING,
        **attributes,
        **_version_read(item, outcome),
        "indexed": INDEX_VERSION,
        "expiresAt": day_end(int(item["expiresAt"]) if is_kept else outcome.expires_at),
    }
    condition = "#status <> :done" + (" AND leaseOwner = :lease_owner" if lease_owner else "")
    values = {":done": "done", **({":lease_owner": lease_owner} if lease_owner else {})}
    # A completion that was interrupted may have written entries with another time taken.
    changed = change(table, item, finished, condition=condition, values=values, totals=totals, rewrite=True)
    return changed is not None


def _is_other_version(item: Item, failure: FailureSummary) -> bool:
    return failure.etag is not None and "source" in item and failure.etag != item["source"]["etag"]


def _version_read(item: Item, outcome: Completion | FailureSummary) -> dict[str, Any]:
    if outcome.etag is None or "source" not in item:
        return {}
    return {"source": {**item["source"], "etag": outcome.etag}, "size": outcome.size}


def _finish(
    table: Table,
    owner: str,
    image_id: str,
    lease_owner: str | None,
    leased: Item | None,
    finish: Callable[[Item], bool],
) -> bool:
    """Read and finish a record until it doesn't change meanwhile. Return False if it can't be finished."""
    for attempt in range(_MAX_ATTEMPTS):
        item = leased or table.get_active(record_key(owner, image_id))
        if item is None or item["status"] == "done":
            return False
        if lease_owner is not None and item.get("leaseOwner") != lease_owner:  # a restart has no lease yet
            return False
        if finish(item):
            return True
        leased = None
        table.back_off(attempt)  # another process changed the record: decide again
    raise TableBusy(image_id)
