"""While everything fails, nothing is stuck, lost or billed twice. `make chaos` does the same for longer."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run_chaos(*arguments: str) -> tuple[int, str]:
    """Run in a process of its own, because a process can have only one stack. Return its code and report."""
    finished = subprocess.run(
        [sys.executable, "-m", "bench.chaos", *arguments],
        cwd=ROOT,
        env={"PYTHONPATH": "src", "PATH": ""},
        stdout=subprocess.PIPE,
        text=True,
        timeout=240,
        check=False,
    )
    return finished.returncode, finished.stdout


@pytest.mark.timeout(300)
def test_nothing_is_stuck_lost_or_billed_twice_while_everything_fails() -> None:
    code, report = run_chaos("--images", "60", "--seed", "5")  # loses an event
    assert "violations: none" in report, report
    assert code == 0


@pytest.mark.timeout(300)
def test_a_burst_at_fifty_workers_is_billed_once() -> None:
    code, report = run_chaos("--images", "50", "--seed", "2", "--concurrency", "50", "--burst")
    assert "violations: none" in report, report
    assert code == 0
    (workers,) = re.findall(r"worker processes of the processor: (\d+)", report)
    assert int(workers) > 2  # more than there are processors; how many depends on the machine
