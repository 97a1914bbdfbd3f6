"""The figures of starting and testing the project: a section of `make bench`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from bench.figures import Figure, Section
from local.settings import DEFAULT_PORTS, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

RUNS = {"unit": "unit and template tests", "stack": "stack and browser tests"}  # by their file
DURATIONS = ROOT / "build" / "durations"  # JUnit's XML files, which `make test` writes
SLOWEST = 10
_STARTS, _QUICK_STARTS = 5, 2
_CLONES = 3
_PRINTS_READY = "ready "
_PHASES = {  # by the beginning of the line that announces it
    "Creating the virtual environment": "virtual environment and uv",
    "Installing the packages": "packages",
    "Done.": "start",
}
_NOT_TESTED = "No durations of tests: run `make test` first."


@dataclass(frozen=True)
class Start:
    """How long a command took until it was ready, its CPU time without children, and its lines with times."""

    seconds: float
    cpu: float
    lines: tuple[tuple[float, str], ...]


def measure(*, quick: bool) -> Section:
    """Measure a start, installed and in a fresh clone; tell how long the last `make test` took."""
    installed = [
        start([sys.executable, "-m", "local"], ROOT) for _ in range(_QUICK_STARTS if quick else _STARTS)
    ]
    clones = [] if quick else list(_start_in_clones(_CLONES))
    return Section(
        (*start_figures(installed, clones), *suite_figures(DURATIONS)),
        (*_phase_lines(clones), *suite_lines(DURATIONS)),
    )


def start(command: Sequence[str], folder: Path) -> Start:
    """Run a command that starts the stack, until it is ready."""
    environ = {**os.environ, **dict.fromkeys(DEFAULT_PORTS, "0")}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # people keep the bytecode
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        lines = list(_read(process, began))
        return Start(lines[-1][0], _cpu_seconds(process.pid), tuple(lines))
    finally:
        with suppress(ProcessLookupError):  # it has ended
            os.killpg(process.pid, signal.SIGTERM)
        process.communicate()


def _read(process: subprocess.Popen[str], began: float) -> Iterator[tuple[float, str]]:
    """Yield each line of the output with the seconds since the start. Raises ChildProcessError at its end."""
    assert process.stdout  # always a pipe here
    for line in process.stdout:
        yield time.monotonic() - began, line.rstrip()
        if line.startswith(_PRINTS_READY):
            return
    raise ChildProcessError(f"The stack ended with status {process.wait()}.")


def _cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _start_in_clones(count: int) -> Iterator[Start]:
    """Yield starts in fresh clones. The first, which fills the caches of packages, isn't yielded."""
    for number in range(count + 1):
        with tempfile.TemporaryDirectory() as folder:
            clone = Path(folder, "clone")
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
            found = start(["make", "run"], clone)
            if number:
                yield found


def start_figures(installed: Sequence[Start], clones: Sequence[Start]) -> Iterator[Figure]:
    """Yield the figures of starts."""
    yield Figure("make run: ready", tuple(each.seconds for each in installed), "s", 2.5, 15)
    yield Figure(
        "make run: CPU time of the stack's process", tuple(each.cpu for each in installed), "s", None, 4
    )
    if clones:
        yield Figure(
            "make run in a fresh clone: ready",
            tuple(each.seconds for each in clones),
            "s",
            15,
            90,
            decimals=1,
        )


def phases(lines: Iterable[tuple[float, str]]) -> Mapping[str, float]:
    """Return the seconds of each phase of `make run` in a fresh clone, from its lines."""
    begins = [*_PHASES, _PRINTS_READY]
    marks = [(seconds, begin) for seconds, line in lines for begin in begins if line.startswith(begin)]
    return {_PHASES[begin]: end - seconds for (seconds, begin), (end, _) in pairwise(marks)}


def _phase_lines(clones: Sequence[Start]) -> Iterator[str]:
    if clones:
        yield "The last start in a fresh clone:"
        for name, seconds in phases(clones[-1].lines).items():
            yield f"{seconds:6.1f} s  {name}"


def suite_figures(folder: Path) -> Iterator[Figure]:
    """Yield how long the runs of the last `make test` took, and their sum."""
    runs = {
        file.stem: float(suite.attrib["time"]) / 60
        for file in sorted(folder.glob("*.xml"), reverse=True)
        for suite in ET.parse(file).iter("testsuite")
    }
    for name, minutes in runs.items():
        yield Figure(f"make test: {RUNS[name]}", (minutes,), "min", decimals=1)
    if len(runs) == len(RUNS):
        yield Figure("make test", (sum(runs.values()),), "min", 8, 45, decimals=1)


def suite_lines(folder: Path) -> Iterator[str]:
    """Yield the slowest tests of the last `make test`."""
    tests = [
        (float(case.attrib["time"]), f"{case.attrib['classname']}.{case.attrib['name']}")
        for file in folder.glob("*.xml")
        for case in ET.parse(file).iter("testcase")
    ]
    if not tests:
        yield _NOT_TESTED
        return
    yield f"The slowest of {len(tests):,} tests:"
    for seconds, name in sorted(tests, reverse=True)[:SLOWEST]:
        yield f"{seconds:6.1f} s  {name}"
