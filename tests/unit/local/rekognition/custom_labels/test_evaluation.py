"""Metrics, thresholds, and the lines of the evaluation manifest."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local.rekognition.custom_labels.evaluation import (
    Metrics,
    TestImage,
    choose_thresholds,
    measure,
    summarize,
    to_snapshot,
)
from local.rekognition.custom_labels.manifest import Entry
from local.rekognition.custom_labels.model import WHOLE, LabeledBox, Prediction
from local.rekognition.geometry import Box

AT = datetime(2026, 11, 1, tzinfo=UTC)
ENTRY = Entry({"source-ref": "s3://pictures/a.png"}, ("pictures", "a.png"))
BOX, OTHER = Box(0, 0, 0.5, 0.5), Box(0.5, 0.5, 0.5, 0.5)


def picture(label: str, **probabilities: float) -> TestImage:
    """An image with one label, and the probability of each."""
    predictions = [Prediction(name, WHOLE, value) for name, value in probabilities.items()]
    return TestImage(ENTRY, [LabeledBox(label, WHOLE)], (400, 300), predictions)


IMAGES = [
    picture("cat", cat=0.9, dog=0.2),
    picture("cat", cat=0.4, dog=0.3),
    picture("dog", cat=0.3, dog=0.6),
    picture("dog", cat=0.6, dog=0.1),
]


def test_measures_precision_and_recall() -> None:
    assert measure(IMAGES, "cat", 0.5) == Metrics(1 / 2, 1 / 2)
    assert measure(IMAGES, "cat", 0.35) == Metrics(2 / 3, 1.0)
    assert measure(IMAGES, "dog", 0.5) == Metrics(1.0, 1 / 2)
    assert measure(IMAGES, "bird", 0.5) == Metrics(1.0, 1.0)
    assert measure(IMAGES, "dog", 0.99) == Metrics(0.0, 0.0)
    assert Metrics(0.5, 1.0).f1 == pytest.approx(2 / 3)
    assert Metrics(0.0, 0.0).f1 == 0.0


def test_chooses_the_threshold_with_the_best_f1_score() -> None:
    # Between 0.3 and 0.4, both cats and one dog are found as cats; at a half, it would be one of each.
    assert choose_thresholds(IMAGES, ["cat", "dog"]) == pytest.approx({"cat": 0.35, "dog": 0.5})
    assert choose_thresholds(IMAGES[:1], ["cat"]) == {"cat": 0.5}


def test_summarizes_labels_by_their_f1_score() -> None:
    thresholds = {"cat": 0.5, "dog": 0.5}
    summary, score = summarize(IMAGES, thresholds, "arn", 7, AT, has_boxes=False)
    assert score == summary["AggregatedEvaluationResults"]["F1Score"] == pytest.approx(0.6)
    assert summary["AggregatedEvaluationResults"]["ConfusionMatrix"] == [
        {"GroundTruthLabel": "cat", "PredictedLabel": "cat", "Value": 0.5},
        {"GroundTruthLabel": "cat", "PredictedLabel": "dog", "Value": 0.0},
        {"GroundTruthLabel": "dog", "PredictedLabel": "cat", "Value": 0.5},
        {"GroundTruthLabel": "dog", "PredictedLabel": "dog", "Value": 0.5},
    ]
    assert summary["LabelEvaluationResults"] == [
        {
            "Label": "dog",
            "Metrics": {"Precision": 1.0, "Recall": 0.5, "F1Score": 1 / 1.5, "Threshold": 0.5},
            "NumberOfTestingImages": 2,
        },
        {
            "Label": "cat",
            "Metrics": {"Precision": 0.5, "Recall": 0.5, "F1Score": 0.5, "Threshold": 0.5},
            "NumberOfTestingImages": 2,
        },
    ]


def test_a_snapshot_shows_boxes_that_were_found_and_missed() -> None:
    present = [LabeledBox("cat", BOX), LabeledBox("dog", OTHER)]
    predictions = [Prediction("cat", BOX, 0.9), Prediction("cat", OTHER, 0.8), Prediction("dog", OTHER, 0.1)]
    image = TestImage(ENTRY, present, (400, 300), predictions)
    line = to_snapshot(image, {"cat": 0.5, "dog": 0.5}, AT, has_boxes=True)
    assert line["source-ref"] == "s3://pictures/a.png"
    assert line["rekognition-custom-labels-evaluation-0"] == {
        "image_size": [{"width": 400, "height": 300, "depth": 3}],
        "annotations": [
            {"class_id": 0, "left": 0, "top": 0, "width": 200, "height": 150},
            {"class_id": 0, "left": 200, "top": 150, "width": 200, "height": 150},
            {"class_id": 1, "left": 200, "top": 150, "width": 200, "height": 150},
        ],
    }
    metadata = line["rekognition-custom-labels-evaluation-0-metadata"]
    outcomes = [
        [
            name
            for name, value in found["rekognition-custom-labels-evaluation-details"].items()
            if value is True
        ]
        for found in metadata["objects"]
    ]
    assert outcomes == [
        ["is-true-positive", "is-present-in-ground-truth"],
        ["is-false-positive"],
        ["is-false-negative", "is-present-in-ground-truth"],
    ]
    assert [found["confidence"] for found in metadata["objects"]] == [0.9, 0.8, 0.0]
    assert metadata["class-map"] == {"0": "cat", "1": "dog"}
