"""The progress of a run on the terminal: a bar that stays in its line, or lines for a log file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.chaos.progress import Progress

_BAR = 30  # characters
_ESTIMATED_FROM = 0.1  # of the pictures; the first ones wait for the functions' workers
_LINE_SECONDS = 5.0  # between lines that aren't for a terminal


def bar(finished: int, total: int, seconds: float) -> str:
    """Return a line of progress with the time that is left, if it can be estimated."""
    filled = _BAR * min(finished, total) // max(1, total)
    is_estimated = _ESTIMATED_FROM * total <= finished < total
    left = f"{seconds * (total - finished) / finished:.0f} s left" if is_estimated else f"{seconds:.0f} s"
    return f"[{'#' * filled}{'.' * (_BAR - filled)}] {finished}/{total} finished, {left}"


class Display:
    """Shows progress in a stream."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._is_terminal = stream.isatty()
        self._next_at = clock()
        self._line = ""

    def show(self, progress: Progress, uploaded: int, total: int) -> None:
        """Show the current numbers: at once on a terminal, otherwise every few seconds."""
        self._line = f"{bar(progress.finished, total, progress.seconds)}, {uploaded} uploaded"
        if self._is_terminal:
            print(f"\r{self._line}\033[K", end="", file=self._stream, flush=True)
        elif self._clock() >= self._next_at:
            self._next_at = self._clock() + _LINE_SECONDS
            self._print_line()

    def end(self) -> None:
        """Show the last numbers, and leave the line."""
        if self._is_terminal:
            print(file=self._stream)
        elif self._line:
            self._print_line()

    def _print_line(self) -> None:
        print(self._line, file=self._stream, flush=True)
        self._line = ""
