"""The images that a run has started, until each has come to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deploy.backfill.images import BATCH, DELETED, UNFINISHED, groups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog.records import ImageRecord
    from deploy.backfill.images import Selected
    from deploy.backfill.services import Services

MAX_FOLLOWED = 20_000  # images, in some 50 MB; with more, those that wait are finished first
PATIENCE = 3 * 60 * 60  # seconds: the tries of a message take less than two hours
KEPT = "kept their earlier result"


@dataclass(frozen=True)
class Ending:
    """How an image ended: recognized, or why not, and the calls that were billed for it in any case."""

    selected: Selected
    problem: str | None
    billed_calls: int = 0


class Followed:
    """Started images without an end. The catalog says how each ended, and what was billed.

    An image whose event was refused or got lost never ends, so each is followed for a limited time.
    """

    def __init__(self, services: Services, clock: Callable[[], float]) -> None:
        self._services = services
        self._clock = clock
        self._open: dict[tuple[str, str], tuple[Selected, float]] = {}  # and until when

    def __len__(self) -> int:
        return len(self._open)

    def add(self, selected: Selected) -> None:
        """Follow an image."""
        self._open[selected.key] = selected, self._clock() + PATIENCE

    def drop(self, selected: Selected) -> None:
        """Follow an image no longer, as it wasn't started."""
        self._open.pop(selected.key, None)

    @property
    def calls(self) -> int:
        """The calls about the images: some may have been made already."""
        return sum(len(selected.calls) for selected, _ in self._open.values())

    def poll(self) -> Iterator[Ending]:
        """Yield the images that have ended since the last time, or that aren't waited for any longer."""
        for keys in groups(list(self._open), BATCH):
            records = {(record.owner, record.id): record for record in self._services.catalog.get_many(keys)}
            ended = [key for key in keys if self._has_ended(self._open[key][1], records.get(key))]
            for key in ended:
                selected, _ = self._open.pop(key)
                yield _ending(selected, records.get(key))

    def _has_ended(self, until: float, record: ImageRecord | None) -> bool:
        if record is None or record.status != "pending":
            return True
        return self._services.recoverer.is_idle(record) or self._clock() >= until


def _ending(selected: Selected, record: ImageRecord | None) -> Ending:
    if record is None:
        return Ending(selected, DELETED)
    # A record that was deleted and started again counts from 0.
    return Ending(selected, _problem(selected, record), max(0, record.billed_calls - selected.billed_calls))


def _problem(selected: Selected, record: ImageRecord) -> str | None:
    if record.status == "pending":
        return UNFINISHED
    if record.status == "failed":
        return record.reason.code if record.reason else record.status
    return KEPT if record.processed_at == selected.recognized_at else None
