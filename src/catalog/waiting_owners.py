"""The owners with images that wait for a model: without them, nobody would find those of a whole stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.keys import WAITING_PARTITION, from_waiting_owner_key, waiting_owner_key

if TYPE_CHECKING:
    from catalog.table import Table

_MIN_AGE = 60 * 60  # seconds: an image is done long before, so none is overlooked when its note is removed


@dataclass(frozen=True)
class WaitingOwner:
    """An owner, and when an image of theirs began to wait last (epoch seconds)."""

    owner: str
    noted_at: int


class WaitingOwners:
    """Notes an owner before their image waits. Thread-safe."""

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
        """Remove an owner without images that wait, unless they had one just now."""
        values = {":notedAt": waiting.noted_at}
        if self._table.now() - waiting.noted_at > _MIN_AGE:
            self._table.delete(waiting_owner_key(waiting.owner), "notedAt = :notedAt", values)
