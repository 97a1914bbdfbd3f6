"""What a selection says about its images, and what it takes to recognize them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeVar

from common.prices import rekognition_cost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from catalog.records import ImageRecord
    from processor.detectors import Call

BATCH = 100  # images: what the catalog reads at once
# What there is to say about images that aren't recognized; the report's lines start with these.
ALREADY_DONE = "already done"
REJECTED_BEFORE = "rejected before"
IN_PROGRESS = "uploaded just now, and not recognized yet"
WITHOUT_ORIGINAL = "without an original that can be read"
NOT_PERMITTED = "no permission to read the original"
DELETED = "deleted meanwhile"
UNFINISHED = "not finished yet"

Item = TypeVar("Item")
CallKind = tuple[str, tuple[str, ...]]  # an operation, and the price groups of its analyses


@dataclass(frozen=True)
class Selected:
    """An image to recognize. `calls` are those to make, and `billed_calls` those counted for it so far.

    `ask_again` are the operations of calls that have an answer, but from an older model. `recognized_at` is
    when its result was made; None without one. `known_etag` is the version of its source object that the
    catalog had when they were compared; None without one.
    """

    record: ImageRecord
    calls: tuple[CallKind, ...]
    billed_calls: int = 0
    ask_again: frozenset[str] = frozenset()
    recognized_at: datetime | None = None
    known_etag: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The owner and the image id."""
        return self.record.owner, self.record.id


@dataclass
class Batch:
    """Images to start, images that an interrupted run has started, and how many others there are, and why."""

    to_do: list[Selected] = field(default_factory=list)
    started: list[Selected] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)

    @property
    def size(self) -> int:
        """The number of images."""
        return len(self.to_do) + len(self.started) + self.others.total()


@dataclass
class Survey:
    """How many images a selection has, and the calls to make about them."""

    to_do: int = 0
    started: int = 0
    others: Counter[str] = field(default_factory=Counter)
    calls: Counter[CallKind] = field(default_factory=Counter)

    def add(self, batch: Batch) -> None:
        """Add the images of a batch."""
        self.to_do += len(batch.to_do)
        self.started += len(batch.started)
        self.others.update(batch.others)
        for selected in batch.to_do:
            self.calls.update(selected.calls)

    @property
    def analyses(self) -> Counter[str]:
        """The analyses that the calls are billed as, by price group."""
        return count_analyses(self.calls)


class Selection(Protocol):
    """Images of a deployed stack."""

    def survey(self, show: Callable[[int], None]) -> Survey:
        """Count the images; `show` is told how many there are so far."""

    def batches(self) -> Iterator[Batch]:
        """List the images."""

    def start(self, selected: Selected) -> str | None:
        """Send the event that recognizes an image; idempotent. Return None, or why it isn't recognized."""


def recognized_at(record: ImageRecord) -> datetime | None:
    """Return when the result of a record was made, or None without one."""
    return record.processed_at if record.status == "done" else record.done_at


def call_kind(call: Call) -> CallKind:
    """Return what the bill needs to know about a call."""
    return call.operation, call.price_groups


def count_analyses(calls: Mapping[CallKind, int]) -> Counter[str]:
    """Return the analyses that calls are billed as, by price group."""
    analyses = Counter[str]()
    for (_, groups), count in calls.items():
        for group in groups:
            analyses[group] += count
    return analyses


def added_cost(used: Mapping[str, int], analyses: Mapping[str, int]) -> float:
    """Return the dollars that analyses add to a month in which some were used before: prices have tiers."""
    total = Counter(used) + Counter(analyses)
    return rekognition_cost(total) - rekognition_cost(used)


def groups(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of up to `size`."""
    iterator = iter(items)
    while group := list(islice(iterator, size)):
        yield group
