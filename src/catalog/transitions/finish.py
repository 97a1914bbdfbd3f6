"""Finish: record what was recognized in an image, or why it failed, in its record, lists and counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from catalog import actions, labels, months
from catalog.items import label_items, summary_attributes
from catalog.keys import ListEntry, day_end, folded_names, pending_shard, record_key
from catalog.records import reason_body
from catalog.table import TableBusy
from catalog.transitions.pending import PENDING_ATTRIBUTES
from common.time import format_rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.actions import Action
    from catalog.records import Reason, ResultSummary
    from catalog.table import Item, Table

_MAX_ATTEMPTS = 5
# The record was not restarted, completed or marked for deletion since it was read.
_NOT_DONE = "uploadedAt = :uploadedAt AND #status <> :done AND attribute_not_exists(deletingSince)"


@dataclass(frozen=True)
class Completion:
    """A result to record; `index_names` are the label names to list the image under.

    `billed_calls` are those that `count_calls` has not counted yet. `expires_at` is in epoch seconds; the
    record is kept until the end of that day.
    """

    summary: ResultSummary
    index_names: tuple[str, ...]
    billed_calls: int
    processed_at: datetime
    expires_at: int


@dataclass(frozen=True)
class FailureSummary:
    """A rejection to record; `expires_at` is in epoch seconds, as in `Completion`."""

    reason: Reason
    processed_at: datetime
    expires_at: int


def complete(
    table: Table, owner: str, image_id: str, completion: Completion, lease_owner: str | None
) -> bool:
    """Record a result and count its calls. Return False if the record is gone, done or no longer leased.

    Gone includes being deleted. Then the calls are not counted.

    Label names are written to the record before the index, and the index before the status, so a deletion
    at any moment finds everything it has to remove. Raises TableBusy.
    """
    for attempt in range(_MAX_ATTEMPTS):
        item = table.get_active(record_key(owner, image_id))
        if item is None or item["status"] == "done" or not _has_lease(item, lease_owner):
            return False
        if _complete(table, item, completion):
            return True
        table.back_off(attempt)  # another process changed the record: decide again
    raise TableBusy(image_id)


def fail(table: Table, owner: str, image_id: str, failure: FailureSummary, lease_owner: str | None) -> bool:
    """Record a rejection. Return False in the same cases as `complete`, and if the image is done.

    An image that already has a result, and was to be recognized again, is done with that result instead.
    """
    for attempt in range(_MAX_ATTEMPTS):
        item = table.get_active(record_key(owner, image_id))
        if item is None or item["status"] == "done" or not _has_lease(item, lease_owner):
            return False
        if _fail(table, item, failure):
            return True
        table.back_off(attempt)
    raise TableBusy(image_id)


def _has_lease(item: Item, lease_owner: str | None) -> bool:
    """Return whether a record is still leased as expected: a restarted record has no lease owner yet."""
    return lease_owner is None or item.get("leaseOwner") == lease_owner


def _complete(table: Table, item: Item, completion: Completion) -> bool:
    indexed: set[str] = item.get("indexNames", set())
    # Entries of an interrupted attempt keep their expiry day, because the counts are kept by that day.
    entry = ListEntry.from_item(item if indexed else {**item, "expiresAt": day_end(completion.expires_at)})
    names = folded_names(completion.index_names)
    stale = indexed - names.keys()
    return (
        _write_index_names(table, entry, set(names), completion)
        and labels.add(table, entry, names, _not_done_check(entry))
        and labels.remove(table, entry, sorted(stale), _not_done_check(entry))
        and _write_done(table, entry, stale, completion, is_new="doneAt" not in item)
    )


def _write_index_names(table: Table, entry: ListEntry, names: set[str], completion: Completion) -> bool:
    """Write the labels to the still pending record, and extend its and its entry's expiry."""
    return not table.write(
        actions.update(
            entry.record_key,
            "SET #status = :pending, pendingShard = :shard, labels = :labels, expiresAt = :expiresAt "
            "REMOVE reason, processedAt" + (" ADD indexNames :names" if names else ""),
            {
                **_not_done_values(entry),
                ":pending": "pending",
                ":shard": pending_shard(entry.image_id),
                ":labels": label_items(completion.summary.labels),
                ":expiresAt": entry.expires_at,
                **({":names": names} if names else {}),
            },
            f"{_NOT_DONE} AND (attribute_not_exists(indexNames) OR expiresAt = :expiresAt)",
        ),
        actions.put(entry.to_item(entry.list_key)),
    )


def _write_done(
    table: Table, entry: ListEntry, stale: set[str], completion: Completion, *, is_new: bool
) -> bool:
    """Set the status to done and add the calls and, once, the image to the month's totals."""
    attributes = {
        **summary_attributes(completion.summary),
        "processedAt": format_rfc3339(completion.processed_at),
    }
    return not table.write(
        actions.update(
            entry.record_key,
            f"SET #status = :done, {', '.join(f'{name} = :{name}' for name in attributes)} "
            f"REMOVE {PENDING_ATTRIBUTES} ADD billedCalls :calls"
            + (" DELETE indexNames :stale" if stale else ""),
            {
                **_not_done_values(entry),
                ":pending": "pending",
                ":calls": completion.billed_calls,
                **{f":{name}": value for name, value in attributes.items()},
                **({":stale": stale} if stale else {}),
            },
            f"{_NOT_DONE} AND #status = :pending",
        ),
        months.add(
            table,
            entry.owner,
            completion.processed_at,
            images=1 if is_new else 0,
            calls=completion.billed_calls,
        ),
    )


def _fail(table: Table, item: Item, failure: FailureSummary) -> bool:
    entry = ListEntry.from_item(item)
    if "doneAt" in item:
        return _restore(table, entry)
    indexed: set[str] = item.get("indexNames", set())
    if not labels.remove(table, entry, sorted(indexed), _not_done_check(entry)):
        return False
    kept_entry = replace(entry, expires_at=day_end(failure.expires_at))
    return not table.write(
        actions.update(
            entry.record_key,
            "SET #status = :failed, reason = :reason, processedAt = :processedAt, expiresAt = :expiresAt, "
            f"labels = :no_labels REMOVE {PENDING_ATTRIBUTES}, indexNames",
            {
                **_not_done_values(entry),
                ":failed": "failed",
                ":reason": reason_body(failure.reason),
                ":processedAt": format_rfc3339(failure.processed_at),
                ":expiresAt": kept_entry.expires_at,
                ":no_labels": [],
                **({":indexed": indexed} if indexed else {}),
            },
            # no labels were added since the record was read
            f"{_NOT_DONE} AND "
            + ("indexNames = :indexed" if indexed else "attribute_not_exists(indexNames)"),
        ),
        actions.put(kept_entry.to_item(kept_entry.list_key)),
    )


def _restore(table: Table, entry: ListEntry) -> bool:
    """Set a record back to done, as it was before it was reopened."""
    is_restored, _ = table.update(
        entry.record_key,
        f"SET #status = :done, processedAt = doneAt REMOVE {PENDING_ATTRIBUTES}",
        _not_done_values(entry),
        condition=f"{_NOT_DONE} AND attribute_exists(doneAt)",
    )
    return is_restored


def _not_done_check(entry: ListEntry) -> Action:
    return actions.check(entry.record_key, _NOT_DONE, _not_done_values(entry))


def _not_done_values(entry: ListEntry) -> dict[str, Any]:
    return {":uploadedAt": entry.uploaded_at, ":done": "done"}
