from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from deploy.backfill import command
from tests.backfill import BackfillStack
from tests.memory_aws import MemorySession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(params=["moto", "memory"])
def stack(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[BackfillStack]:
    """The stack in moto, and in the stand-in with which the tests of thousands of images run."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield BackfillStack() if request.param == "moto" else BackfillStack(MemorySession())


@dataclass
class Clock:
    """A clock that moves only while something sleeps; `on_sleep` is called then."""

    on_sleep: Callable[[], Any]
    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)
        self.on_sleep()


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(stack: BackfillStack, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the commands; the retry queue is processed while they sleep."""
    clock = Clock(stack.process)
    monkeypatch.setattr(command, "sleep", clock.sleep)
    monkeypatch.setattr(command, "monotonic", clock)
    return clock
