"""Fixtures: a stack whose people sign in at a strict OpenID Connect provider, which runs on Node.js."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

from tests.browser.support import freeze_clock, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.browser.support import OpenPage

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[2]
CLIENT_ID = "strict-page"  # in provider.mjs


@dataclass(frozen=True)
class StrictStack:
    """The URLs of a stack in another process."""

    issuer: str
    page_url: str
    api_url: str
    aws_url: str
    input_bucket: str


@dataclass(frozen=True)
class Program:
    """A running program and its first line of output."""

    first_line: str
    stdin: IO[str]


@contextmanager
def running(*command: str) -> Iterator[Program]:
    """Start a program that ends when its standard input closes, and wait for its first line of output."""
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Program(process.stdout.readline(), process.stdin)
        finally:
            process.stdin.close()


@pytest.fixture(scope="session")
def provider_script() -> Path:
    """The provider, with its packages installed."""
    if not (shutil.which("node") and shutil.which("npm")):
        if "CI" in os.environ:
            pytest.fail("Node.js or npm is missing.")
        pytest.skip("The strict provider needs Node.js with npm.")
    installed, wanted = FOLDER / "node_modules/.package-lock.json", FOLDER / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)
    return FOLDER / "provider.mjs"


@pytest.fixture(scope="session")
def stack(provider_script: Path) -> Iterator[StrictStack]:
    """Replaces the stack with the local provider, for all fixtures of the browser tests."""
    with ExitStack() as programs:
        provider = programs.enter_context(running("node", str(provider_script)))
        issuer = provider.first_line.strip()
        command = (sys.executable, "-m", "tests.browser.strict_provider.run_stack", issuer, CLIENT_ID)
        urls = json.loads(programs.enter_context(running(*command)).first_line)
        provider.stdin.write(f"{urls['page_url']}/\n")
        provider.stdin.flush()
        yield StrictStack(issuer, **urls)


@pytest.fixture
def empty_catalog() -> None:
    """Do nothing: the images of an earlier test don't matter here."""


@pytest.fixture
def objects_url(stack: StrictStack) -> str:
    """A pattern that matches originals."""
    return f"{stack.aws_url}/{stack.input_bucket}/**"


@pytest.fixture
def open_clocked(open_page: OpenPage) -> Callable[[str], Page]:
    """Sign in on a page whose clock moves only when the test advances it."""

    def open_(user: str) -> Page:
        page = open_page(user=None)
        page.clock.install()
        sign_in(page, user)
        freeze_clock(page)
        return page

    return open_
