"""SAM CLI, an application built once, and a local stack that containers can reach."""

from __future__ import annotations

import contextlib
import copy
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.cli import docker
from local.cli import sam as sam_cli
from local.settings import ROOT
from local.stack import Stack

EVENTS = ROOT / "events"
INVOKE_SECONDS = 180  # the first one builds a container image with the layer


@dataclass(frozen=True)
class Completed:
    code: int
    stdout: str
    stderr: str

    @property
    def function_result(self) -> Any:
        """The result of `sam local invoke`, which SAM CLI prints as the last line."""
        return json.loads(self.stdout.strip().splitlines()[-1])


def run_sam(arguments: Sequence[str], *, seconds: int, env: dict[str, str] | None = None) -> Completed:
    process = subprocess.run(
        [Path(sys.executable).with_name("sam"), *arguments],
        cwd=ROOT,
        env=env or sam_cli.local_environment(),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Completed(process.returncode, process.stdout, process.stderr)


@pytest.fixture(scope="session")
def sam() -> Callable[..., Completed]:
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
def invoke(built: None, env_vars: Path) -> Callable[..., Completed]:
    def run(function: str, event: str, **parameters: str) -> Completed:
        arguments = ["local", "invoke", function, "--event", str(EVENTS / event)]
        return run_sam([*arguments, *sam_cli.local_arguments(env_vars, parameters)], seconds=INVOKE_SECONDS)

    return run


@pytest.fixture
def process_objects(
    stack: Stack, invoke: Callable[..., Completed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[Any]]:
    """Put objects into the input bucket, invoke the processor with one event, and return the outcomes.

    The local stack's own processor doesn't receive the objects.
    """

    def process(contents: Mapping[str, bytes], **parameters: str) -> list[Any]:
        monkeypatch.setattr(stack.functions, "invoke_async", lambda *call: None)
        s3, bucket = stack.client("s3"), stack.template.outputs["InputBucketName"]
        event = json.loads((EVENTS / "s3-put.json").read_text())
        (template,) = event["Records"]
        event["Records"] = []
        for key, content in contents.items():
            s3.put_object(Bucket=bucket, Key=key, Body=content)
            record = copy.deepcopy(template)
            record["s3"]["object"] |= {"key": key, "size": len(content)}
            event["Records"].append(record)
        file = tmp_path / "event.json"
        file.write_text(json.dumps(event))
        completed = invoke("ProcessorFunction", str(file), **parameters)
        assert completed.code == 0, completed.stderr
        outcomes: list[Any] = completed.function_result["images"]
        return outcomes

    return process


@pytest.fixture(scope="session")
def api(built: None, env_vars: Path) -> Iterator[str]:
    """The address of `sam local start-api`."""
    with contextlib.ExitStack() as cleanup:
        port = free_port()
        arguments = ["local", "start-api", "--port", str(port), *sam_cli.local_arguments(env_vars)]
        process = subprocess.Popen(
            [Path(sys.executable).with_name("sam"), *arguments],
            cwd=ROOT,
            env=sam_cli.local_environment(),
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        assert process.stderr is not None
        cleanup.enter_context(process.stderr)
        cleanup.callback(process.wait, 30)
        cleanup.callback(process.terminate)
        for line in process.stderr:
            if "Running on" in line:
                break
        else:
            pytest.fail("sam local start-api exited before it was ready")
        # keep reading, otherwise the process blocks once the pipe is full
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
