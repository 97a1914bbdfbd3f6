"""The local stack with detectors of one latency, and a picture that is sent through it."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.processing.detectors import SECONDS
from bench.usage.engine import Engine
from bench.usage.picture import draw
from glimpse import ImageFile
from local.aws.table_changes import listening
from local.http import send
from local.settings import UNLIMITED
from local.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from local.aws.table_changes import TableChange

FUNCTION = "ProcessorFunction"
_TIMEOUT = 60.0  # seconds


class SlowEngine(Engine):
    """Answers each request as long after its arrival as a detector takes."""

    def respond(self, operation: str, payload: bytes, access_key: str) -> dict[str, Any]:
        """Answer as the stand-in of `make usage` does, but later."""
        due = time.perf_counter() + SECONDS
        answer = super().respond(operation, payload, access_key)
        time.sleep(max(0.0, due - time.perf_counter()))
        return answer


class Completions:
    """When pictures became done (`time.perf_counter`): their records are watched, not polled."""

    def __init__(self) -> None:
        self._done: dict[str, float] = {}  # by id
        self._changed = threading.Condition()

    def note(self, changes: Sequence[TableChange]) -> None:
        """Note the records that a request to DynamoDB has changed to done."""
        now = time.perf_counter()
        with self._changed:
            for change in changes:
                key = change.key["sk"]["S"]
                if key.startswith("IMAGE#") and change.new and change.new["status"]["S"] == "done":
                    self._done.setdefault(key.removeprefix("IMAGE#"), now)
            self._changed.notify_all()

    def wait(self, image_id: str) -> float:
        """Return when a picture became done, which may be in the future."""
        with self._changed:
            if not self._changed.wait_for(lambda: image_id in self._done, _TIMEOUT):
                raise TimeoutError(f"The picture {image_id} isn't done.")
            return self._done[image_id]


@dataclass(frozen=True)
class SlowStack:
    """A running stack, and when its pictures became done."""

    stack: Stack
    completions: Completions

    def send(self, content: bytes, name: str = "picture.jpg") -> tuple[float, float]:
        """Upload a picture. Return the end of the PUT, and when the picture became done."""
        request = ImageFile.from_bytes(name, content).request
        headers = {"Authorization": f"Bearer {self.stack.token('alice')}"}
        response = send("POST", f"{self.stack.api_url}/uploads", json=request, headers=headers)
        response.raise_for_status()
        upload = response.json()["upload"]
        send(upload["method"], upload["url"], data=content, headers=upload["headers"]).raise_for_status()
        uploaded = time.perf_counter()
        return uploaded, self.completions.wait(request["sha256"])

    def wait_until_idle(self) -> None:
        """Wait until the function has ended with a picture: it has one worker process, which takes turns."""
        self.stack.functions.invoke(FUNCTION, {"Event": "s3:TestEvent"})


@contextmanager
def slow_stack() -> Iterator[SlowStack]:
    """Run a stack with one worker process for each function, after a picture that loads what it needs."""
    completions = Completions()
    with (
        Stack(
            parameters=UNLIMITED,
            speedup=1,
            schedules=False,
            engine=SlowEngine,
            log=lambda name, line: None,
            concurrency=1,
        ) as stack,
        listening(completions.note),
    ):
        running = SlowStack(stack, completions)
        running.send(draw(0))
        yield running
