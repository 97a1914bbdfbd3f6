"""The plan of a training: the list of its pictures, kept in the output bucket while they are copied."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from catalog.records import Box
from common.object_keys import model_plan_key
from common.storage import ObjectGone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.model_records import ModelRecord
    from common.storage import Storage
    from models.dataset import Dataset


@dataclass(frozen=True)
class PlannedImage:
    """A picture to train or test with. `size` is that of its copy, None until there is one."""

    id: str
    classes: tuple[str, ...]
    boxes: tuple[Box, ...]
    is_test: bool
    size: tuple[int, int] | None = None
    is_gone: bool = False  # deleted since, or can't be read

    @property
    def is_open(self) -> bool:
        """Whether it still has to be copied."""
        return self.size is None and not self.is_gone

    def copied(self, size: tuple[int, int]) -> PlannedImage:
        """Return the picture with its copy."""
        return replace(self, size=size)

    def gone(self) -> PlannedImage:
        """Return the picture without the hope of a copy."""
        return replace(self, is_gone=True)


def plan_images(dataset: Dataset) -> list[PlannedImage]:
    """Return the pictures of a dataset, none of which is copied yet."""
    return [
        PlannedImage(each.id, each.classes, each.boxes, each.id in dataset.test_ids)
        for each in dataset.found.pictures
    ]


def load_plan(storage: Storage, bucket: str, model: ModelRecord) -> list[PlannedImage] | None:
    """Return a model's plan, or None if there is none yet."""
    try:
        document = json.loads(storage.read(bucket, model_plan_key(model.owner, model.id)))
    except ObjectGone:
        return None
    return [_from_document(each) for each in document]


def save_plan(storage: Storage, bucket: str, model: ModelRecord, images: Iterable[PlannedImage]) -> None:
    """Store a model's plan."""
    document = [_to_document(image) for image in images]
    storage.write(
        bucket,
        model_plan_key(model.owner, model.id),
        json.dumps(document, separators=(",", ":")).encode(),
        content_type="application/json",
    )


def _to_document(image: PlannedImage) -> dict[str, Any]:
    return {
        "id": image.id,
        "classes": image.classes,
        "boxes": [[box.name, box.left, box.top, box.width, box.height] for box in image.boxes],
        "isTest": image.is_test,
        "size": image.size,
        "isGone": image.is_gone,
    }


def _from_document(document: dict[str, Any]) -> PlannedImage:
    return PlannedImage(
        document["id"],
        tuple(document["classes"]),
        tuple(Box(*box) for box in document["boxes"]),
        document["isTest"],
        tuple(document["size"]) if document["size"] else None,
        document["isGone"],
    )
