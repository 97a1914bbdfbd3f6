"""The pictures of a model: those of its owner that have its classes, as tags or as boxes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from catalog.terms import Term, fold
from models.rules import MAX_ASPECT_RATIO, MAX_IMAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalog.index.index import Index
    from catalog.model_records import ModelKind
    from catalog.records import Box, ImageRecord

_MAX_READ = 40_000  # records: 400 calls after another, half of the API's 29 seconds
_PAGE = 4_000  # entries of about 1 MB, the maximum of one call
_BATCH = 100  # records of one call


@dataclass(frozen=True)
class Picture:
    """A picture with the classes that it has, spelled as the model's; for detection, with its boxes."""

    id: str
    classes: tuple[str, ...]
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Pictures:
    """The pictures of a model. `left_out` is how many have a shape that Rekognition doesn't accept."""

    pictures: tuple[Picture, ...]
    left_out: int = 0
    is_complete: bool = True  # whether there aren't more than a model can have, or than can be read


def find_pictures(index: Index, owner: str, kind: ModelKind, classes: Iterable[str]) -> Pictures:
    """Return an owner's pictures that are done and have one of the classes.

    A picture with boxes has their classes as tags as well, so the lists of tags lead to them.
    """
    names = {fold(name): name for name in classes}
    found: list[Picture] = []
    left_out = read = 0
    for ids in _batches(index, owner, names.values()):
        for record in index.records(owner, ids).values():
            picture = _picture(record, kind, names)
            if picture is None:
                continue
            if _is_too_narrow(record):
                left_out += 1
            else:
                found.append(picture)
        read += len(ids)
        if len(found) > MAX_IMAGES or read > _MAX_READ:
            return Pictures((), is_complete=False)
    return Pictures(tuple(sorted(found, key=lambda picture: picture.id)), left_out)


def _batches(index: Index, owner: str, tags: Iterable[str]) -> Iterator[list[str]]:
    """Yield the ids in the lists of tags, each once."""
    seen: set[str] = set()
    for tag in tags:
        before, has_more = None, True
        while has_more:
            entries, has_more = index.entries(owner, Term("tag", tag).key, before=before, limit=_PAGE)
            before = entries[-1].position if entries else None
            has_more = has_more and bool(entries)
            ids = [each for each in dict.fromkeys(entry.image_id for entry in entries) if each not in seen]
            seen.update(ids)
            for start in range(0, len(ids), _BATCH):
                yield ids[start : start + _BATCH]


def _picture(record: ImageRecord, kind: ModelKind, names: dict[str, str]) -> Picture | None:
    if record.status != "done":
        return None
    if kind == "classification":
        classes = [names[fold(tag)] for tag in record.own.tags if fold(tag) in names]
        return Picture(record.id, tuple(classes)) if classes else None
    boxes = [replace(box, name=names[fold(box.name)]) for box in record.own.boxes if fold(box.name) in names]
    found = dict.fromkeys(box.name for box in boxes)
    return Picture(record.id, tuple(found), tuple(boxes)) if boxes else None


def _is_too_narrow(record: ImageRecord) -> bool:
    sides = (record.width or 1, record.height or 1)
    return max(sides) > MAX_ASPECT_RATIO * min(sides)
