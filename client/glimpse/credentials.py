"""What identifies the caller: a token of a person, or of a program."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from glimpse.errors import SignInExpired, SignInFailed, Unreachable
from glimpse.provider import Provider, Tokens

_RENEW_SECONDS = 60  # before a token expires


class Credentials(Protocol):
    """Gets tokens for the API. Thread-safe."""

    @property
    def prefix(self) -> str:
        """What the paths of the API begin with for this kind of caller."""

    def token(self, rejected: str | None = None) -> str:
        """Return a token, but not the rejected one. Raises SignInFailed and Unreachable."""


@dataclass(frozen=True)
class IdToken:
    """A person's ID token, which can't be renewed."""

    value: str
    prefix: str = ""

    def token(self, rejected: str | None = None) -> str:
        """Return the token. Raises SignInExpired if it is rejected."""
        if rejected == self.value:
            raise SignInExpired("The token is invalid or has expired.")
        return self.value


class _Turns:
    """Lets one thread at a time ask for tokens. Those that wait meanwhile get its failure as well."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failure: SignInFailed | Unreachable | None = None  # the last one

    def run(self, known: Callable[[], Tokens | None], new: Callable[[], Tokens]) -> Tokens:
        earlier = self._failure
        with self._lock:
            if tokens := known():
                return tokens
            if (failure := self._failure) and failure is not earlier:
                raise type(failure)(str(failure))
            try:
                return new()
            except (SignInFailed, Unreachable) as error:
                self._failure = type(error)(str(error))
                raise


@dataclass(eq=False)
class Program:
    """A program's client ID and secret. `kept` is an earlier token, and `keep` stores a new one.

    Providers bill each token, so one is used until it expires.
    """

    provider: Provider
    client_id: str
    client_secret: str = field(repr=False)
    kept: Tokens | None = field(default=None, repr=False)
    keep: Callable[[Tokens], None] = lambda tokens: None
    clock: Callable[[], float] = time.time
    prefix: str = "/programs"
    _turns: _Turns = field(default_factory=_Turns, repr=False)

    def token(self, rejected: str | None = None) -> str:
        """Return an access token. Raises SignInFailed and Unreachable."""

        def new() -> Tokens:
            self.kept = self.provider.program_tokens(self.client_id, self.client_secret)
            self.keep(self.kept)
            return self.kept

        def known() -> Tokens | None:
            return self.kept if self.kept and _is_usable(self.kept, rejected, self.clock()) else None

        return self._turns.run(known, new).bearer


@dataclass(eq=False)
class Person:
    """A person who signed in: the ID token, and the refresh token that renews it."""

    provider: Provider
    client_id: str
    tokens: Tokens = field(repr=False)
    renew: Callable[[Callable[[Tokens], Tokens]], Tokens] = field(repr=False)
    clock: Callable[[], float] = time.time
    prefix: str = ""
    _turns: _Turns = field(default_factory=_Turns, repr=False)

    def token(self, rejected: str | None = None) -> str:
        """Return an ID token. Raises SignInExpired if it can't be renewed.

        `renew(change)` passes the stored tokens to `change`, and stores and returns what that returns.
        Another process that renews them at the same time has to wait.
        """

        def new() -> Tokens:
            self.tokens = self.renew(lambda stored: self._renewed(stored, rejected))
            return self.tokens

        def known() -> Tokens | None:
            return self.tokens if _is_usable(self.tokens, rejected, self.clock()) else None

        return self._turns.run(known, new).bearer

    def _renewed(self, stored: Tokens, rejected: str | None) -> Tokens:
        if _is_usable(stored, rejected, self.clock()):  # another process has renewed them
            return stored
        return self.provider.renewed(self.client_id, stored)


def _is_usable(tokens: Tokens, rejected: str | None, now: float) -> bool:
    return tokens.bearer != rejected and tokens.expires_at - _RENEW_SECONDS > now
