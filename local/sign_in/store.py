"""The provider's state: sessions, authorization codes, refresh tokens, programs and revocations."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from local.sign_in.clients import ProgramClient, PublicClient
from local.sign_in.user_pool import CLIENT_ID, USERS, User

SESSION_SECONDS = 60 * 60  # the lifetime of Cognito's session cookie
CODE_SECONDS = 60
REFRESH_SECONDS = 24 * 60 * 60

Value = TypeVar("Value")


@dataclass(frozen=True)
class Session:
    """A browser session with a signed-in user."""

    user: User
    auth_time: int

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Session:
        """Raises KeyError if the user is unknown."""
        return cls(**{**row, "user": USERS[row["user"]]})


@dataclass(frozen=True)
class Authorization:
    """A user's authorization of a client, from its code through each refresh, in the form Authlib expects."""

    user: User
    auth_time: int
    scope: str
    origin_jti: str
    refresh_until: float
    client_id: str = CLIENT_ID
    nonce: str | None = None
    redirect_uri: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Authorization:
        """Raises KeyError if the user is unknown."""
        return cls(**{**row, "user": USERS[row["user"]]})

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def check_client(self, client: PublicClient) -> bool:
        return client.get_client_id() == self.client_id


class Rows:
    """Where an `ExpiringStore` keeps its values as JSON. This class keeps nothing; a subclass stores them."""

    def load(self) -> Sequence[tuple[str, Any, float]]:
        """Return key, value and expiry of each row."""
        return ()

    def put(self, key: str, value: Any, expires_at: float, now: float) -> None:
        """Store a value, and discard those that have expired."""

    def remove(self, key: str) -> None:
        """Discard a value."""


class ExpiringStore(Generic[Value]):
    """A thread-safe mapping whose values expire, and which only one caller can pop."""

    def __init__(self, clock: Callable[[], float], rows: Rows, from_row: Callable[[Any], Value]) -> None:
        """`from_row` returns the value for a row; it raises KeyError if it has become invalid."""
        self._clock = clock
        self._rows = rows
        self._entries: dict[str, tuple[Value, float]] = {}
        self._lock = threading.Lock()
        for key, row, expires_at in rows.load():
            with contextlib.suppress(KeyError):
                self._entries[key] = (from_row(row), expires_at)

    def put(self, key: str, value: Value, expires_at: float) -> None:
        """Store a value until `expires_at`, in seconds since the epoch, and discard expired ones."""
        with self._lock:
            now = self._clock()
            self._entries = {name: entry for name, entry in self._entries.items() if entry[1] > now}
            self._entries[key] = (value, expires_at)
            self._rows.put(key, _to_row(value), expires_at, now)

    def get(self, key: str) -> Value | None:
        """Return the value, or None if missing or expired."""
        with self._lock:
            return self._unexpired(self._entries.get(key))

    def values(self) -> list[Value]:
        """Return the values that haven't expired."""
        with self._lock:
            found = map(self._unexpired, self._entries.values())
            return [value for value in found if value is not None]

    def pop(self, key: str) -> Value | None:
        """Remove and return the value, or return None if missing or expired."""
        with self._lock:
            entry = self._entries.pop(key, None)
            if entry:
                self._rows.remove(key)
            return self._unexpired(entry)

    def _unexpired(self, entry: tuple[Value, float] | None) -> Value | None:
        return entry[0] if entry and entry[1] > self._clock() else None


class ProviderStore:
    """Everything the provider stores; `rows(kind)` keeps it."""

    def __init__(self, clock: Callable[[], float], rows: Callable[[str], Rows] = lambda kind: Rows()) -> None:
        self.clock = clock
        self.sessions = ExpiringStore(clock, rows("session"), Session.from_row)
        self.codes = ExpiringStore(clock, rows("code"), Authorization.from_row)
        self.refresh_tokens = ExpiringStore(clock, rows("refresh token"), Authorization.from_row)
        self.programs = ExpiringStore(clock, rows("program"), ProgramClient.from_row)  # by client ID
        self.revoked = ExpiringStore(clock, rows("revoked"), bool)  # by origin_jti


def _to_row(value: Any) -> Any:
    """Return a value as JSON, with the name of its user if it has one."""
    if isinstance(value, bool):
        return value
    row = vars(value)
    return {**row, "user": row["user"].username} if "user" in row else row
