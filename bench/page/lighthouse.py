"""Lighthouse, which measures the page as on a phone with slow 4G. Needs Node.js and npm."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

Run = dict[str, Any]  # what measure.mjs prints


def install() -> None:
    """Install the locked packages into this folder, unless they are up to date."""
    installed, wanted = FOLDER / "node_modules/.package-lock.json", FOLDER / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)


@dataclass(frozen=True)
class Lighthouse:
    """Runs Lighthouse in the tab of a browser that listens on a port."""

    port: int
    runs: int
    reports: Path | None  # a folder for its reports

    def measure(self, name: str, url: str, cache: str) -> list[Run]:
        """Measure a page several times. `cache` is `warm`, or `cold` for an empty one."""
        return [self._run(f"{name} {number + 1}", url, cache) for number in range(self.runs)]

    def _run(self, name: str, url: str, cache: str) -> Run:
        command = ["node", str(FOLDER / "measure.mjs"), str(self.port), url, cache]
        if self.reports:
            self.reports.mkdir(parents=True, exist_ok=True)
            command.append(str((self.reports / f"{name}.html").resolve()))
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        run: Run = json.loads(output)
        return run
