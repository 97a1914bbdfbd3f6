"""Labels: which images have which, and how many; each entry in a list and its count change as one.

A count is kept by the day on which its images expire, since DynamoDB deletes their entries unseen.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog import actions
from catalog.keys import DAY_SECONDS, count_key, counts_of
from catalog.table import TableBusy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.actions import Action
    from catalog.keys import Place
    from catalog.table import Rows

_PAIRS = 24  # in a transaction, which takes 100 actions; more of them would collide more with others'
_TIDIED = 100  # counts tidied up by one reading of them, in one transaction
_DAYS = 100  # in one of them; an expression has at most 4 KB
_DAY = "day"  # begins the names of the attributes that hold the days' counts


@dataclass(frozen=True)
class LabelCount:
    """A label and how many images have it; the name as it was first seen."""

    name: str
    count: int


def enter(rows: Rows, place: Place, names: Mapping[str, str], guard: Action) -> bool:
    """List an image under names (as shown, by folded form); False where the guard refused.

    What was entered before, by a try that was cut off, is left as it is.
    """
    pairs = [
        (
            actions.put(place.entry(place.label_key(folded)), "attribute_not_exists(pk)"),
            actions.update(
                count_key(place.owner, folded),
                f"SET #name = if_not_exists(#name, :name), lastEntry = :entry ADD {_day(place)} :one",
                {":name": shown, ":one": 1, ":entry": f"{place.list_key['sk']}#{place.expires_at}"},
            ),
        )
        for folded, shown in names.items()
    ]
    return _write(rows, pairs, guard)


def leave(rows: Rows, place: Place, names: Iterable[str], guard: Action | None = None) -> bool:
    """Take an image out of the lists of names (folded) that it is in; False where the guard refused."""
    pairs = [
        (
            actions.delete(place.label_key(folded), "attribute_exists(pk)"),
            actions.update(count_key(place.owner, folded), f"ADD {_day(place)} :less", {":less": -1}),
        )
        for folded in names
    ]
    return _write(rows, pairs, guard)


def counts(rows: Rows, owner: str) -> tuple[LabelCount, ...]:
    """Return an owner's labels, most frequent first; and take away what no reading needs any more."""
    found, spent = [], []
    for item in _items(rows, owner):
        days = {name: int(count) for name, count in item.items() if name.startswith(_DAY)}
        over = [name for name in days if int(name.removeprefix(_DAY)) * DAY_SECONDS <= rows.now()]
        count = sum(days.values()) - sum(days[name] for name in over)
        if count > 0:
            found.append(LabelCount(item["name"], count))
        if count <= 0 and len(days) <= _DAYS:
            spent.append(_removal(item, days))
        elif over:
            spent.append(actions.update(_key(item), f"REMOVE {', '.join(over[:_DAYS])}", {}))
    _tidy_up(rows, spent[:_TIDIED])
    return tuple(sorted(found, key=lambda label: (-label.count, label.name.casefold())))


def _items(rows: Rows, owner: str) -> Iterable[dict[str, Any]]:
    more, before = True, None
    while more:
        items, more = rows.query(counts_of(owner), before=before)
        yield from items
        before = items[-1]["sk"] if items else None


def _removal(item: Mapping[str, Any], days: Mapping[str, int]) -> Action:
    """Delete a count, unless an image was listed since, be it on a day that had no count yet."""
    values = {f":{day}": count for day, count in days.items()}
    unchanged = [f"{day} = :{day}" for day in days]
    if "lastEntry" in item:
        values[":entry"] = item["lastEntry"]
        unchanged.append("lastEntry = :entry")
    else:  # a deletion that met the end of the last day begins one anew
        unchanged.append("attribute_not_exists(lastEntry)")
    condition = " AND ".join(unchanged)
    return actions.delete(_key(item), condition, values)


def _tidy_up(rows: Rows, spent: list[Action]) -> None:
    with suppress(TableBusy):  # the next reading tidies up as well
        refused = rows.write(*spent) if spent else set()
        left = [action for index, action in enumerate(spent) if index not in refused]
        if refused and left:
            rows.write(*left)


def _key(item: Mapping[str, Any]) -> dict[str, str]:
    return {"pk": item["pk"], "sk": item["sk"]}


def _day(place: Place) -> str:
    return f"{_DAY}{place.expires_at // DAY_SECONDS}"


def _write(rows: Rows, pairs: list[tuple[Action, Action]], guard: Action | None) -> bool:
    left = pairs
    while left:
        chunk = left[:_PAIRS]
        parts = [action for pair in chunk for action in pair]
        refused = rows.write(*parts, *([guard] if guard else []))
        if len(parts) in refused:
            return False
        # pairs that are as they should be already make room for the others
        again = [pair for index, pair in enumerate(chunk) if refused and 2 * index not in refused]
        left = again + left[_PAIRS:]
    return True
