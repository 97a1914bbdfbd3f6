"""The progress of a run: one line that changes on a terminal, otherwise a line now and then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

_LINE_SECONDS = 60.0  # between lines that aren't for a terminal


class Display:
    """Shows lines in a stream."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._is_terminal = stream.isatty()
        self._next_at = clock() + _LINE_SECONDS
        self._is_open = False

    def show(self, line: str) -> None:
        """Show a line instead of the last one."""
        if self._is_terminal:
            print(f"\r{line}\033[K", end="", file=self._stream, flush=True)
            self._is_open = True
        elif self._clock() >= self._next_at:
            self._next_at = self._clock() + _LINE_SECONDS
            print(line, file=self._stream, flush=True)

    def end(self) -> None:
        """Leave the line, so that others can follow."""
        if self._is_open:
            print(file=self._stream, flush=True)
        self._is_open = False


def progress_line(*, done: int, failed: int, total: int, seconds: float, seconds_left: float | None) -> str:
    """Return the line of a run; without `seconds_left` it can't be told."""
    rate = done / seconds if seconds > 0 else 0.0
    left = "" if seconds_left is None else f", {duration(seconds_left)} left"
    return f"{done:,} of {total:,} done, {failed:,} failed, {rate:.1f}/s{left}"


def duration(seconds: float) -> str:
    """Return a duration as people say it: "40 s", "12 min", "3 h 20 min" or "2 d 7 h"."""
    whole = timedelta(seconds=round(seconds))
    hours, minutes = whole.seconds // 3600, whole.seconds // 60 % 60
    if whole.days:
        return f"{whole.days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if whole.seconds >= 120 else f"{whole.seconds} s"
