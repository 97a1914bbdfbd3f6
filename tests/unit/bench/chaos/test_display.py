"""The bar, on a terminal and in a log file."""

from __future__ import annotations

import io
import re

from bench.chaos.display import Display, bar
from bench.chaos.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_shows_the_time_that_is_left_once_it_can_be_told() -> None:
    assert bar(0, 60, 2.0) == f"[{'.' * 30}] 0/60 finished, 2 s"
    assert bar(5, 60, 4.0) == f"[{'#' * 2}{'.' * 28}] 5/60 finished, 4 s"
    assert bar(6, 60, 4.0) == f"[{'#' * 3}{'.' * 27}] 6/60 finished, 36 s left"
    assert bar(15, 60, 10.0) == f"[{'#' * 7}{'.' * 23}] 15/60 finished, 30 s left"
    assert bar(60, 60, 40.0) == f"[{'#' * 30}] 60/60 finished, 40 s"


def run(stream: io.StringIO) -> str:
    """Show three numbers of uploads at 0, 1 and 5 seconds, and the end; return what was written."""
    times = iter([0.0, 0.0, 0.0, 1.0, 5.0, 5.0])
    display = Display(stream, lambda: next(times, 9.0))
    for uploaded in (1, 2, 3):
        display.show(Progress(), uploaded, 3)
    display.end()
    return re.sub(r"\[\.+\] 0/3 finished, 0 s, ", "", stream.getvalue())


def test_stays_in_its_line_on_a_terminal() -> None:
    assert run(Terminal()) == "\r1 uploaded\033[K\r2 uploaded\033[K\r3 uploaded\033[K\n"


def test_prints_a_line_every_few_seconds_elsewhere() -> None:
    assert run(io.StringIO()) == "1 uploaded\n3 uploaded\n"


def test_prints_the_last_numbers_at_the_end() -> None:
    stream = io.StringIO()
    display = Display(stream, lambda: 0.0)
    display.show(Progress(), 1, 3)
    display.show(Progress(), 2, 3)
    display.end()
    assert [line.rpartition(", ")[2] for line in stream.getvalue().splitlines()] == [
        "1 uploaded",
        "2 uploaded",
    ]
