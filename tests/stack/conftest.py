"""Clients of one running stack. Tests share it, so each one uses its own images and often its own user."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from local.settings import DEFAULT_PORTS
from local.sign_in.user_pool import USERS
from tests.stack import observed_tour
from tests.stack.client import Client, ImageFile, Run, UploadAndCapture, unique_jpeg

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.stack.observed_tour import Observation

ROOT = Path(__file__).parents[2]
CLIENT = str(ROOT / "client")


@pytest.fixture
def run() -> Iterator[Run]:
    """Start a module of `local` as a process, on free ports unless `environ` has others."""
    with ExitStack() as cleanup:

        def start(module: str, *arguments: str, cwd: Path = ROOT, **environ: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=cwd,
                env=os.environ | dict.fromkeys(DEFAULT_PORTS, "0") | {"PYTHONPATH": CLIENT} | environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            cleanup.enter_context(process)
            cleanup.callback(process.kill)
            return process

        yield start


@pytest.fixture(scope="session")
def client(stack: Stack) -> Client:
    """Alice's client."""
    return Client(stack, USERS["alice"].sub, stack.token("alice"))


@pytest.fixture(scope="session")
def bob(stack: Stack) -> Client:
    return Client(stack, USERS["bob"].sub, stack.token("bob"))


@pytest.fixture(scope="session")
def new_user(stack: Stack) -> Callable[[], Client]:
    """Create a client for a user who has no images."""

    def create() -> Client:
        sub = str(uuid4())
        return Client(stack, sub, stack.sign_in.token("alice", sub=sub))

    return create


@pytest.fixture
def user(new_user: Callable[[], Client]) -> Client:
    """The client of a user who has no images."""
    return new_user()


@pytest.fixture(scope="session")
def new_image() -> Callable[..., ImageFile]:
    """Create an image from a unique copy of a sample."""
    samples = ROOT / "web" / "samples"
    return lambda sample="astronaut": ImageFile(unique_jpeg((samples / f"{sample}.jpg").read_bytes()))


@pytest.fixture(scope="session")
def new_file() -> Callable[[bytes], ImageFile]:
    """Create a unique file that starts with the given bytes and isn't an image."""
    return lambda content: ImageFile(content + uuid4().bytes)


@pytest.fixture(scope="session")
def event_file() -> Callable[[str], Any]:
    """Load a file from `events/`."""
    return lambda name: json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def capture_event(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], Any]:
    """Run an action that makes S3 send an event, and return the event instead of delivering it."""

    def capture(action: Callable[[], None]) -> Any:
        events: list[tuple[str, Any, float]] = []
        with monkeypatch.context() as patch:
            patch.setattr(stack.functions, "invoke_async", lambda *call: events.append(call))
            action()
        ((function_id, event, _),) = events
        assert function_id == "ProcessorFunction"
        return event

    return capture


@pytest.fixture
def upload_and_capture(
    user: Client, new_image: Callable[[], ImageFile], capture_event: Callable[..., Any]
) -> UploadAndCapture:
    """Upload a new image of `user`, and return it with its event, which isn't delivered."""

    def upload() -> tuple[ImageFile, Any]:
        image = new_image()
        return image, capture_event(lambda: user.upload(image))

    return upload


@pytest.fixture
def process(stack: Stack) -> Callable[[Any], Any]:
    """Invoke the processor with an event, and return the outcome of its only image."""

    def invoke(event: Any) -> Any:
        result = stack.functions.invoke("ProcessorFunction", event)
        assert not result.failed, result.error
        (outcome,) = result.payload["images"]
        return outcome

    return invoke


@pytest.fixture(scope="session")
def observed() -> Observation:
    """What a tour of a stack of its own left in logs and metrics."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(observed_tour.take).result()


@pytest.fixture
def rekognition(stack: Stack) -> Iterator[Callable[..., None]]:
    """Change the behavior of Rekognition until the test ends."""
    yield lambda **changes: stack.rekognition.configure(changes)
    stack.rekognition.configure({"reset": True})
