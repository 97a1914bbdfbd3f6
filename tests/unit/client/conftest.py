"""A client without a network: the tests answer its requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from glimpse import Client, IdToken
from glimpse.retrying import Retrying

API = "https://api.example.com/prod"
Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Clock(Retrying):
    """Notes the pauses instead of waiting."""

    def __init__(self, patience: float = 120.0) -> None:
        self.now = 0.0
        self.pauses: list[float] = []
        super().__init__(patience, clock=lambda: self.now, jitter=lambda: 0.5)

    def wait(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        self.check()


@dataclass
class Server:
    """Answers requests in their order, and notes them."""

    answers: list[Answer] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    @property
    def lines(self) -> list[str]:
        """The methods and URLs of the requests."""
        return [f"{each.method} {each.url}".replace(API, "") for each in self.requests]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def new_client(server: Server, clock: Clock) -> Iterator[Callable[..., Client]]:
    with ExitStack() as cleanup:

        def create(credentials: Any = IdToken("token")) -> Client:  # noqa: B008 -- immutable
            transport = httpx.MockTransport(server)
            return cleanup.enter_context(Client(API, credentials, transport=transport, retrying=clock))

        yield create


@pytest.fixture
def client(new_client: Callable[..., Client]) -> Client:
    return new_client()


def ok(document: Any = None, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=document, headers={k.replace("_", "-"): v for k, v in headers.items()})


def problem(status: int, code: str, detail: str = "No.", **more: Any) -> httpx.Response:
    headers = more.pop("headers", {})
    return httpx.Response(
        status, json={"code": code, "detail": detail, "status": status, **more}, headers=headers
    )
