"""SAM CLI for real: built once, and a local stack that containers can reach."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.cli import docker
from local.cli import sam as sam_cli
from local.stack import Stack

BUILD_SECONDS = 300
EVENTS = sam_cli.ROOT / "events"
LOCAL_SECONDS = 180  # the first invoke builds an image with the layer


@dataclass(frozen=True)
class Answer:
    code: int
    stdout: str
    stderr: str


def run_sam(arguments: Sequence[str], *, seconds: int, env: dict[str, str] | None = None) -> Answer:
    done = subprocess.run(
        [Path(sys.executable).with_name("sam"), *arguments],
        cwd=sam_cli.ROOT,
        env=env or sam_cli.local_environment(),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def sam() -> Callable[..., Answer]:
    return run_sam


@pytest.fixture(scope="session")
def built() -> None:
    docker.require_engine()
    assert sam_cli.build() == 0


@pytest.fixture(scope="session")
def env_vars(stack: Stack) -> Iterator[Path]:
    with sam_cli.reachable_stack(int(stack.aws_url.rsplit(":", 1)[1])) as file:
        yield file


@pytest.fixture(scope="session")
def invoke(built: None, env_vars: Path) -> Callable[..., Answer]:
    def run(function: str, event: str, **parameters: str) -> Answer:
        arguments = ["local", "invoke", function, "--event", str(EVENTS / event)]
        return run_sam([*arguments, *sam_cli.local_arguments(env_vars, parameters)], seconds=LOCAL_SECONDS)

    return run


@pytest.fixture(scope="session")
def api(built: None, env_vars: Path) -> Iterator[str]:
    """The address of `sam local start-api`."""
    with contextlib.ExitStack() as stack:
        port = free_port()
        arguments = ["local", "start-api", "--port", str(port), *sam_cli.local_arguments(env_vars)]
        process = subprocess.Popen(
            [Path(sys.executable).with_name("sam"), *arguments],
            cwd=sam_cli.ROOT,
            env=sam_cli.local_environment(),
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        assert process.stderr is not None
        stack.enter_context(process.stderr)
        stack.callback(process.wait, 30)
        stack.callback(process.terminate)
        for line in process.stderr:
            if "Running on" in line:
                break
        else:
            pytest.fail("sam local start-api ended before it served")
        # what it says from now on is read too, else it would stand still once the pipe is full
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
