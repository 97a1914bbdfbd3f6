"""A made-up collection of one owner: its records, and the lists and counts that the index has of them."""

from __future__ import annotations

import base64
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, product
from random import Random
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeSerializer

from bench.usage.units import Write, write_units
from catalog.index.log import LogEntry
from catalog.index.merge import merged_from
from catalog.index.snapshot import Head, chunk_items
from catalog.index.vocabulary import Terms
from catalog.items import to_item
from catalog.keys import (
    DAY_SECONDS,
    list_partition,
    position_of,
    snapshot_partition,
    taken_partition,
    term_partition,
)
from catalog.records import ImageRecord, LabelSummary
from catalog.terms import Term
from common.time import format_rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OWNER = "e7e27500-7c1e-4d4a-8b60-5d0f9a3c4e03"
NOW = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)
EXPIRES_AT = (int(NOW.timestamp()) // DAY_SECONDS + 90) * DAY_SECONDS
_YEARS = timedelta(days=3 * 365)  # in which the pictures were added
_COLORS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "gray", "white")
_CAMERAS = ("Canon EOS R5", "NIKON D750", "Apple iPhone 15", "SONY ILCE-7M4", "Google Pixel 8")
_to_dynamodb = TypeSerializer().serialize
_SYLLABLES = ("ba", "be", "ca", "de", "fi", "go", "ka", "la", "mo", "ni", "po", "ra", "se", "ti", "vu")
_NAMES = [first + second + third for first, second, third in product(_SYLLABLES, repeat=3)]


