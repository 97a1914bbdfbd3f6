"""The log: what each transaction added to an owner's index and removed from it, and what it counted.

Counts are kept by the day on which an image expires, because DynamoDB deletes expired items without notice. A
day is the number of days since 1970 at whose end, in UTC, its images expire.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.index.vocabulary import NO_TOTALS, MonthTotals
from catalog.keys import DAY_SECONDS, log_partition
from catalog.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.table import Item

MONTH_SECONDS = 400 * DAY_SECONDS  # keeps monthly totals for over a year
_ID_BYTES = 6


@dataclass(frozen=True)
class LogEntry:
    """A change of an index. `added_day` and `removed_day` are those of the image before and after it."""

    added: tuple[Term, ...] = ()
    added_day: int = 0
    removed: tuple[Term, ...] = ()
    removed_day: int = 0
    month: str = ""  # "2026-11"; empty without totals
    totals: MonthTotals = NO_TOTALS
    id: str = ""
    expires_at: int = 0  # epoch seconds

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to log."""
        return not self.added and not self.removed and self.totals == NO_TOTALS

    def changes(self, today: int) -> Iterable[tuple[Term, int, int]]:
        """Yield each term with its day and 1 or -1, unless the images of that day have expired."""
        if self.added_day > today:
            yield from ((term, self.added_day, 1) for term in self.added)
        if self.removed_day > today:
            yield from ((term, self.removed_day, -1) for term in self.removed)

    def to_item(self, owner: str, now: int) -> dict[str, Any]:
        """Return a new item of the log."""
        last_day = max(self.added_day if self.added else 0, self.removed_day if self.removed else 0)
        attributes: dict[str, Any] = {
            "added": [str(term) for term in self.added],
            "addedDay": self.added and self.added_day,
            "removed": [str(term) for term in self.removed],
            "removedDay": self.removed and self.removed_day,
            "month": self.month,
            "images": self.totals.images,
            "calls": self.totals.billed_calls,
        }
        return {
            "pk": log_partition(owner),
            "sk": secrets.token_urlsafe(_ID_BYTES),
            **{name: value for name, value in attributes.items() if value},
            "expiresAt": max(last_day * DAY_SECONDS, now + MONTH_SECONDS),
        }

    @classmethod
    def from_item(cls, item: Item) -> LogEntry:
        """Return the entry of an item."""
        return cls(
            added=tuple(Term.parse(text) for text in item.get("added", ())),
            added_day=int(item.get("addedDay", 0)),
            removed=tuple(Term.parse(text) for text in item.get("removed", ())),
            removed_day=int(item.get("removedDay", 0)),
            month=item.get("month", ""),
            totals=MonthTotals(int(item.get("images", 0)), int(item.get("calls", 0))),
            id=item["sk"],
            expires_at=int(item["expiresAt"]),
        )
