"""The running stack against docs/openapi.yaml, by a tool that tries what nobody would think of."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.contract import FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.stack.client import Picture, Pipeline

ROOT = FILE.parents[1]


@pytest.mark.timeout(100)
def test_schemathesis_finds_nothing(
    newcomer: Callable[[], Pipeline], photograph: Callable[[], Picture], tmp_path: Path
) -> None:
    person = newcomer()
    person.recognised(photograph())
    arguments = [
        *("--config-file", ROOT / "schemathesis.toml", "run", FILE, "--url", person.stack.api_url),
        *("--header", f"Authorization: Bearer {person.token}"),
        *("--max-examples", "25", "--generation-deterministic"),
        *("--rate-limit", "40/s", "--max-failures", "5", "--no-color"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout, done.stdout
