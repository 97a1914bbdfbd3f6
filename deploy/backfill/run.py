"""A run: starts the images of a selection at a pace, follows each to its end, and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.contention import TableBusy
from deploy.backfill.follow import MAX_FOLLOWED
from deploy.backfill.images import NOT_PERMITTED, groups
from deploy.backfill.progress import progress_line
from deploy.backfill.report import Report
from deploy.polling import POLL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from common.errors import CeilingReached
    from deploy.backfill.follow import Followed
    from deploy.backfill.images import Selected, Selection
    from deploy.backfill.pace import Pace
    from deploy.backfill.progress import Display

_BUSY = "changed all the time"  # by others: the next run tries again


class Run:
    """One run. After an interruption at any point, `report` says what was done until then."""

    def __init__(
        self,
        selection: Selection,
        pace: Pace,
        followed: Followed,
        queue_length: Callable[[], int],
        ceiling_problem: Callable[[], CeilingReached | None],
        display: Display,
        pool: Executor,
        *,
        agreed: int,
        total: int,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        """`agreed` is the number of images to start, and `total` that of images to recognize."""
        self._selection = selection
        self._pace = pace
        self._followed = followed
        self._queue_length = queue_length
        self._ceiling_problem = ceiling_problem
        self._display = display
        self._pool = pool
        self._agreed = agreed
        self._total = total
        self._clock = clock
        self._sleep = sleep
        self._began_at = clock()
        self._next_look_at = self._began_at
        self._is_backlog_long = False
        self._started = 0
        self._done = 0
        self._ceiling: CeilingReached | None = None  # as soon as it is reached
        self.problem: CeilingReached | None = None  # the same, if it kept images from being started
        self.has_more = False  # whether there were more images than those to start
        self.report = Report()

    def execute(self) -> None:
        """Start the images, unless the ceiling on the bill is reached, and wait until each has ended."""
        try:
            self._start_all()
            while len(self._followed):
                self._sleep(POLL_SECONDS)
                self._look()
        finally:
            self.report.waiting += len(self._followed)
            self.report.calls_to_come += self._followed.calls
            self.report.seconds = self._clock() - self._began_at
            self._display.end()

    def _start_all(self) -> None:
        for batch in self._selection.batches():
            self.report.skip(batch)
            for selected in batch.started:
                self._wait_while(lambda: len(self._followed) >= MAX_FOLLOWED)
                self._followed.add(selected)
            to_do = batch.to_do[: self._agreed - self._started]
            self.has_more = self.has_more or len(to_do) < len(batch.to_do)
            for group in groups(to_do, self._pace.group):
                self._wait_for_turn(len(group))
                if self._ceiling:
                    self.problem = self._ceiling
                    return
                self._start(group)
            self._look_if_due()

    def _start(self, group: list[Selected]) -> None:
        for selected in group:  # before they are started, so that an interruption loses none
            self._followed.add(selected)
        for selected, reason in zip(group, self._pool.map(self._start_one, group), strict=True):
            self._started += 1
            if reason is not None:
                self._followed.drop(selected)
                counts = self.report.failed if reason in (_BUSY, NOT_PERMITTED) else self.report.others
                counts[reason] += 1

    def _start_one(self, selected: Selected) -> str | None:
        try:
            return self._selection.start(selected)
        except TableBusy:
            return _BUSY

    def _wait_for_turn(self, images: int) -> None:
        self._look_if_due()
        self._wait_while(lambda: self._is_backlog_long or len(self._followed) >= MAX_FOLLOWED)
        if not self._ceiling:
            self._sleep(self._pace.reserve(images))

    def _wait_while(self, is_full: Callable[[], bool]) -> None:
        while is_full() and not self._ceiling:
            self._sleep(POLL_SECONDS)
            self._look()

    def _look_if_due(self) -> None:
        if self._clock() >= self._next_look_at:
            self._look()

    def _look(self) -> None:
        """See what has ended, how long the retry queue is, and whether the ceiling is reached."""
        for ending in self._followed.poll():
            self.report.add(ending)
            self._done += 1
        self._is_backlog_long = self._queue_length() > self._pace.max_backlog
        self._ceiling = self._ceiling or self._ceiling_problem()
        self._next_look_at = self._clock() + POLL_SECONDS
        self._show()

    def _show(self) -> None:
        seconds = self._clock() - self._began_at
        left = max(0, self._total - self._started) / self._pace.rate if not self._is_backlog_long else None
        failed = self.report.failed.total()
        line = progress_line(
            done=self._done, failed=failed, total=self._total, seconds=seconds, seconds_left=left
        )
        self._display.show(line + (" (the retry queue is long: waiting)" if self._is_backlog_long else ""))
