"""DetectFaces, RecognizeCelebrities and DetectProtectiveEquipment."""

from __future__ import annotations

from typing import Any

import pytest


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
