"""Similar images: near-duplicates of an image among its owner's, by their perceptual hashes.

The list of all images by the time taken has the hash of each, so a call reads that list and the records of
what it finds. 10,000 entries of about 200 bytes are 500 read units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.index.entries import is_current

if TYPE_CHECKING:
    from catalog.index.entries import Entry
    from catalog.index.index import Index
    from catalog.records import ImageRecord

MAX_DISTANCE = (
    12  # bits of 64: see processor/imaging/perceptual_hash.py for what it finds, and what it doesn't
)
MAX_SCANNED = 10_000  # entries that a call reads
MAX_FOUND = 100  # images in a response, as in other lists


@dataclass(frozen=True)
class SimilarImage:
    """An image, and in how many bits its hash differs."""

    record: ImageRecord
    distance: int


@dataclass(frozen=True)
class SimilarPage:
    """Images, the most similar first, and the position of the next page; None on the last."""

    images: tuple[SimilarImage, ...]
    position: str | None


def find_similar(index: Index, image: ImageRecord, before: str | None) -> SimilarPage:
    """Compare an image with a part of its owner's others. A page may be empty although others follow.

    An image without a hash, such as one that is uniform, has no similar ones.
    """
    if image.perceptual_hash is None:
        return SimilarPage((), None)
    candidates, position = _scan(index, image, image.perceptual_hash, before)
    records = index.records(image.owner, (entry.image_id for entry in candidates))
    found = []
    for entry in candidates:
        record = records.get(entry.image_id)
        if record and record.perceptual_hash and is_current(entry, record, None, "taken"):
            distance = _distance(record.perceptual_hash, image.perceptual_hash)
            if distance <= MAX_DISTANCE:  # the entry's hash may be of an earlier result
                found.append(SimilarImage(record, distance))
    found.sort(key=lambda similar: similar.distance)  # stable: equally similar ones stay newest first
    return SimilarPage(tuple(found), position)


def _scan(index: Index, image: ImageRecord, hash_: str, before: str | None) -> tuple[list[Entry], str | None]:
    """Return the entries of other images with a near hash, and the position after the last one read."""
    found: list[Entry] = []
    scanned = 0
    while True:
        limit = MAX_SCANNED - scanned
        entries, has_more = index.entries(image.owner, None, order="taken", before=before, limit=limit)
        for entry in entries:
            before = entry.position
            is_near = entry.hash is not None and _distance(entry.hash, hash_) <= MAX_DISTANCE
            if is_near and entry.image_id != image.id:
                found.append(entry)
                if len(found) == MAX_FOUND:
                    return found, before
        scanned += len(entries)
        if not has_more or not entries:
            return found, None
        if scanned >= MAX_SCANNED:
            return found, before


def _distance(first: str, second: str) -> int:
    return (int(first, 16) ^ int(second, 16)).bit_count()
