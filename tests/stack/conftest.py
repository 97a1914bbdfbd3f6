"""One running stack for all tests of it; each test brings pictures, and often people, of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from local.sign_in.users import USERS
from tests.stack.client import Arriving, Picture, Pipeline

if TYPE_CHECKING:
    from local.stack import Stack

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def pipeline(stack: Stack) -> Pipeline:
    """The stack as alice sees it."""
    return Pipeline(stack, USERS["alice"].sub, stack.token("alice"))


@pytest.fixture(scope="session")
def bob(stack: Stack) -> Pipeline:
    return Pipeline(stack, USERS["bob"].sub, stack.token("bob"))


@pytest.fixture(scope="session")
def newcomer(stack: Stack) -> Callable[[], Pipeline]:
    """Give the stack as somebody sees it who has no pictures yet."""

    def made() -> Pipeline:
        sub = str(uuid4())
        return Pipeline(stack, sub, stack.sign_in.token("alice", sub=sub))

    return made


@pytest.fixture
def person(newcomer: Callable[[], Pipeline]) -> Pipeline:
    return newcomer()


@pytest.fixture(scope="session")
def photograph() -> Callable[..., Picture]:
    """Give a sample picture, made unlike all others by a comment that changes no pixel."""

    def made(name: str = "astronaut") -> Picture:
        jpeg, comment = (ROOT / "samples" / f"{name}.jpg").read_bytes(), uuid4().bytes
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        return Picture(jpeg[:2] + segment + jpeg[2:])

    return made


@pytest.fixture(scope="session")
def file_of() -> Callable[..., Picture]:
    """Give a file of other bytes than a picture's, unlike all others."""

    def made(content: bytes, **about: str) -> Picture:
        return Picture(content + uuid4().bytes, **about)

    return made


@pytest.fixture(scope="session")
def event_file() -> Callable[[str], Any]:
    def loaded(name: str) -> Any:
        return json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))

    return loaded


@pytest.fixture
def held(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], Any]:
    """Do something that makes S3 send an event, and give the event, which has not arrived anywhere."""

    def event_of(act: Callable[[], None]) -> Any:
        events: list[tuple[str, Any]] = []
        with monkeypatch.context() as patch:
            patch.setattr(stack.functions, "invoke_async", lambda *call: events.append(call))
            act()
        ((function_id, event),) = events
        assert function_id == "ProcessorFunction"
        return event

    return event_of


@pytest.fixture
def arriving(person: Pipeline, photograph: Callable[[], Picture], held: Callable[..., Any]) -> Arriving:
    """Upload a picture of a person's, and give it with its event, which has not arrived."""

    def made() -> tuple[Picture, Any]:
        picture = photograph()
        return picture, held(lambda: person.upload(picture))

    return made


@pytest.fixture
def process(stack: Stack) -> Callable[[Any], Any]:
    """Let the processor take an event, and give what became of its one picture."""

    def outcome(event: Any) -> Any:
        result = stack.functions.invoke("ProcessorFunction", event)
        assert not result.failed, result.error
        (image,) = result.payload["images"]
        return image

    return outcome
