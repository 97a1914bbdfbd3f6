"""`make bench-page`: measure the sign-in page, the gallery and the viewer with Lighthouse, as on a phone.

The sign-in page is measured with an empty cache. The others are also measured as people see them: with the
files that the sign-in page has loaded, and the pictures of the last visit.

Needs Chromium, Node.js and npm. The first run installs Lighthouse into this folder.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from bench.page.table import format_table
from local.cli.arguments import whole_number
from local.cli.console import EXPLAINED, exit_at_once
from local.client import ClientError, recognize
from local.settings import UNLIMITED, stack_parameters, use_local_credentials
from local.stack import Stack
from tests.browser.conftest import CHROMIUM_ARGS, find_chromium
from tests.browser.photographs import photographs
from tests.browser.support import sign_in

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).parent
PICTURES = 40
TIMEOUT_MS = 60_000


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make bench-page", description=__doc__)
    parser.add_argument("--runs", type=whole_number(1), default=3, help="of each page (%(default)s)")
    parser.add_argument("--reports", type=Path, help="folder for Lighthouse's reports")
    options = parser.parse_args(arguments)
    executable = find_chromium()
    if executable is None:
        print("Chromium is missing. Install it or set CHROMIUM to its path.", file=sys.stderr)
        return 1
    use_local_credentials(os.environ)
    try:
        install_lighthouse()
        parameters = stack_parameters(os.environ) | UNLIMITED
        with Stack(parameters=parameters, log=lambda name, line: None) as stack:
            ids = add_pictures(stack)
            measured = measure(stack, executable, ids[-1], options.runs, options.reports)
    except (*EXPLAINED, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    print(format_table(measured))
    for name, runs in measured.items():
        if failed := sorted({audit for run in runs for audit in run["failed"]}):
            print(f"{name}: below 90: {', '.join(failed)}")
    return 0


def install_lighthouse() -> None:
    """Install the locked packages, unless they are up to date."""
    installed, wanted = FOLDER / "node_modules/.package-lock.json", FOLDER / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)


def add_pictures(stack: Stack) -> list[str]:
    """Upload photographs, the same in every measurement, and return their ids."""
    token = stack.token("alice")
    ids = []
    with tempfile.TemporaryDirectory() as folder:
        for payload in photographs(PICTURES):
            file = Path(folder, payload["name"])
            file.write_bytes(payload["buffer"])
            ids.append(str(recognize(stack.api_url, file, token)["image"]["id"]))
    return ids


def measure(
    stack: Stack, executable: str, image_id: str, runs: int, reports: Path | None
) -> dict[str, list[dict[str, Any]]]:
    """Return the results of each page by its name, all in one tab, which then signs in."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    if reports:
        reports.mkdir(parents=True, exist_ok=True)

    def run(name: str, url: str, cache: str) -> list[dict[str, Any]]:
        return [
            run_lighthouse(port, url, cache, reports and (reports / f"{name} {number + 1}.html").resolve())
            for number in range(runs)
        ]

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=[*CHROMIUM_ARGS, f"--remote-debugging-port={port}"]
        )
        page = browser.new_page(no_viewport=True)  # Lighthouse sets that of a phone
        page.set_default_timeout(TIMEOUT_MS)
        page.goto(stack.page_url)
        measured = {"sign-in": run("sign-in", stack.page_url, "cold")}
        page.goto(stack.page_url)
        sign_in(page, "alice")
        for name, url in {
            "gallery": stack.page_url,
            "viewer": f"{stack.page_url}#/image/{image_id}",
        }.items():
            measured[name] = run(name, url, "warm")
            measured[f"{name}, empty cache"] = run(f"{name} cold", url, "cold")
        browser.close()
    return measured


def run_lighthouse(port: int, url: str, cache: str, report: Path | None) -> dict[str, Any]:
    command = ["node", str(FOLDER / "measure.mjs"), str(port), url, cache, *([str(report)] if report else [])]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    result: dict[str, Any] = json.loads(output)
    return result


if __name__ == "__main__":
    exit_at_once(main(sys.argv[1:]))
