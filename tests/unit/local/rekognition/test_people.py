"""DetectFaces, RecognizeCelebrities, DetectProtectiveEquipment and DetectModerationLabels."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.local.rekognition.support import MODEL_ARN, flat


@pytest.mark.parametrize("attributes", [None, ["ALL"]])
def test_returns_only_measured_properties_of_a_face(
    client: Any, astronaut: bytes, attributes: list[str] | None
) -> None:
    parameters = {} if attributes is None else {"Attributes": attributes}
    (face,) = client.detect_faces(Image={"Bytes": astronaut}, **parameters)["FaceDetails"]
    assert sorted(face) == ["BoundingBox", "Confidence", "Landmarks", "Quality"]
    assert 85 < face["Confidence"] < 100
    assert sorted(face["Quality"]) == ["Brightness", "Sharpness"]
    assert 30 < face["Quality"]["Brightness"] < 80
    left, right = face["Landmarks"]
    assert (left["Type"], right["Type"]) == ("eyeLeft", "eyeRight")
    for eye, expected in ((left, (203, 104)), (right, (247, 104))):
        assert abs(eye["X"] * 512 - expected[0]) < 8
        assert abs(eye["Y"] * 512 - expected[1]) < 8


def test_recognizes_no_celebrities(client: Any, astronaut: bytes) -> None:
    response = client.recognize_celebrities(Image={"Bytes": astronaut})
    faces = client.detect_faces(Image={"Bytes": astronaut})["FaceDetails"]
    assert response["CelebrityFaces"] == []
    assert response["UnrecognizedFaces"] == faces


def test_returns_people_without_equipment(client: Any, astronaut: bytes) -> None:
    response = client.detect_protective_equipment(Image={"Bytes": astronaut})
    (person,) = client.detect_labels(Image={"Bytes": astronaut})["Labels"][0]["Instances"]
    assert response["ProtectiveEquipmentModelVersion"] == "local-coco-ssd-1"
    assert response["Persons"] == [{"BodyParts": [], **person, "Id": 0}]
    assert "Summary" not in response
    for min_confidence, people in ((80, [0]), (99.5, [])):
        summarization = {"MinConfidence": min_confidence, "RequiredEquipmentTypes": ["HEAD_COVER"]}
        assert client.detect_protective_equipment(
            Image={"Bytes": astronaut}, SummarizationAttributes=summarization
        )["Summary"] == {
            "PersonsWithRequiredEquipment": [],
            "PersonsWithoutRequiredEquipment": [],
            "PersonsIndeterminate": people,
        }


def test_moderation_returns_no_labels(client: Any, astronaut: bytes) -> None:
    response = client.detect_moderation_labels(Image={"Bytes": astronaut}, MinConfidence=20)
    del response["ResponseMetadata"]
    assert response == {"ModerationLabels": [], "ModerationModelVersion": "local-none-1", "ContentTypes": []}


HUMAN = {"HumanLoopName": "review", "FlowDefinitionArn": "arn:aws:sagemaker:us-east-1:123456789012:flow/x"}


@pytest.mark.parametrize("parameters", [{"ProjectVersion": MODEL_ARN}, {"HumanLoopConfig": HUMAN}])
def test_moderation_rejects_unavailable_features(client: Any, parameters: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as caught:
        client.detect_moderation_labels(Image={"Bytes": flat(100, 100)}, **parameters)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
