"""A provider shared by the tests, and one with a clock that they can advance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.sign_in.provider import SignIn
from tests.unit.local.sign_in.browser import PAGE, Browser, Clock


@contextmanager
def running(sign_in: SignIn) -> Iterator[str]:
    try:
        yield sign_in.start("127.0.0.1", 0, PAGE)
    finally:
        sign_in.stop()


@pytest.fixture(scope="session")
def shared() -> Iterator[tuple[SignIn, str]]:
    sign_in = SignIn()
    with running(sign_in) as issuer:
        yield sign_in, issuer


@pytest.fixture
def provider(shared: tuple[SignIn, str]) -> SignIn:
    return shared[0]


@pytest.fixture
def issuer(shared: tuple[SignIn, str]) -> str:
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
    with running(SignIn(clock)) as issuer:
        yield Browser(issuer)
