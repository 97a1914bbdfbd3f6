"""The provider's state: sessions, authorization codes and refresh tokens. All of it is in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from local.sign_in.user_pool import User

SESSION_SECONDS = 60 * 60  # the lifetime of Cognito's session cookie
CODE_SECONDS = 60
REFRESH_SECONDS = 24 * 60 * 60

Value = TypeVar("Value")


@dataclass(frozen=True)
class Session:
    """A browser session with a signed-in user."""

    user: User
    auth_time: int


@dataclass(frozen=True)
class Authorization:
    """A user's authorization of the page, from its code through each refresh, in the form Authlib expects."""

    user: User
    auth_time: int
    scope: str
    origin_jti: str
    refresh_until: float
    nonce: str | None = None
    redirect_uri: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def check_client(self, client: object) -> bool:
        return True  # there is only one client


class ExpiringStore(Generic[Value]):
    """A thread-safe mapping whose values expire, and which only one caller can pop."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: dict[str, tuple[Value, float]] = {}
        self._lock = threading.Lock()

    def put(self, key: str, value: Value, expires_at: float) -> None:
        """Store a value until `expires_at`, in seconds since the epoch, and discard expired ones."""
        with self._lock:
            now = self._clock()
            self._entries = {name: entry for name, entry in self._entries.items() if entry[1] > now}
            self._entries[key] = (value, expires_at)

    def get(self, key: str) -> Value | None:
        """Return the value, or None if missing or expired."""
        with self._lock:
            return self._unexpired(self._entries.get(key))

    def pop(self, key: str) -> Value | None:
        """Remove and return the value, or return None if missing or expired."""
        with self._lock:
            return self._unexpired(self._entries.pop(key, None))

    def _unexpired(self, entry: tuple[Value, float] | None) -> Value | None:
        return entry[0] if entry and entry[1] > self._clock() else None


class ProviderStore:
    """Everything the provider stores; it's lost when the stack stops."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.sessions: ExpiringStore[Session] = ExpiringStore(clock)
        self.codes: ExpiringStore[Authorization] = ExpiringStore(clock)
        self.refresh_tokens: ExpiringStore[Authorization] = ExpiringStore(clock)
        self.revoked: ExpiringStore[bool] = ExpiringStore(clock)  # by origin_jti
