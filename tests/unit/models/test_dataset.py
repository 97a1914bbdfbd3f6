"""What is wrong with the pictures of a model, what could be better, and what AWS's limits allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog.records import Box
from images.own_data import MAX_BOXES, MAX_TAGS
from local.rekognition.custom_labels import manifest, validation
from models import rules
from models.dataset import Dataset
from models.pictures import Picture, Pictures
from processor.imaging.interface import MIN_SIDE
from trainer.preparation import COPY_LIMITS

if TYPE_CHECKING:
    from catalog.model_records import ModelKind


def pictures(**numbers: int) -> list[Picture]:
    """Return pictures, so many of each class."""
    return [Picture(f"{name}{number}", (name,)) for name, count in numbers.items() for number in range(count)]


def dataset(
    *found: Picture, classes: tuple[str, ...] = ("a", "b"), kind: ModelKind = "classification"
) -> Dataset:
    return Dataset(kind, classes, Pictures(found))


def test_enough_pictures_have_no_problem_and_need_no_advice() -> None:
    assert dataset(*pictures(a=10, b=10)).estimate() == {
        "classes": [{"name": "a", "images": 10, "boxes": 0}, {"name": "b", "images": 10, "boxes": 0}],
        "training": 16,
        "test": 4,
        "problems": [],
        "advice": [],
        "hours": {"least": 0.5, "most": 24.0},
        "cost": {"least": 0.5, "most": 24.0},
    }


@pytest.mark.parametrize("count", [0, 1])
def test_a_class_needs_a_picture_to_train_with_and_one_to_test_with(count: int) -> None:
    (problem,) = dataset(*pictures(a=10, b=count)).problems()
    assert problem.body() == {
        "code": "too-few-images",
        "class": "b",
        "message": (
            "“b” needs at least 2 pictures with this tag, one to train with and one to test with. "
            f"It has {count}."
        ),
    }


def test_a_classification_needs_two_classes_and_a_detection_one() -> None:
    box = Box("a", 0, 0, 1, 1)
    found = [Picture(str(number), ("a",), (box, box)) for number in range(10)]
    assert [problem.code for problem in dataset(*found, classes=("a",)).problems()] == ["too-few-classes"]
    detection = dataset(*found, classes=("a",), kind="detection")
    assert detection.problems() == []
    assert detection.estimate()["classes"] == [{"name": "a", "images": 10, "boxes": 20}]


def test_pictures_that_others_need_cannot_be_for_tests() -> None:
    found = [Picture("1", ("a", "b")), Picture("2", ("a", "c")), *pictures(b=1, c=1)]
    problems = dataset(*found, classes=("a", "b", "c")).problems()
    assert {problem.code for problem in problems} <= {"not-separable"}


def test_few_pictures_get_advice_with_a_link() -> None:
    (advice,) = dataset(*pictures(a=10, b=9)).advice()
    assert advice.body() == {
        "code": "few-images",
        "class": "b",
        "message": "“b” has 9 pictures. AWS recommends at least 10.",
        "url": "https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/md-prepare-images.html",
    }


def test_pictures_that_are_left_out_are_mentioned() -> None:
    found = Dataset("classification", ("a", "b"), Pictures(tuple(pictures(a=10, b=10)), left_out=3))
    (advice,) = found.advice()
    assert (advice.code, advice.name) == ("left-out", None)
    assert advice.message.startswith("3 pictures are left out")


def test_too_many_pictures_are_a_problem() -> None:
    (problem,) = Dataset("classification", ("a", "b"), Pictures((), is_complete=False)).problems()
    assert problem.body() == {
        "code": "too-many-images",
        "message": "A model can have at most 28,000 pictures. Choose fewer tags.",
    }


def test_the_rules_are_those_of_the_emulator() -> None:
    assert rules.MAX_CLASSES == validation.MAX_LABELS
    assert rules.MAX_BOXES_OF_IMAGE == manifest.MAX_BOXES
    assert (
        validation.IMAGE_LIMITS.min_side,
        validation.IMAGE_LIMITS.max_side,
    ) == (rules.MIN_SIDE, rules.MAX_SIDE)


def test_own_data_and_the_copies_are_within_the_limits() -> None:
    assert MAX_TAGS <= rules.MAX_LABELS_OF_IMAGE
    assert MAX_BOXES <= rules.MAX_BOXES_OF_IMAGE
    assert rules.MIN_SIDE <= MIN_SIDE
    assert COPY_LIMITS.max_side <= rules.MAX_SIDE
    assert COPY_LIMITS.max_bytes <= rules.MAX_FILE_BYTES
