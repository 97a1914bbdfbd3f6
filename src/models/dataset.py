"""The dataset of a model: its pictures, divided, and what is wrong with them or could be better."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from common.prices import PRICES
from models.rules import (
    LIMITS_URL,
    MAX_ASPECT_RATIO,
    MAX_IMAGES,
    MIN_CLASSES,
    MIN_IMAGES,
    PREPARE_IMAGES_URL,
    RECOMMENDED_IMAGES,
    TRAINING_HOURS,
)
from models.split import split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.model_records import ModelKind
    from models.pictures import Picture, Pictures


@dataclass(frozen=True)
class Finding:
    """A problem, which prevents a training, or an advice; about a class or, if that is None, all of them.

    `url` is AWS's page about an advice.
    """

    code: str
    message: str
    name: str | None = None
    url: str | None = None

    def body(self) -> dict[str, str]:
        """Return the finding as the API represents it."""
        members = {"code": self.code, "class": self.name, "message": self.message, "url": self.url}
        return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True)
class Dataset:
    """The pictures of a model, its classes, and its kind."""

    kind: ModelKind
    classes: tuple[str, ...]
    found: Pictures

    @cached_property
    def test_ids(self) -> frozenset[str]:
        """The ids of the pictures to test with."""
        return split({picture.id: picture.classes for picture in self.found.pictures})

    @property
    def training(self) -> list[Picture]:
        """The pictures to train with."""
        return [picture for picture in self.found.pictures if picture.id not in self.test_ids]

    @property
    def test(self) -> list[Picture]:
        """The pictures to test with."""
        return [picture for picture in self.found.pictures if picture.id in self.test_ids]

    def problems(self) -> list[Finding]:
        """Return why Rekognition wouldn't train a model with these pictures."""
        return list(self._problems())

    def advice(self) -> list[Finding]:
        """Return what would make the model better."""
        return list(self._advice())

    def estimate(self) -> dict[str, Any]:
        """Return what the API says before a model is made."""
        price = PRICES["rekognition"]["trainingHour"]
        least, most = TRAINING_HOURS
        return {
            "classes": [
                {"name": name, "images": self._images[name], "boxes": self._boxes[name]}
                for name in self.classes
            ],
            "training": len(self.training),
            "test": len(self.test),
            "problems": [finding.body() for finding in self.problems()],
            "advice": [finding.body() for finding in self.advice()],
            "hours": {"least": least, "most": most},
            "cost": {"least": least * price, "most": most * price},
        }

    def _problems(self) -> Iterator[Finding]:
        if len(self.classes) < MIN_CLASSES[self.kind]:
            yield Finding("too-few-classes", "A model that names whole pictures needs at least 2 classes.")
        if not self.found.is_complete:
            yield Finding(
                "too-many-images", f"A model can have at most {MAX_IMAGES:,} pictures. Choose fewer tags."
            )
            return
        training, test = (
            {name for picture in part for name in picture.classes} for part in (self.training, self.test)
        )
        for name in self.classes:
            count = self._images[name]
            if count < MIN_IMAGES:
                what = "a box of it" if self.kind == "detection" else "this tag"
                message = (
                    f"“{name}” needs at least {MIN_IMAGES} pictures with {what}, one to train with and one "
                    f"to test with. It has {count}."
                )
                yield Finding("too-few-images", message, name)
            elif name not in training or name not in test:
                message = (
                    f"The pictures of “{name}” can't be divided into some to train with and some to test "
                    "with, because others need them. Add pictures of it."
                )
                yield Finding("not-separable", message, name)

    def _advice(self) -> Iterator[Finding]:
        for name in self.classes:
            count = self._images[name]
            if MIN_IMAGES <= count < RECOMMENDED_IMAGES:
                message = f"“{name}” has {count} pictures. AWS recommends at least {RECOMMENDED_IMAGES}."
                yield Finding("few-images", message, name, PREPARE_IMAGES_URL)
        if self.found.left_out:
            message = (
                f"{self.found.left_out} pictures are left out, because one side is more than "
                f"{MAX_ASPECT_RATIO} times as long as the other."
            )
            yield Finding("left-out", message, url=LIMITS_URL)

    @cached_property
    def _images(self) -> Counter[str]:
        return Counter(name for picture in self.found.pictures for name in picture.classes)

    @cached_property
    def _boxes(self) -> Counter[str]:
        return Counter(box.name for picture in self.found.pictures for box in picture.boxes)
