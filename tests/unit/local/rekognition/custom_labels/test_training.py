"""From tagged pictures to a running model that recognizes others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.rekognition.geometry import Box, iou
from tests.shapes import box_line, draw
from tests.unit.local.rekognition.custom_labels.conftest import BUCKET, START, Lab

Lines = Callable[[range], list[str]]
NEW = range(500, 510)  # seeds of pictures that a model hasn't seen


def train(lab: Lab, training: list[str], testing: list[str]) -> tuple[str, str]:
    """Return the ARNs of a project and its trained version."""
    project = lab.create_project()
    lab.create_dataset(project, "TRAIN", training)
    lab.create_dataset(project, "TEST", testing)
    version = lab.create_version(project)
    lab.run()
    return project, version


def start(lab: Lab, version: str) -> None:
    lab.client.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)
    lab.settle()


def test_learns_two_labels_from_twenty_pictures(lab: Lab, labeled: Lines) -> None:
    project, version = train(lab, labeled(range(10)), labeled(range(10, 14)))
    described = lab.describe_version(project)
    assert (described["Status"], described["StatusMessage"]) == (
        "TRAINING_COMPLETED",
        "The model is ready to run.",
    )
    start(lab, version)
    right = 0
    for kind in ("circle", "triangle"):
        for seed in NEW:
            image = {"Bytes": draw(kind, seed)[0]}
            first, *_ = lab.client.detect_custom_labels(
                ProjectVersionArn=version, Image=image, MinConfidence=0
            )["CustomLabels"]
            assert sorted(first) == ["Confidence", "Name"]
            right += first["Name"] == kind
    assert right >= 18


def test_learns_to_find_boxes(lab: Lab) -> None:
    def lines(seeds: range) -> list[str]:
        found = []
        for seed in seeds:
            kind = ("circle", "triangle")[seed % 2]
            url, box = lab.draw(kind, seed)
            found.append(box_line(url, (kind, box)))
        return found

    _, version = train(lab, lines(range(20)), lines(range(20, 26)))
    start(lab, version)
    right = 0
    for seed in NEW:
        kind = ("circle", "triangle")[seed % 2]
        data, box = draw(kind, seed)
        found = lab.client.detect_custom_labels(
            ProjectVersionArn=version, Image={"Bytes": data}, MinConfidence=20
        )["CustomLabels"]
        boxes = [
            Box(*(label["Geometry"]["BoundingBox"][side] for side in ("Left", "Top", "Width", "Height")))
            for label in found
            if label["Name"] == kind
        ]
        right += any(iou(found_box, box) >= 0.5 for found_box in boxes)
    assert right >= 7


def test_a_caller_chooses_confidence_and_number_of_results(lab: Lab, labeled: Lines) -> None:
    _, version = train(lab, labeled(range(6)), labeled(range(10, 12)))
    start(lab, version)

    def detect(**options: Any) -> list[dict[str, Any]]:
        image = {"S3Object": {"Bucket": BUCKET, "Name": "circle-10.png"}}
        response = lab.client.detect_custom_labels(ProjectVersionArn=version, Image=image, **options)
        found: list[dict[str, Any]] = response["CustomLabels"]
        return found

    likely, unlikely = detect(MinConfidence=0)
    assert (likely["Name"], unlikely["Name"]) == ("circle", "triangle")
    assert 100 >= likely["Confidence"] > unlikely["Confidence"] >= 0
    assert detect(MinConfidence=0, MaxResults=1) == [likely]
    assert detect(MinConfidence=likely["Confidence"] - 0.01) == [likely]
    assert detect() == [likely]  # by the thresholds that were chosen with the test dataset


def test_describes_a_trained_version(lab: Lab, labeled: Lines) -> None:
    project, version = train(lab, labeled(range(5)), labeled(range(10, 12)))
    described = lab.describe_version(project)
    folder = "models/shapes/v1"

    def location(name: str) -> dict[str, Any]:
        return {"S3Object": {"Bucket": "results", "Name": f"{folder}/{name}"}}

    def assets(name: str) -> dict[str, Any]:
        return {"Assets": [{"GroundTruthManifest": location(name)}]}

    assert described["CreationTimestamp"].timestamp() == START
    assert described["TrainingEndTimestamp"].timestamp() == START
    score = described["EvaluationResult"]["F1Score"]
    assert {name: value for name, value in described.items() if not name.endswith("Timestamp")} == {
        "ProjectVersionArn": version,
        "Status": "TRAINING_COMPLETED",
        "StatusMessage": "The model is ready to run.",
        "BillableTrainingTimeInSeconds": 0,
        "OutputConfig": {"S3Bucket": "results", "S3KeyPrefix": "models/"},
        "Feature": "CUSTOM_LABELS",
        "TrainingDataResult": {
            "Validation": assets("training_manifest_with_validation.json"),
            "Output": assets("training_manifest_snapshot.json"),
        },
        "TestingDataResult": {
            "Validation": assets("testing_manifest_with_validation.json"),
            "Output": assets("testing_manifest_snapshot.json"),
        },
        "ManifestSummary": location("manifest_summary.json"),
        "EvaluationResult": {
            "F1Score": score,
            "Summary": location("EvaluationResultSummary-shapes-v1.json"),
        },
    }
    summary = lab.read_json(described["EvaluationResult"]["Summary"])
    assert summary["AggregatedEvaluationResults"]["F1Score"] == score
    assert summary["EvaluationDetails"] == {
        "ProjectVersionArn": version,
        "EvaluationEndTimestamp": "2023-11-14T22:13:20.000000",
        "Labels": ["circle", "triangle"],
        "NumberOfTrainingImages": 10,
        "NumberOfTestingImages": 4,
    }
    assert lab.read_json(described["ManifestSummary"]) == {
        "statistics": {"training": statistics(10), "testing": statistics(4)},
        "errors": [],
    }


def statistics(count: int) -> dict[str, Any]:
    return {
        "use_case": "IMAGE_LEVEL_LABELS",
        "total_json_lines": count,
        "valid_json_lines": count,
        "invalid_json_lines": 0,
        "ignored_json_lines": 0,
        "error_json_line_indices": [],
        "errors": [],
    }


def test_the_evaluation_manifest_has_the_predictions(lab: Lab, labeled: Lines) -> None:
    project, _ = train(lab, labeled(range(6)), labeled(range(10, 11)))
    asset = lab.describe_version(project)["TestingDataResult"]["Output"]["Assets"][0]
    place = asset["GroundTruthManifest"]["S3Object"]
    lines = lab.storage.objects[place["Bucket"], place["Name"]].decode().splitlines()
    circle = json.loads(lines[0])
    confidence = circle["rekognition-custom-labels-evaluation-0-metadata"]["confidence"]
    assert 0 < confidence <= 1
    at = "2023-11-14T22:13:20.000000"
    assert circle == {
        "source-ref": f"s3://{BUCKET}/circle-10.png",
        "rekognition-custom-labels-training-0": 1,
        "rekognition-custom-labels-training-0-metadata": {
            "confidence": 1.0,
            "class-name": "circle",
            "type": "groundtruth/image-classification",
            "human-annotated": "yes",
            "creation-date": at,
            "job-name": "rekognition-custom-labels-training-job",
        },
        "rekognition-custom-labels-evaluation-0": 1,
        "rekognition-custom-labels-evaluation-0-metadata": {
            "confidence": confidence,
            "class-name": "circle",
            "type": "groundtruth/image-classification",
            "human-annotated": "no",
            "creation-date": at,
            "job-name": "rekognition-custom-labels-evaluation-job",
            "rekognition-custom-labels-evaluation-details": {
                "version": 1,
                "is-true-positive": True,
                "is-true-negative": False,
                "is-false-positive": False,
                "is-false-negative": False,
                "is-present-in-ground-truth": True,
                "ground-truth-labelling-jobs": ["rekognition-custom-labels-training-job"],
            },
        },
    }


def test_trains_from_manifests_without_datasets(lab: Lab, labeled: Lines) -> None:
    project = lab.create_project()
    source = lab.put_manifest("all.manifest", labeled(range(5)))
    training = {"Assets": [source]}
    lab.create_version(project, TrainingData=training, TestingData={"AutoCreate": True})
    lab.run()
    described = lab.describe_version(project)
    assert described["TrainingDataResult"]["Input"] == training
    summary = lab.read_json(described["EvaluationResult"]["Summary"])["EvaluationDetails"]
    assert (summary["NumberOfTrainingImages"], summary["NumberOfTestingImages"]) == (8, 2)


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("empty", "The manifest file is empty."),
        ("one label", "The manifest file has too few labels."),
        ("other labels", "Less than 50% label overlap between the training and testing manifest files."),
        ("missing images", "The manifest file contains too many invalid rows."),
        ("two buckets", "The manifest file contains images from multiple S3 buckets."),
    ],
)
def test_fails_if_the_datasets_are_unusable(lab: Lab, labeled: Lines, case: str, message: str) -> None:
    training, testing = labeled(range(3)), labeled(range(10, 12))
    project = lab.create_project()
    if case == "other labels":
        testing = [line.replace('"circle', '"square').replace('"triangle', '"hexagon') for line in testing]
    if case == "one label":
        training = training[::2]
    if case == "two buckets":
        lab.storage.objects["others", "circle-0.png"] = lab.storage.objects[BUCKET, "circle-0.png"]
        training[0] = training[0].replace(BUCKET, "others")
    lab.create_dataset(project, "TRAIN", training)
    if case == "empty":
        lab.client.create_dataset(ProjectArn=project, DatasetType="TEST")
        lab.run()
    else:
        lab.create_dataset(project, "TEST", testing)
    if case == "missing images":
        for seed in range(3):
            del lab.storage.objects[BUCKET, f"circle-{seed}.png"]
    version = lab.create_version(project)
    lab.run()
    described = lab.describe_version(project)
    assert (described["Status"], described["StatusMessage"]) == ("TRAINING_FAILED", message)
    with pytest.raises(lab.client.exceptions.InvalidParameterException):
        lab.client.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)


def test_fails_if_the_results_cannot_be_written(lab: Lab, labeled: Lines) -> None:
    project = lab.create_project()
    lab.create_dataset(project, "TRAIN", labeled(range(3)))
    lab.create_dataset(project, "TEST", labeled(range(10, 12)))
    lab.storage.read_only.add("results")
    lab.create_version(project)
    lab.run()
    described = lab.describe_version(project)
    assert (described["Status"], described["StatusMessage"]) == (
        "TRAINING_FAILED",
        "Unable to write to output S3 bucket.",
    )


def test_reports_unusable_lines_and_trains_with_the_others(lab: Lab, labeled: Lines) -> None:
    training = labeled(range(5))
    project = lab.create_project()
    lab.create_dataset(project, "TRAIN", [*training, "not JSON"])
    lab.create_dataset(project, "TEST", labeled(range(10, 12)))
    lab.create_version(project)
    lab.run()
    described = lab.describe_version(project)
    assert described["Status"] == "TRAINING_COMPLETED"
    assert lab.read_json(described["ManifestSummary"])["statistics"]["training"] == {
        **statistics(11),
        "valid_json_lines": 10,
        "invalid_json_lines": 1,
        "error_json_line_indices": [11],
    }
