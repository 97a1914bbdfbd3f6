"""A sign-in provider shared by the tests, and one with a clock that they can advance."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from local.server import Server
from local.sign_in.provider import Provider
from tests.unit.local.sign_in.browser import PAGE, Browser, Clock


@contextmanager
def running(clock: Callable[[], float] = time.time) -> Iterator[tuple[Provider, str]]:
    server = Server("127.0.0.1", 0, "SIGN_IN_PORT")
    provider = Provider(server.url, PAGE, clock)
    server.serve(provider.app)
    yield provider, server.url
    server.stop()


@pytest.fixture(scope="session")
def shared() -> Iterator[tuple[Provider, str]]:
    with running() as provider_and_issuer:
        yield provider_and_issuer


@pytest.fixture
def provider(shared: tuple[Provider, str]) -> Provider:
    return shared[0]


@pytest.fixture
def issuer(shared: tuple[Provider, str]) -> str:
    return shared[1]


@pytest.fixture
def browser(issuer: str) -> Browser:
    return Browser(issuer)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def clocked_browser(clock: Clock) -> Iterator[Browser]:
    """A browser at a provider that uses `clock`."""
    with running(clock) as (_, issuer):
        yield Browser(issuer)
