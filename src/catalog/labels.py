"""The label index: which images have a label, and how many.

An image's entry in a label's list and the label's count change in one transaction. Counts are kept per
expiry day, because DynamoDB deletes expired entries without notice.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog import actions
from catalog.keys import DAY_SECONDS, count_key, counts_partition
from catalog.table import TableBusy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.actions import Action
    from catalog.keys import ListEntry
    from catalog.table import Table

_PAIRS_PER_WRITE = 24  # a transaction takes 100 actions, but larger ones collide more often
_CLEANUPS_PER_READ = 100  # the maximum of one transaction
_DAYS_PER_CLEANUP = 100  # an expression holds at most 4 KB
_DAY_PREFIX = "day"  # of the attributes that hold the counts per expiry day


@dataclass(frozen=True)
class LabelCount:
    """A label, spelled as first seen, and the number of images that have it."""

    name: str
    count: int


def add(table: Table, entry: ListEntry, names: Mapping[str, str], guard: Action) -> bool:
    """Add an image to the lists of labels, given as folded to displayed names.

    Idempotent per label. Return False if the guard failed.
    """
    pairs = [
        (
            actions.put(entry.to_item(entry.label_key(folded)), "attribute_not_exists(pk)"),
            actions.update(
                count_key(entry.owner, folded),
                f"SET #name = if_not_exists(#name, :name), lastEntry = :entry ADD {_day(entry)} :one",
                {":name": name, ":one": 1, ":entry": f"{entry.list_key['sk']}#{entry.expires_at}"},
            ),
        )
        for folded, name in names.items()
    ]
    return _write(table, pairs, guard)


def remove(table: Table, entry: ListEntry, names: Iterable[str], guard: Action | None = None) -> bool:
    """Remove an image from the lists of labels (folded names). Return False if the guard failed."""
    pairs = [
        (
            actions.delete(entry.label_key(folded), "attribute_exists(pk)"),
            actions.update(count_key(entry.owner, folded), f"ADD {_day(entry)} :change", {":change": -1}),
        )
        for folded in names
    ]
    return _write(table, pairs, guard)


def read_counts(table: Table, owner: str) -> tuple[LabelCount, ...]:
    """Return an owner's labels, most frequent first, and delete counts that have expired."""
    found, cleanups = [], []
    for item in _read_items(table, owner):
        days = {name: int(count) for name, count in item.items() if name.startswith(_DAY_PREFIX)}
        expired = [day for day in days if int(day.removeprefix(_DAY_PREFIX)) * DAY_SECONDS <= table.now()]
        count = sum(days.values()) - sum(days[day] for day in expired)
        if count > 0:
            found.append(LabelCount(item["name"], count))
        if count <= 0 and len(days) <= _DAYS_PER_CLEANUP:
            cleanups.append(_delete_unchanged(item, days))
        elif expired:
            cleanups.append(
                actions.update(_key(item), f"REMOVE {', '.join(expired[:_DAYS_PER_CLEANUP])}", {})
            )
    _clean_up(table, cleanups[:_CLEANUPS_PER_READ])
    return tuple(sorted(found, key=lambda label: (-label.count, label.name.casefold())))


def _read_items(table: Table, owner: str) -> Iterable[dict[str, Any]]:
    has_more, before = True, None
    while has_more:
        items, has_more = table.query(counts_partition(owner), before=before)
        yield from items
        before = items[-1]["sk"] if items else None


def _delete_unchanged(item: Mapping[str, Any], days: Mapping[str, int]) -> Action:
    """Delete a count unless an image was added since it was read, even on a new expiry day."""
    values = {f":{day}": count for day, count in days.items()}
    conditions = [f"{day} = :{day}" for day in days]
    if "lastEntry" in item:
        values[":entry"] = item["lastEntry"]
        conditions.append("lastEntry = :entry")
    else:  # a removal after the last day had expired created the item again
        conditions.append("attribute_not_exists(lastEntry)")
    return actions.delete(_key(item), " AND ".join(conditions), values)


def _clean_up(table: Table, cleanups: list[Action]) -> None:
    with suppress(TableBusy):  # the next read cleans up as well
        failed = table.write(*cleanups) if cleanups else set()
        remaining = [action for index, action in enumerate(cleanups) if index not in failed]
        if failed and remaining:
            table.write(*remaining)


def _key(item: Mapping[str, Any]) -> dict[str, str]:
    return {"pk": item["pk"], "sk": item["sk"]}


def _day(entry: ListEntry) -> str:
    return f"{_DAY_PREFIX}{entry.expires_at // DAY_SECONDS}"


def _write(table: Table, pairs: list[tuple[Action, Action]], guard: Action | None) -> bool:
    remaining = pairs
    while remaining:
        chunk = remaining[:_PAIRS_PER_WRITE]
        pair_actions = [action for pair in chunk for action in pair]
        failed = table.write(*pair_actions, *([guard] if guard else []))
        if len(pair_actions) in failed:
            return False
        # A failed pair is already in the desired state. The transaction wrote nothing: repeat the others.
        repeated = [pair for index, pair in enumerate(chunk) if failed and 2 * index not in failed]
        remaining = repeated + remaining[_PAIRS_PER_WRITE:]
    return True
