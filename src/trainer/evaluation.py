"""The evaluation: Rekognition's summary, and its predictions for the pictures to test with.

https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/im-summary-file-api.html
https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/im-evaluation-manifest-snapshot-api.html
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from catalog.model_records import ClassEvaluation, Evaluation, WrongImage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trainer.plan import PlannedImage

MAX_WRONG = 100
_MAX_NAMES = 10  # classes of a picture to show
_DETAILS = "rekognition-custom-labels-evaluation-details"
_METADATA = "-metadata"


class InvalidEvaluation(Exception):
    """What AWS wrote isn't what it documents."""


def parse_summary(text: bytes, images: Iterable[PlannedImage]) -> Evaluation:
    """Return what the summary says, with the number of pictures of each class. Raises InvalidEvaluation."""
    training, test = Counter[str](), Counter[str]()
    for image in images:
        (test if image.is_test else training).update(() if image.is_gone else image.classes)
    with _checking():
        document = json.loads(text)
        classes = [
            ClassEvaluation(
                name=each["Label"],
                precision=each["Metrics"]["Precision"],
                recall=each["Metrics"]["Recall"],
                f1=each["Metrics"]["F1Score"],
                threshold=each["Metrics"]["Threshold"],
                training=training[each["Label"]],
                test=test[each["Label"]],
            )
            for each in document["LabelEvaluationResults"]
        ]
        return Evaluation(document["AggregatedEvaluationResults"]["F1Score"], tuple(classes))


def parse_wrong(text: bytes) -> list[WrongImage]:
    """Return the pictures that the model got wrong: it missed a class or found one that isn't there.

    Raises InvalidEvaluation.
    """
    with _checking():
        found = [_wrong_image(json.loads(line)) for line in text.splitlines()]
    return [image for image in found if image][:MAX_WRONG]


def _wrong_image(document: dict[str, Any]) -> WrongImage | None:
    details = list(_details(document))
    image_id = PurePosixPath(document["source-ref"]).stem
    if not any(each.get("is-false-positive") or each.get("is-false-negative") for _, each in details):
        return None
    expected = [name for name, each in details if each.get("is-present-in-ground-truth")]
    found = [name for name, each in details if each.get("is-true-positive") or each.get("is-false-positive")]
    return WrongImage(image_id, _names(expected), _names(found))


@contextmanager
def _checking() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise InvalidEvaluation(repr(error)) from error


def _names(names: list[str]) -> tuple[str, ...]:
    """Return each name once: a class can have many boxes in a picture."""
    return tuple(dict.fromkeys(names))[:_MAX_NAMES]


def _details(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each class that was expected or found in a picture, or each box, with what is said about it."""
    for name, metadata in document.items():
        if not name.endswith(_METADATA):
            continue
        if _DETAILS in metadata:
            yield metadata["class-name"], metadata[_DETAILS]
        annotations = document.get(name.removesuffix(_METADATA))
        boxes = annotations["annotations"] if isinstance(annotations, dict) else ()
        for box, found in zip(boxes, metadata.get("objects", ()), strict=False):
            if _DETAILS in found:
                yield metadata["class-map"][str(box["class_id"])], found[_DETAILS]
