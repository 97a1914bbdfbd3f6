"""The CPU time of the local stack's worker processes, by function (from /proc, so on Linux only)."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_TICKS = os.sysconf("SC_CLK_TCK")  # per second
_PARENT, _USER, _CHILDREN_SYSTEM = 1, 11, 14  # fields after the name; see proc_pid_stat(5)


class _Process(NamedTuple):
    parent: int
    ticks: int  # its own, and those of its children that have ended
    last_argument: str


def cpu_milliseconds(handlers: Mapping[str, str]) -> Counter[str]:
    """Return the CPU time so far of this process's workers, with the processes that they started.

    `handlers` are the names to count under, by the handler that a worker runs.
    """
    processes = _read_processes()
    used: Counter[str] = Counter()
    for process in processes.values():
        worker = process
        while worker.parent != os.getpid() and worker.parent in processes:
            worker = processes[worker.parent]
        if worker.parent == os.getpid() and worker.last_argument in handlers:
            used[handlers[worker.last_argument]] += round(process.ticks * 1000 / _TICKS)
    return used


def _read_processes() -> dict[int, _Process]:
    processes = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # the process has just ended
            arguments = (folder / "cmdline").read_text(errors="replace").split("\0")
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            ticks = sum(map(int, fields[_USER : _CHILDREN_SYSTEM + 1]))
            last = arguments[-2] if len(arguments) > 1 else ""
            processes[int(folder.name)] = _Process(int(fields[_PARENT]), ticks, last)
    return processes
