"""The pace, the progress and the variables of a run."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from deploy.backfill.options import Options, backfill_options
from deploy.backfill.pace import Pace, parse_share
from deploy.backfill.progress import Display, duration, progress_line
from deploy.errors import DeploymentError
from tests.unit.deploy.backfill.conftest import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_images_start_evenly_at_the_share_of_the_quota() -> None:
    time = Time()
    pace = Pace(5.0, 0.8, time)
    assert (pace.rate, pace.group, pace.max_backlog) == (4.0, 4, 300)
    assert [pace.reserve(4) for _ in range(3)] == [0.0, 1.0, 2.0]
    time.now += 60
    assert [pace.reserve(4) for _ in range(2)] == [0.0, 1.0]  # what wasn't used is lost


@pytest.mark.parametrize(("share", "group"), [(0.01, 1), (1.0, 100)])
def test_a_group_has_the_images_of_a_second(share: float, group: int) -> None:
    assert Pace(250.0 if share == 1.0 else 5.0, share, Time()).group == group


@pytest.mark.parametrize("text", ["", "0", "-1", "1.1", "nan", "half"])
def test_a_share_is_a_part_of_the_quota(text: str) -> None:
    with pytest.raises(DeploymentError) as caught:
        parse_share(text)
    assert str(caught.value) == f"SHARE must be a number above 0 and up to 1, such as 0.8, not {text!r}."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (119, "119 s"), (120, "2 min"), (3600, "1 h 0 min"), (200_000, "2 d 7 h")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_line_of_progress() -> None:
    line = progress_line(done=1200, failed=3, total=10_000, seconds=300, seconds_left=2200)
    assert line == "1,200 of 10,000 done, 3 failed, 4.0/s, 36 min left"
    assert progress_line(done=0, failed=0, total=1, seconds=0, seconds_left=None) == (
        "0 of 1 done, 0 failed, 0.0/s"
    )


def test_a_terminal_has_one_line_that_changes() -> None:
    terminal = Terminal()
    display = Display(terminal, Time())
    display.show("one")
    display.show("two")
    display.end()
    display.end()
    assert terminal.getvalue() == "\rone\033[K\rtwo\033[K\n"


def test_a_log_file_has_a_line_a_minute() -> None:
    stream, time = io.StringIO(), Time()
    display = Display(stream, time)
    for line in ("one", "two", "three"):
        display.show(line)
        time.now += 40
    display.end()
    assert stream.getvalue() == "three\n"


def missing() -> Options:
    return backfill_options("make backfill", "", "ada@example.com", "", "")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            missing,
            "Give the pictures, and the person or program who gets them: "
            "make backfill SOURCE=s3://bucket/prefix OWNER=person@example.com",
        ),
        (
            lambda: backfill_options("make backfill", "bucket", "ada", "", ""),
            "SOURCE must be s3://bucket or s3://bucket/prefix, not 'bucket'.",
        ),
        (lambda: Options(confirm="yes").check(), "CONFIRM must be no, or left out, not 'yes'."),
        (lambda: Options(search='"cat').check(), "SEARCH can't be understood. The quote isn't closed."),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(options: Callable[[], object], sentence: str) -> None:
    with pytest.raises(DeploymentError) as caught:
        options()
    assert str(caught.value) == sentence


def test_the_command_has_the_same_values() -> None:
    options = Options("ada@example.com", "label:cat -dog", share="0.5", confirm="no")
    assert options.command("make reprocess") == (
        "make reprocess OWNER=ada@example.com SEARCH='label:cat -dog' SHARE=0.5 CONFIRM=no"
    )
