"""SAM CLI, an application built once, and a local stack that containers can reach."""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.cli import sam_local
from local.cli.docker import Engine, find_engine
from local.cli.sam import SAM, local_environment
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
        [SAM, *arguments],
        cwd=ROOT,
        env=env or local_environment(),
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
def engine() -> Engine:
    return find_engine()


@pytest.fixture(scope="session")
def built(engine: Engine) -> None:
    assert sam_local.build() == 0


@pytest.fixture(scope="session")
def invoke(built: None, engine: Engine, stack: Stack) -> Iterator[Callable[..., Completed]]:
    aws_port = urlsplit(stack.aws_url).port
    assert aws_port
    with sam_local.reachable_stack(engine, stack.template.parameters, aws_port) as reachable:

        def run(function: str, event: str, **parameters: str) -> Completed:
            options = sam_local.sam_local_options(engine, reachable, **parameters)
            arguments = ["local", "invoke", function, "--event", str(EVENTS / event), *options]
            return run_sam(arguments, seconds=INVOKE_SECONDS)

        yield run


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
