"""The owners who may have images that wait for a model, so that the trainer needn't scan the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.keys import WAITING_PARTITION, from_waiting_owner_key, waiting_owner_key

if TYPE_CHECKING:
    from catalog.table import Table

_MIN_AGE_SECONDS = 60 * 60  # the note is written before the record, and by then that is certainly written


@dataclass(frozen=True)
class WaitingOwner:
    """An owner, and when an image of theirs began to wait last (epoch seconds)."""

    owner: str
    noted_at: int


class WaitingOwners:
    """Notes about owners, each written before the record of an image that waits. Thread-safe."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, owner: str, expires_at: int) -> None:
        """Note an owner. Raises TableBusy."""
        note = {"notedAt": self._table.now(), "expiresAt": expires_at}
        self._table.put({**waiting_owner_key(owner), **note})

    def all(self) -> list[WaitingOwner]:
        """Return the owners. Some may have no images anymore that wait."""
        items = self._table.query_all(WAITING_PARTITION)
        return [
            WaitingOwner(from_waiting_owner_key(item), int(item["notedAt"]))
            for item in items
            if self._table.is_live(item)
        ]

    def remove(self, waiting: WaitingOwner) -> None:
        """Remove a note, unless it is less than an hour old or was renewed meanwhile."""
        if self._table.now() - waiting.noted_at > _MIN_AGE_SECONDS:
            values = {":notedAt": waiting.noted_at}
            self._table.delete(waiting_owner_key(waiting.owner), "notedAt = :notedAt", values)
