"""Change: what all transitions that change an image's terms, or count something, have in common.

The entries of new terms are written first, without a transaction. One transaction then changes the record and
appends to the log what that adds to the index and removes from it. The entries of terms that are gone are
deleted last. An interruption leaves entries that don't count, because the record decides.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from catalog import actions
from catalog.actions import Update
from catalog.index.indexed import Indexed
from catalog.index.log import LogEntry
from catalog.index.vocabulary import NO_TOTALS, MonthTotals
from common.time import month_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.table import Item, Table
    from catalog.terms import Term

_MAX_SIDE_BY_SIDE = 4  # conditional deletions, which can't be batched
_NO_VALUES: Mapping[str, Any] = {}


def change(
    table: Table,
    old: Item,
    attributes: Mapping[str, Any],
    *,
    condition: str = "",
    values: Mapping[str, Any] = _NO_VALUES,
    totals: MonthTotals = NO_TOTALS,
    rewrite: bool = False,
) -> Item | None:
    """Change a record that was read as `old`, its index and, by `totals`, what counts for the month.

    `attributes` are set, or removed if they are None. The terms follow from the new record: they are in the
    index if it has `indexed`. The billed calls of `totals` are added to the record's. With `rewrite`, the
    entries of all terms are written, because a try that was interrupted may have changed what they say.

    Return the new item. Return None, without a change that counts, if the record was changed, restarted or
    marked for deletion since it was read, or the condition fails: then read it again and decide again.
    Raises TableBusy.
    """
    new = {name: value for name, value in {**old, **attributes}.items() if value is not None}
    new["revision"] = int(old.get("revision", 0)) + 1
    before, after = Indexed.of(old), Indexed.of(new)
    table.batch_write(put=after.new_items(before, new["revision"], rewrite=rewrite))
    log = _log_entry(table, before, after, totals)
    update = _update(old, new, attributes, totals, condition, values)
    if log.is_empty:
        is_changed = _update_once(table, update, new, attributes)
    else:
        is_changed = not table.write(update.action(), put_log(table, after.owner, log))
    if not is_changed:
        _drop_entries(table, old, after)
        return None
    _remove_entries(table, before, after, new["revision"])
    return new


def put_log(table: Table, owner: str, log: LogEntry) -> actions.Action:
    """Return the action that appends to the log."""
    return actions.put(log.to_item(owner, table.now()), "attribute_not_exists(pk)")


def removal(old: Item) -> LogEntry:
    """Return what to log when a record is replaced by one that isn't indexed."""
    before = Indexed.of(old)
    return LogEntry(removed=tuple(before.counted.values()), removed_day=before.day)


def remove_all_entries(table: Table, item: Item) -> None:
    """Delete the entries of an image that was restarted or is being deleted, whether it is indexed or not."""
    table.batch_write(delete=Indexed.of({**item, "indexed": True}).keys)


def _remove_entries(table: Table, before: Indexed, after: Indexed, revision: int) -> None:
    kept = [tuple(key.values()) for key in after.keys]
    removed = [key for key in before.keys if tuple(key.values()) not in kept]
    if not after.is_indexed:  # until it is indexed at another position, nothing can have added them again
        table.batch_write(delete=removed)
        return
    if removed:
        with ThreadPoolExecutor(min(len(removed), _MAX_SIDE_BY_SIDE)) as pool:
            deletions = [
                pool.submit(table.delete, key, "revision <= :revision", {":revision": revision})
                for key in removed
            ]
            for deletion in deletions:
                deletion.result()


def _drop_entries(table: Table, old: Item, after: Indexed) -> None:
    """Delete the entries of a change that wasn't made, if no record can have them anymore.

    Those of an active record stay: another process may have written the same ones, and may be about to change
    the record. They don't count unless it does.
    """
    current = table.get({"pk": old["pk"], "sk": old["sk"]})
    if current and "deletingSince" not in current and current["uploadedAt"] == old["uploadedAt"]:
        return
    table.batch_write(delete=after.term_keys)
    if after.is_indexed:
        # An image that was uploaded again can have the same position in the list by the time taken.
        table.delete(after.taken_key, "uploadedAt = :uploadedAt", {":uploadedAt": after.uploaded_at})


def _log_entry(table: Table, before: Indexed, after: Indexed, totals: MonthTotals) -> LogEntry:
    is_same_day = before.day == after.day
    return LogEntry(
        added=_counted(after, except_for=before if is_same_day else None),
        added_day=after.day,
        removed=_counted(before, except_for=after if is_same_day else None),
        removed_day=before.day,
        month="" if totals == NO_TOTALS else month_of(table.time()),
        totals=totals,
    )


def _counted(indexed: Indexed, except_for: Indexed | None) -> tuple[Term, ...]:
    kept = except_for.counted if except_for else ()
    return tuple(term for key, term in indexed.counted.items() if key not in kept)


def _update(
    old: Item,
    new: Item,
    attributes: Mapping[str, Any],
    totals: MonthTotals,
    condition: str,
    values: Mapping[str, Any],
) -> Update:
    """Return the update of the record, with the condition that it hasn't changed."""
    assigned = {name: new[name] for name in (*attributes, "revision") if name in new}
    removed = [name for name in attributes if name not in new]
    expression = f"SET {', '.join(f'#{name} = :new_{name}' for name in assigned)}"
    if removed:
        expression += f" REMOVE {', '.join(f'#{name}' for name in removed)}"
    if totals.billed_calls:
        expression += " ADD billedCalls :calls"
    is_first = "revision" not in old
    conditions = [
        "uploadedAt = :old_uploadedAt AND attribute_not_exists(deletingSince)",
        "attribute_not_exists(revision)" if is_first else "revision = :old_revision",
        *([f"({condition})"] if condition else []),
    ]
    return Update(
        {"pk": old["pk"], "sk": old["sk"]},
        expression,
        {
            **values,
            **{f":new_{name}": value for name, value in assigned.items()},
            ":old_uploadedAt": old["uploadedAt"],
            **({} if is_first else {":old_revision": old["revision"]}),
            **({":calls": totals.billed_calls} if totals.billed_calls else {}),
        },
        " AND ".join(conditions),
    )


def _update_once(table: Table, update: Update, new: Item, attributes: Mapping[str, Any]) -> bool:
    """Update the record. The SDK may repeat an update whose answer was lost, and then the condition fails."""
    is_changed, item = table.update(update.key, update.expression, update.values, condition=update.condition)
    names = [*attributes, "revision", "uploadedAt"]
    return is_changed or all(item.get(name) == new.get(name) for name in names)
