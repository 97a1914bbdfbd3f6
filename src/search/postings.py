"""Lists of the index, read newest first, and the positions that several of them have in common."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from catalog.index.entries import Entry

    Read = Callable[[str | None, str | None, int], tuple[list[Entry], bool]]  # term key, before, limit

_MAX_PART = 1000  # entries of one read; about 250 KB
_MIN_COST = 50  # entries that a read counts as, so that reads are limited as well
_THREADS = 16  # as many as the catalog has connections


@dataclass
class Budget:
    """How many entries one search may still read; lists are read side by side."""

    entries: int
    has_stopped: bool = False  # the search, before the end of what it reads
    _lock: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    @property
    def is_spent(self) -> bool:
        """Whether to stop."""
        return self.entries <= 0

    def spend(self, entries: int) -> None:
        """Count a read."""
        with self._lock:
            self.entries -= max(entries, _MIN_COST)


class Postings:
    """The entries of one list, newest first, read in growing parts."""

    def __init__(
        self, read: Read, key: str | None, *, before: str | None, first_part: int, budget: Budget
    ) -> None:
        self.key = key
        self._read = read
        self._before = before
        self._part = first_part
        self._budget = budget
        self._entries: list[Entry] = []
        self._index = 0
        self._has_more = True

    def head(self) -> Entry | None:
        """Return the newest entry that wasn't dropped, or None at the end."""
        while self._index == len(self._entries) and self._has_more:
            self._entries, self._has_more = self._read(self.key, self._before, self._part)
            self._index = 0
            self._part = min(_MAX_PART, 2 * self._part)
            self._budget.spend(len(self._entries))
            if self._entries:
                self._before = self._entries[-1].position
        return self._entries[self._index] if self._index < len(self._entries) else None

    def drop(self, position: str, *, inclusive: bool) -> None:
        """Drop the entries above a position and, if inclusive, the one at it."""
        while self._index < len(self._entries):
            found = self._entries[self._index].position
            if found < position or (found == position and not inclusive):
                return
            self._index += 1
        # The next read skips the rest. "~" sorts after the hexadecimal digits of an image id.
        below = position if inclusive else f"{position}~"
        self._before = below if self._before is None else min(self._before, below)


class Union:
    """The entries of several lists, newest first."""

    def __init__(self, postings: Sequence[Postings]) -> None:
        self._postings = postings

    def head(self) -> tuple[Entry, str | None] | None:
        """Return the newest entry and its list's key, or None at the end."""
        heads = [(entry, each.key) for each in self._postings if (entry := each.head())]
        return max(heads, key=lambda head: head[0].position, default=None)

    def drop(self, position: str, *, inclusive: bool) -> None:
        """Drop the entries above a position and, if inclusive, those at it."""
        for each in self._postings:
            each.drop(position, inclusive=inclusive)


def read_heads(postings: Sequence[Postings]) -> None:
    """Read the first part of each list, side by side."""
    if len(postings) > 1:
        with ThreadPoolExecutor(min(_THREADS, len(postings))) as executor:
            list(executor.map(Postings.head, postings))


def common_entries(unions: Sequence[Union], budget: Budget) -> Iterator[tuple[Entry, str | None]]:
    """Yield what all unions have in common, newest first, each entry with its list's key.

    When the budget is spent, the last one yielded may be in one of them only: above it, nothing was missed.
    """
    while True:
        heads = [head for union in unions if (head := union.head())]
        if len(heads) < len(unions):
            return
        lowest = min(heads, key=lambda head: head[0].position)
        position = lowest[0].position
        is_common = all(entry.position == position for entry, _ in heads)
        if is_common or budget.is_spent:
            yield lowest
            if budget.is_spent:
                budget.has_stopped = True
                return
        for union in unions:
            union.drop(position, inclusive=is_common)
