"""Faces, celebrities, protective equipment and moderation: what is measured, and honest blanks."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.rekognition.geometry import Box
from tests.unit.local.rekognition.support import flat

ADAPTER = "arn:aws:rekognition:us-east-1:123456789012:project/mine/version/mine.2026/1234567890"


@pytest.mark.parametrize("attributes", [None, ["DEFAULT"], ["ALL"], ["AGE_RANGE", "EMOTIONS"]])
def test_a_face_has_what_is_measured_and_no_more(
    client: Any, astronaut: bytes, attributes: list[str] | None
) -> None:
    asked = {} if attributes is None else {"Attributes": attributes}
    (face,) = client.detect_faces(Image={"Bytes": astronaut}, **asked)["FaceDetails"]
    assert sorted(face) == ["BoundingBox", "Confidence", "Landmarks", "Quality"]
    assert 85 < face["Confidence"] < 100
    assert sorted(face["Quality"]) == ["Brightness", "Sharpness"]
    assert 30 < face["Quality"]["Brightness"] < 80
    left, right = face["Landmarks"]
    assert (left["Type"], right["Type"]) == ("eyeLeft", "eyeRight")
    for eye, known in ((left, (203, 104)), (right, (247, 104))):
        assert abs(eye["X"] * 512 - known[0]) < 8
        assert abs(eye["Y"] * 512 - known[1]) < 8


def test_no_face_is_no_error(client: Any, cat: bytes) -> None:
    assert client.detect_faces(Image={"Bytes": cat})["FaceDetails"] == []


def test_nobody_is_a_celebrity(client: Any, astronaut: bytes) -> None:
    answer = client.recognize_celebrities(Image={"Bytes": astronaut})
    faces = client.detect_faces(Image={"Bytes": astronaut})["FaceDetails"]
    assert answer["CelebrityFaces"] == []
    assert answer["UnrecognizedFaces"] == faces


def test_people_without_a_word_on_their_equipment(client: Any, astronaut: bytes) -> None:
    face = client.detect_faces(Image={"Bytes": astronaut})["FaceDetails"][0]
    answer = client.detect_protective_equipment(Image={"Bytes": astronaut})
    assert answer["ProtectiveEquipmentModelVersion"] == "local-opencv-1"
    assert answer["Persons"] == [
        {"BodyParts": [], "BoundingBox": face["BoundingBox"], "Confidence": face["Confidence"], "Id": 0}
    ]
    assert "Summary" not in answer


@pytest.mark.parametrize(("least", "people"), [(80, [0]), (99.5, [])])
def test_a_summary_cannot_tell(client: Any, astronaut: bytes, least: float, people: list[int]) -> None:
    wanted = {"MinConfidence": least, "RequiredEquipmentTypes": ["HEAD_COVER"]}
    answer = client.detect_protective_equipment(Image={"Bytes": astronaut}, SummarizationAttributes=wanted)
    assert answer["Summary"] == {
        "PersonsWithRequiredEquipment": [],
        "PersonsWithoutRequiredEquipment": [],
        "PersonsIndeterminate": people,
    }


def test_moderation_says_that_nobody_looked(client: Any, astronaut: bytes) -> None:
    answer = client.detect_moderation_labels(Image={"Bytes": astronaut}, MinConfidence=20)
    del answer["ResponseMetadata"]
    assert answer == {"ModerationLabels": [], "ModerationModelVersion": "local-none-1", "ContentTypes": []}


HUMAN = {"HumanLoopName": "look", "FlowDefinitionArn": "arn:aws:sagemaker:us-east-1:123456789012:flow/x"}


@pytest.mark.parametrize(
    ("more", "what"),
    [({"ProjectVersion": ADAPTER}, "custom adapter"), ({"HumanLoopConfig": HUMAN}, "human review")],
)
def test_moderation_by_others_is_not_there(client: Any, more: dict[str, Any], what: str) -> None:
    with pytest.raises(ClientError) as caught:
        client.detect_moderation_labels(Image={"Bytes": flat(100, 100)}, **more)
    assert caught.value.response["Error"] == {
        "Code": "ResourceNotFoundException",
        "Message": f"The resource specified in the request cannot be found: "
        f"there is no {what} on this machine.",
    }


def test_boxes() -> None:
    whole, half, apart = Box(0, 0, 1, 1), Box(0, 0, 0.5, 1), Box(0.6, 0, 0.4, 1)
    assert whole.likeness(half) == 0.5
    assert half.likeness(apart) == 0
    assert half.lies_in(whole)
    assert not whole.lies_in(half)
    assert Box.of_pixels((-10, 5, 30, 200), 100, 100) == Box(0.0, 0.05, 0.2, 0.95)
    assert Box(0, 0, 0, 0).likeness(Box(0, 0, 0, 0)) == 0