@dataclass
class Collection:
    """Pictures by number, oldest first. `lists` has the numbers of each term's pictures, ascending."""

    size: int
    terms: list[tuple[Term, ...]] = field(default_factory=list)
    taken_at: list[datetime | None] = field(default_factory=list)
    lists: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        random = Random(1)
        for number in range(self.size):
            self.terms.append(_terms(random, number))
            self.taken_at.append(_taken_at(random, self.added_at(number)))
            for key in {term.key for term in (*self.terms[number], Term("name", _file_name(number)))}:
                self.lists[key].append(number)
        self.by_time = sorted(range(self.size), key=self.taken_position)

    def added_at(self, number: int) -> datetime:
        """Return when a picture was added."""
        return NOW - _YEARS * ((self.size - number) / self.size)

    def position(self, number: int) -> str:
        """Return a picture's position by the time it was added."""
        return position_of(self.added_at(number), _image_id(number))

    def taken_position(self, number: int) -> str:
        """Return a picture's position by the time it was taken."""
        return position_of(self.taken_at[number] or self.added_at(number), _image_id(number))

    def record_item(self, image_id: str) -> dict[str, Any]:
        """Return the item of a record."""
        number = int(image_id, 16)
        record = ImageRecord(
            OWNER,
            image_id,
            "done",
            _file_name(number),
            "image/jpeg",
            3_000_000,
            self.added_at(number),
            width=4000,
            height=3000,
            processed_at=self.added_at(number) + timedelta(seconds=2),
            labels=tuple(
                LabelSummary(term.value, 91.25) for term in self.terms[number] if term.kind == "label"
            ),
            terms=tuple(term for term in self.terms[number] if term.kind != "label"),
            taken_at=self.taken_at[number],
            perceptual_hash="0123456789abcdef",
            is_indexed=True,
            revision=1,
        )
        return to_item(record, EXPIRES_AT)

    def entry_item(self, partition: str, number: int) -> dict[str, Any]:
        """Return the item of an entry in a list."""
        common = {"pk": partition, "revision": 1, "expiresAt": EXPIRES_AT}
        if partition == taken_partition(OWNER):
            added_at = format_rfc3339(self.added_at(number))
            return {
                **common,
                "sk": self.taken_position(number),
                "uploadedAt": added_at,
                "hash": "0123456789abcdef",
            }
        if partition == list_partition(OWNER):
            return {**common, "sk": self.position(number)}
        taken_at = self.taken_at[number] or self.added_at(number)
        return {**common, "sk": self.position(number), "takenAt": format_rfc3339(taken_at)}

    def list_of(self, partition: str) -> Sequence[int]:
        """Return the numbers of the pictures in a list, oldest first."""
        if partition == taken_partition(OWNER):
            return self.by_time
        if partition == list_partition(OWNER):
            return range(self.size)
        return self.lists.get(partition.removeprefix(term_partition(OWNER, "")), [])

    def count_items(self) -> list[dict[str, Any]]:
        """Return the items of the snapshot, and of the log entries that it doesn't include."""
        names = {term.key: term for terms in self.terms for term in terms}
        names |= {term.key: term for term in (Term("name", _file_name(each)) for each in range(self.size))}
        all_terms = Terms.of({key: len(found) for key, found in self.lists.items()}, names)
        all_chunks = chunk_items(OWNER, all_terms, 1, EXPIRES_AT)
        logged = min(merged_from(_size(all_chunks)), self.size // 2)  # as many as there can be, about
        counts = {key: sum(each < self.size - logged for each in found) for key, found in self.lists.items()}
        terms = Terms.of({key: count for key, count in counts.items() if count}, names)
        chunks = chunk_items(OWNER, terms, 1, EXPIRES_AT)
        size = _size(chunks)
        head = Head(1, EXPIRES_AT // DAY_SECONDS - 90, len(chunks), size, expires_at=EXPIRES_AT)
        log = [self._log_item(number) for number in range(self.size - logged, self.size)]
        return [*chunks, head.to_item(OWNER), *log]

    def snapshot_units(self) -> float:
        """Return a change's share of the next snapshot: it is rewritten, in a transaction, for all its log.

        Each entry of the log is deleted, too.
        """
        items = self.count_items()
        snapshot = [item for item in items if item["pk"] == snapshot_partition(OWNER)]
        size = _size([item for item in snapshot if "data" in item])
        rewritten = write_units([Write({}, None, encoded(item)) for item in snapshot], transaction=True)
        return 1 + rewritten.write / merged_from(size)

    def _log_item(self, number: int) -> dict[str, Any]:
        added = (*self.terms[number], Term("name", _file_name(number)))
        return LogEntry(added, EXPIRES_AT // DAY_SECONDS).to_item(OWNER, int(NOW.timestamp()))


def _size(chunks: Sequence[dict[str, Any]]) -> int:
    return sum(len(chunk["data"]) for chunk in chunks)


def _terms(random: Random, number: int) -> tuple[Term, ...]:
    """Return the terms of a picture, about 20."""
    is_outdoors = random.random() < 0.4
    chances = {"Person": 0.5, "Cat": 0.02, "Snow": 0.01, "Beach": 0.03, "Sports Car": 0.005}
    labels = [name for name, chance in chances.items() if random.random() < chance]
    labels += [("Day", "Night")[number % 2]] if is_outdoors else []
    labels += [name.capitalize() for name in random.choices(_NAMES[:600], cum_weights=_weights(600), k=7)]
    texts = random.choices(_NAMES, cum_weights=_weights(len(_NAMES)), k=5) if random.random() < 0.4 else []
    return tuple(
        dict.fromkeys(
            [
                *(Term("label", label) for label in labels),
                *(Term("text", text) for text in texts),
                *(Term("color", color) for color in random.sample(_COLORS, 3)),
                *([Term("tag", random.choice(_NAMES[::10]))] if random.random() < 0.3 else []),
                *([Term("flag", "Violence")] if random.random() < 0.01 else []),
                Term("people", str(int(random.expovariate(1)))),
                Term("camera", random.choice(_CAMERAS)),
            ]
        )
    )


def _taken_at(random: Random, added_at: datetime) -> datetime | None:
    chance = random.random()
    if chance < 0.1:
        return None
    if chance < 0.2:  # scanned
        return datetime(1950, 1, 1, tzinfo=UTC) + timedelta(seconds=random.randrange(50 * 365 * DAY_SECONDS))
    return added_at - timedelta(seconds=random.randrange(30 * DAY_SECONDS))


def _weights(count: int) -> list[float]:
    """Return the cumulative weights of names, of which few are frequent."""
    if count not in _WEIGHTS:
        _WEIGHTS[count] = list(accumulate(1 / (rank + 5) for rank in range(count)))
    return _WEIGHTS[count]


_WEIGHTS: dict[int, list[float]] = {}


def _image_id(number: int) -> str:
    return f"{number:064x}"


def _file_name(number: int) -> str:
    return f"IMG_{number:06}.jpg"


def encoded(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item in DynamoDB's JSON."""
    encoded = {name: _to_dynamodb(value) for name, value in item.items()}
    return {
        name: {"B": base64.b64encode(bytes(value["B"])).decode()} if "B" in value else value
        for name, value in encoded.items()
    }
