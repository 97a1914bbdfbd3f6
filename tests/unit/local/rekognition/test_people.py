"""DetectFaces, RecognizeCelebrities and DetectProtectiveEquipment."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.unit.local.rekognition.support import encoded


@pytest.mark.parametrize("attributes", [None, ["ALL"]])
def test_returns_only_measured_properties_of_a_face(
    client: Any, astronaut: bytes, attributes: list[str] | None
) -> None:
    parameters = {} if attributes is None else {"Attributes": attributes}
    (face,) = client.detect_faces(Image={"Bytes": astronaut}, **parameters)["FaceDetails"]
    assert sorted(face) == ["BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"]
    assert 85 < face["Confidence"] < 100
    assert sorted(face["Quality"]) == ["Brightness", "Sharpness"]
    assert 30 < face["Quality"]["Brightness"] < 80
    left, right = face["Landmarks"]
    assert (left["Type"], right["Type"]) == ("eyeLeft", "eyeRight")
    for eye, expected in ((left, (203, 104)), (right, (247, 104))):
        assert abs(eye["X"] * 512 - expected[0]) < 8
        assert abs(eye["Y"] * 512 - expected[1]) < 8


@pytest.mark.parametrize("angle", [-12, 12])
def test_estimates_the_pose_from_the_eyes(client: Any, astronaut: bytes, angle: int) -> None:
    def pose(image: Image.Image) -> dict[str, float]:
        (face,) = client.detect_faces(Image={"Bytes": encoded(image, "PNG")})["FaceDetails"]
        return dict(face["Pose"])

    portrait = Image.open(io.BytesIO(astronaut))
    upright = pose(portrait)
    assert all(abs(upright[axis]) < 10 for axis in ("Roll", "Yaw", "Pitch"))
    rotated = pose(portrait.rotate(angle, Image.Resampling.BICUBIC))  # counterclockwise
    assert abs(rotated["Roll"] - (upright["Roll"] - angle)) < 6


def test_estimates_no_pose_without_both_eyes(client: Any, astronaut: bytes) -> None:
    portrait = Image.open(io.BytesIO(astronaut))
    portrait.paste((206, 160, 140), (188, 95, 214, 112))  # paints over an eye
    (face,) = client.detect_faces(Image={"Bytes": encoded(portrait, "PNG")})["FaceDetails"]
    assert sorted(face) == ["BoundingBox", "Confidence", "Landmarks", "Quality"]


def test_recognizes_no_celebrities(client: Any, astronaut: bytes) -> None:
    response = client.recognize_celebrities(Image={"Bytes": astronaut})
    faces = client.detect_faces(Image={"Bytes": astronaut})["FaceDetails"]
    assert response["CelebrityFaces"] == []
    assert response["UnrecognizedFaces"] == faces


def test_returns_people_and_the_body_parts_that_are_found(client: Any, astronaut: bytes) -> None:
    response = client.detect_protective_equipment(Image={"Bytes": astronaut})
    (person,) = client.detect_labels(Image={"Bytes": astronaut})["Labels"][0]["Instances"]
    assert response["ProtectiveEquipmentModelVersion"] == "local-coco-ssd-1"
    parts = [
        {"Name": name, "Confidence": person["Confidence"], "EquipmentDetections": []}
        for name in ("FACE", "HEAD")
    ]
    assert response["Persons"] == [{"BodyParts": parts, **person, "Id": 0}]
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


def test_returns_no_body_parts_of_a_person_without_a_face(client: Any, man: bytes) -> None:
    (person,) = client.detect_protective_equipment(Image={"Bytes": man})["Persons"]
    assert person["BodyParts"] == []
