"""What a custom model adds to DetectLabels and returns from DetectCustomLabels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from local.rekognition.detectors.objects import ObjectModels
from local.rekognition.detectors.onnx_model import OnnxModel
from tests.unit.local.rekognition.onnx_models import CLASSIFIERS, ROWS, save_detector, yolo
from tests.unit.local.rekognition.support import MODEL_ARN, client_of, encoded, flat


def client_with(make: Any, model: Path, labels: Path, **options: bool) -> Any:
    return client_of(make(ObjectModels(OnnxModel(model, labels), **options)))


def test_detect_labels_includes_the_models_labels(make: Any, tmp_path: Path, labels: Any, cat: bytes) -> None:
    # The model finds an eye of the cat that the built-in model finds, a dog, and an unknown label.
    rows = [(80, 45, 8, 6, 0.6, 0, 0), (50, 50, 30, 30, 0, 0.7, 0), (20, 60, 10, 10, 0, 0, 0.99)]
    path = save_detector(tmp_path / "mine.onnx", ("out", yolo(rows), np.float32))
    client = client_with(make, path, labels("cat", "dog", "lucky charm"))
    response = client.detect_labels(Image={"Bytes": cat})
    assert response["LabelModelVersion"] == "local-coco-ssd-1+mine"
    found = {label["Name"]: label for label in response["Labels"]}
    assert response["Labels"][0]["Name"] == "lucky charm"
    assert sorted(found) == ["Animal", "Canine", "Cat", "Dog", "Mammal", "Pet", "lucky charm"]
    assert len(found["Cat"]["Instances"]) == 2
    assert len(found["Dog"]["Instances"]) == 1
    assert [parent["Name"] for parent in found["Dog"]["Parents"]] == ["Animal", "Canine", "Mammal", "Pet"]
    assert found["lucky charm"]["Parents"] == found["lucky charm"]["Categories"] == []


def test_a_model_can_replace_the_built_in_one(make: Any, tmp_path: Path, labels: Any, cat: bytes) -> None:
    path = save_detector(tmp_path / "mine.onnx", ("out", yolo([(50, 50, 30, 30, 0.7)]), np.float32))
    client = client_with(make, path, labels("lucky charm"), has_built_in=False)
    response = client.detect_labels(Image={"Bytes": cat})
    assert response["LabelModelVersion"] == "local-mine"
    assert [label["Name"] for label in response["Labels"]] == ["lucky charm"]
    equipment = client.detect_protective_equipment(Image={"Bytes": cat})
    assert equipment["ProtectiveEquipmentModelVersion"] == "local-mine"


def test_a_person_found_by_both_models_and_by_the_face_is_one_person(
    make: Any, tmp_path: Path, labels: Any, astronaut: bytes
) -> None:
    rows = [(50, 50, 80, 96, 0.88)]
    path = save_detector(tmp_path / "model.onnx", ("out", yolo(rows), np.float32))
    client = client_with(make, path, labels("person"))
    person, face = client.detect_labels(Image={"Bytes": astronaut})["Labels"][:2]
    assert (person["Name"], face["Name"]) == ("Person", "Face")
    (instance,) = person["Instances"]
    assert instance["BoundingBox"] == pytest.approx({"Left": 0.1, "Top": 0.02, "Width": 0.8, "Height": 0.96})
    assert instance["Confidence"] == person["Confidence"] == face["Confidence"]


def test_detect_custom_labels_with_a_detector(make: Any, tmp_path: Path, labels: Any) -> None:
    path = save_detector(tmp_path / "model.onnx", ("out", yolo(ROWS), np.float32))
    client = client_with(make, path, labels("Cat", "Ball"))
    request: dict[str, Any] = {"Image": {"Bytes": flat(100, 100)}, "ProjectVersionArn": MODEL_ARN}
    first, *rest = client.detect_custom_labels(**request)["CustomLabels"]
    assert [(label["Name"], round(label["Confidence"])) for label in rest] == [("Ball", 80), ("Ball", 60)]
    assert first["Name"] == "Cat"
    assert first["Geometry"]["BoundingBox"] == pytest.approx(
        {"Left": 0.2, "Top": 0.3, "Width": 0.2, "Height": 0.2}
    )
    assert [tuple(point.values()) for point in first["Geometry"]["Polygon"]] == [
        pytest.approx(corner) for corner in ((0.2, 0.3), (0.4, 0.3), (0.4, 0.5), (0.2, 0.5))
    ]
    assert len(client.detect_custom_labels(**request, MaxResults=1)["CustomLabels"]) == 1
    assert len(client.detect_custom_labels(**request, MinConfidence=70)["CustomLabels"]) == 2


def test_detect_custom_labels_with_a_classifier(make: Any, tmp_path: Path, labels: Any) -> None:
    client = client_with(make, CLASSIFIERS["logits"](tmp_path / "model.onnx"), labels())
    green = encoded(Image.new("RGB", (100, 100), "lime"), "PNG")
    (label,) = client.detect_custom_labels(Image={"Bytes": green}, ProjectVersionArn=MODEL_ARN)[
        "CustomLabels"
    ]
    assert label["Name"] == "Green"
    assert sorted(label) == ["Confidence", "Name"]


def test_detect_custom_labels_without_a_model(client: Any) -> None:
    with pytest.raises(ClientError) as caught:
        client.detect_custom_labels(Image={"Bytes": flat(100, 100)}, ProjectVersionArn=MODEL_ARN)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
