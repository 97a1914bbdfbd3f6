"""The figures of starts and of the last `make test`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from bench.development import phases, start, suite_figures, suite_lines
from bench.figures import Figure

if TYPE_CHECKING:
    from pathlib import Path

LINES = (
    (0.1, "Creating the virtual environment .venv with Python 3.13.1 …"),
    (3.1, "Installing the packages of requirements/run.txt …"),
    (5.6, "Done."),
    (7.0, "Reading template.yaml …"),
    (9.6, "ready http://127.0.0.1:8080"),
)


def write_durations(folder: Path) -> None:
    (folder / "unit.xml").write_text("""<testsuites><testsuite time="90">
        <testcase classname="tests.unit.test_a" name="test_slow[1]" time="2.25" />
        <testcase classname="tests.unit.test_a" name="test_quick" time="0.001" />
    </testsuite></testsuites>""")
    (folder / "stack.xml").write_text("""<testsuites><testsuite time="240">
        <testcase classname="tests.stack.test_b" name="test_slower" time="12" />
    </testsuite></testsuites>""")


def test_a_fresh_clone_has_phases() -> None:
    assert {name: round(seconds, 1) for name, seconds in phases(LINES).items()} == {
        "virtual environment and uv": 3.0,
        "packages": 2.5,
        "start": 4.0,
    }


def test_a_start_ends_when_the_stack_is_ready(tmp_path: Path) -> None:
    code = "import signal; print('Reading'); print('ready url', flush=True); signal.pause()"
    found = start([sys.executable, "-c", code], tmp_path)
    assert [line for _, line in found.lines] == ["Reading", "ready url"]
    assert found.seconds == found.lines[-1][0]


def test_a_command_that_ends_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ChildProcessError, match=r"^The stack ended with status 3\.$"):
        start([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)


def test_shows_the_runs_and_their_sum(tmp_path: Path) -> None:
    write_durations(tmp_path)
    assert list(suite_figures(tmp_path)) == [
        Figure("make test: unit and template tests", (1.5,), "min", decimals=1),
        Figure("make test: stack and browser tests", (4.0,), "min", decimals=1),
        Figure("make test", (5.5,), "min", 8, 45, decimals=1),
    ]


def test_the_slowest_tests_come_first(tmp_path: Path) -> None:
    write_durations(tmp_path)
    assert list(suite_lines(tmp_path)) == [
        "The slowest of 3 tests:",
        "  12.0 s  tests.stack.test_b.test_slower",
        "   2.2 s  tests.unit.test_a.test_slow[1]",
        "   0.0 s  tests.unit.test_a.test_quick",
    ]


def test_without_durations_there_is_a_hint(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert list(suite_figures(missing)) == []
    assert list(suite_lines(missing)) == ["No durations of tests: run `make test` first."]
