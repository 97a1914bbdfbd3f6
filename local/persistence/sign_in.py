"""The state of the sign-in provider: sessions, codes, refresh tokens, programs and revocations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from local.persistence.database import Database
from local.persistence.documents import dump, load
from local.sign_in.store import Rows


class StoredRows(Rows):
    """The entries of one kind."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._kind = kind

    def load(self) -> Sequence[tuple[str, Any, float]]:
        query = "SELECT key, value, expires_at FROM sign_in WHERE kind = ?"
        return [
            (key, load(value), expires_at)
            for key, value, expires_at in self._database.read(query, self._kind)
        ]

    def put(self, key: str, value: Any, expires_at: float, now: float) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sign_in WHERE kind = ? AND expires_at <= ?", (self._kind, now))
            connection.execute(
                "REPLACE INTO sign_in VALUES (?, ?, ?, ?)", (self._kind, key, dump(value), expires_at)
            )

    def remove(self, key: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sign_in WHERE kind = ? AND key = ?", (self._kind, key))
