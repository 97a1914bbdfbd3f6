"""Labels: which images have which, and how many; each entry in a list and its count change as one.

A count is kept by the day on which its images expire, since DynamoDB deletes their entries unseen.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline import actions
from pipeline.places import DAY_SECONDS, count_key, counts_of
from pipeline.rows import TableBusy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.actions import Action
    from pipeline.places import Place
    from pipeline.rows import Rows

_PAIRS = 24  # in a transaction, which takes 100 actions; more of them would collide more with others'
_SWEEPS = 20  # counts tidied up by one reading of them, so that it stays quick
_SWEPT_DAYS = 100  # in one of them; an expression has at most 4 KB
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
                f"SET #name = if_not_exists(#name, :name) ADD {_day(place)} :one",
                {":name": shown, ":one": 1},
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
    """Return an owner's labels, most frequent first."""
    found, swept = [], 0
    for item in _items(rows, owner):
        days = {name: int(count) for name, count in item.items() if name.startswith(_DAY)}
        over = [name for name in days if int(name.removeprefix(_DAY)) * DAY_SECONDS <= rows.now()]
        count = sum(days.values()) - sum(days[name] for name in over)
        if count > 0:
            found.append(LabelCount(item["name"], count))
        if over and swept < _SWEEPS:
            swept += 1
            _sweep(rows, item, over)
    return tuple(sorted(found, key=lambda label: (-label.count, label.name.casefold())))


def _items(rows: Rows, owner: str) -> Iterable[dict[str, Any]]:
    more, before = True, None
    while more:
        items, more = rows.query(counts_of(owner), before=before)
        yield from items
        before = items[-1]["sk"] if items else None


def _sweep(rows: Rows, item: Mapping[str, Any], days: list[str]) -> None:
    key = {"pk": item["pk"], "sk": item["sk"]}
    with suppress(TableBusy):  # the next reading tidies up as well
        rows.write(actions.update(key, f"REMOVE {', '.join(days[:_SWEPT_DAYS])}", {}))


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
