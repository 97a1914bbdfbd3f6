"""What the index has of an image: an entry in the list of each of its terms, and one in the list by time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.items import from_item, index_version
from catalog.keys import DAY_SECONDS, position_of, taken_partition, term_partition
from common.time import format_rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.table import Item, Key
    from catalog.terms import Term

_MONTHS = 2  # the version that counts them


@dataclass(frozen=True)
class Indexed:
    """The terms of an image and where its entries are; without terms, unless its record is indexed."""

    owner: str
    position: str
    uploaded_at: str
    taken: str  # the position by the time taken
    taken_at: str
    perceptual_hash: str | None
    expires_at: int  # epoch seconds
    terms: Mapping[str, Term]  # by key
    months: Mapping[str, Term]  # by key; what is counted without an entry
    is_indexed: bool

    @classmethod
    def of(cls, item: Item) -> Indexed:
        """Return what the index has of a record's item."""
        record, is_indexed = from_item(item), "indexed" in item
        taken_at = format_rfc3339(record.sort_time)
        return cls(
            owner=record.owner,
            position=position_of(record.uploaded_at, record.id),
            uploaded_at=format_rfc3339(record.uploaded_at),
            taken=position_of(taken_at, record.id),
            taken_at=taken_at,
            perceptual_hash=record.perceptual_hash,
            expires_at=int(item["expiresAt"]),
            terms={term.key: term for term in record.all_terms} if is_indexed else {},
            months={term.key: term for term in record.months} if index_version(item) >= _MONTHS else {},
            is_indexed=is_indexed,
        )

    @property
    def counted(self) -> Mapping[str, Term]:
        """All that the image counts for, by key."""
        return {**self.terms, **self.months}

    @property
    def day(self) -> int:
        """The day on which the image expires."""
        return self.expires_at // DAY_SECONDS

    @property
    def keys(self) -> list[Key]:
        """The keys of all entries."""
        return [*self.term_keys, *([self.taken_key] if self.is_indexed else [])]

    @property
    def term_keys(self) -> list[Key]:
        """The keys of the entries in the lists of terms."""
        return [*map(self._term_key, self.terms)]

    @property
    def taken_key(self) -> Key:
        """The key of the entry in the list by the time taken, if the image is indexed."""
        return {"pk": taken_partition(self.owner), "sk": self.taken}

    def new_items(self, before: Indexed, revision: int, *, rewrite: bool = False) -> list[dict[str, Any]]:
        """Return the entries that an earlier state lacks, or that say something else there; or all of them.

        Only a change of the record to the same or a later revision may delete them.
        """
        is_moved = rewrite or self._placement != before._placement
        items = self._items([key for key in self.terms if is_moved or key not in before.terms], revision)
        if self.is_indexed and (is_moved or not before.is_indexed):
            hashed = {"hash": self.perceptual_hash} if self.perceptual_hash else {}
            common = {"revision": revision, "expiresAt": self.expires_at}
            items.append({**self.taken_key, "uploadedAt": self.uploaded_at, **hashed, **common})
        return items

    @property
    def _placement(self) -> tuple[str, str, str | None, int]:
        """What the entries of an image say besides their term."""
        return self.position, self.taken, self.perceptual_hash, self.expires_at

    def _term_key(self, key: str) -> Key:
        return {"pk": term_partition(self.owner, key), "sk": self.position}

    def _items(self, keys: Iterable[str], revision: int) -> list[dict[str, Any]]:
        common = {"takenAt": self.taken_at, "revision": revision, "expiresAt": self.expires_at}
        return [{**self._term_key(key), **common} for key in keys]
