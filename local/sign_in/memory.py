"""What the provider remembers: who is signed in, codes, and refresh tokens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from local.sign_in.users import User

SESSION_SECONDS = 60 * 60  # as long as Cognito remembers a browser
CODE_SECONDS = 60
REFRESH_SECONDS = 24 * 60 * 60

Value = TypeVar("Value")


@dataclass(frozen=True)
class Session:
    """A browser in which somebody is signed in."""

    user: User
    auth_time: int


@dataclass(frozen=True)
class Permission:
    """What the page may have: from the code through every renewal, under one `origin_jti`."""

    user: User
    auth_time: int
    scope: str
    origin_jti: str
    refresh_until: float
    nonce: str | None
    redirect_uri: str
    code_challenge: str
    code_challenge_method: str

    # Authlib asks a code for these by methods
    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


class Shelf(Generic[Value]):
    """Values that are there for a time, and that one taker at most gets."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._values: dict[str, tuple[Value, float]] = {}
        self._lock = threading.Lock()

    def put(self, key: str, value: Value, until: float) -> None:
        with self._lock:
            now = self._clock()
            self._values = {name: kept for name, kept in self._values.items() if kept[1] > now}
            self._values[key] = (value, until)

    def get(self, key: str) -> Value | None:
        with self._lock:
            return self._alive(self._values.get(key))

    def take(self, key: str) -> Value | None:
        with self._lock:
            return self._alive(self._values.pop(key, None))

    def _alive(self, kept: tuple[Value, float] | None) -> Value | None:
        return kept[0] if kept and kept[1] > self._clock() else None


class Memory:
    """All of it; gone when the stack stops."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.sessions: Shelf[Session] = Shelf(clock)
        self.codes: Shelf[Permission] = Shelf(clock)
        self.refresh_tokens: Shelf[Permission] = Shelf(clock)
        self.revoked: Shelf[bool] = Shelf(clock)  # by origin_jti
