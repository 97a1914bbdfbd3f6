"""Faults: those that pass are raised, those of one detector are noted."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from catalog.catalog import Claim
from catalog.records import Reason
from common.rejections import SENTENCES
from processor.errors import TransientFault
from processor.process import Attempt

KEY = "drops/picture"
ID = "ab" * 32
UPLOAD = f"uploads/public/{ID}"


def record_of(catalog):
    record = catalog.get("public", ID)
    return record.status, record.labels, record.reason


def test_a_passing_fault_is_raised_and_the_claim_given_back(
    processor, attempt, put, make, catalog, rekognition
) -> None:
    arrival = put(make("JPEG"), UPLOAD)
    rekognition.fail("DetectLabels", *["ThrottlingException"] * 6)
    with pytest.raises(TransientFault, match="DetectLabels: ThrottlingException"):
        processor().process(arrival, attempt)
    assert record_of(catalog)[0] == "pending"
    assert processor().process(arrival, Attempt("request-2", lambda: 60.0)).status == "done"


def test_a_fault_of_s3_is_raised_and_the_claim_given_back(
    processor, attempt, put, make, catalog, storage, monkeypatch
) -> None:
    arrival = put(make("JPEG"), UPLOAD)

    def write(*_, **__):
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "Slow down."}}, "PutObject")

    with monkeypatch.context() as broken:
        broken.setattr(storage, "write", write)
        with pytest.raises(ClientError):
            processor().process(arrival, attempt)
    assert processor().process(arrival, Attempt("request-2", lambda: 60.0)).status == "done"


def test_too_little_time_is_a_passing_fault(processor, put, make, catalog, rekognition) -> None:
    with pytest.raises(TransientFault):
        processor().process(put(make("JPEG"), UPLOAD), Attempt("request-1", lambda: 19.0))
    assert catalog.claim("public", ID, "request-2", 60) is Claim.TAKEN
    assert rekognition.requests == []


def test_one_detector_fails_for_good_and_the_others_answers_stand(
    processor, attempt, put, make, document, rekognition
) -> None:
    rekognition.fail("DetectText", "AccessDeniedException")
    assert processor(detect_text=True, detect_faces=True).process(put(make("JPEG")), attempt).status == "done"
    found = document()
    assert found["Errors"] == {
        "text": {
            "Code": "AccessDeniedException",
            "Message": "The permission rekognition:DetectText is missing. "
            "Whoever runs this service has to add it.",
        }
    }
    assert (found["Labels"][0]["Name"], found["FaceDetails"], "TextDetections" in found) == ("Red", [], False)
    assert found["Recognition"]["Detectors"] == ["labels", "text", "faces"]
    assert found["Recognition"]["BilledCalls"] == 2


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        (["AccessDeniedException", "AccessDeniedException"], "not-permitted"),
        (["InvalidS3ObjectException", "AccessDeniedException"], "not-permitted"),
        (["InvalidImageFormatException", "InvalidImageFormatException"], "broken"),
        (["InvalidImageFormatException", "AccessDeniedException"], "not-recognised"),
        (["LimitExceededException", "LimitExceededException"], "not-recognised"),
    ],
)
def test_when_no_detector_answers_the_picture_has_failed(
    processor, attempt, put, make, document, rekognition, catalog, errors, code
) -> None:
    rekognition.fail("DetectLabels", errors[0])
    rekognition.fail("DetectText", errors[1])
    outcome = processor(detect_text=True).process(put(make("JPEG"), UPLOAD), attempt)
    assert (outcome.status, outcome.reason.code) == ("failed", code)
    found = document(UPLOAD)
    assert found["Failure"] == {"Code": code, "Message": SENTENCES[code]}
    assert {name: error["Code"] for name, error in found["Errors"].items()} == {
        "labels": errors[0],
        "text": errors[1],
    }
    assert record_of(catalog) == ("failed", (), Reason(code, SENTENCES[code]))


def test_with_no_detector_chosen_there_is_a_thumbnail_still(
    processor, attempt, put, make, document, thumbnail
) -> None:
    assert processor(detect_labels=False).process(put(make("JPEG")), attempt).labels == ()
    assert document()["Recognition"]["Detectors"] == []
    assert thumbnail().size == (200, 120)


def test_all_detectors(processor, attempt, put, make, document, rekognition) -> None:
    arn = "arn:aws:rekognition:us-east-1:123456789012:project/p/version/v/1"
    rekognition.answer("DetectModerationLabels", {"ModerationLabels": [], "ModerationModelVersion": "7.0"})
    rekognition.answer("DetectText", {"TextDetections": [], "TextModelVersion": "3.0"})
    rekognition.answer("DetectProtectiveEquipment", {"Persons": [], "ProtectiveEquipmentModelVersion": "1.0"})
    everything = processor(
        detect_moderation=True,
        detect_text=True,
        detect_faces=True,
        detect_celebrities=True,
        detect_protective_equipment=True,
        detect_properties=True,
        custom_labels_model_arn=arn,
    )
    everything.process(put(make("JPEG")), attempt)
    found = document()
    lists = set(found) - {"SchemaVersion", "Image", "Errors", "Recognition"}
    assert lists == {
        "Labels",
        "ImageProperties",
        "ModerationLabels",
        "TextDetections",
        "FaceDetails",
        "CelebrityFaces",
        "Persons",
        "CustomLabels",
    }
    assert found["Recognition"] | {"DurationMs": 0} == {
        "Detectors": ["labels", "properties", "moderation", "text", "faces", "celebrities", "ppe", "custom"],
        "MinConfidence": 40.0,
        "ModelVersions": {
            "labels": "3.0",
            "properties": "3.0",
            "moderation": "7.0",
            "text": "3.0",
            "ppe": "1.0",
        },
        "StartedAt": "2026-11-22T15:00:00.123Z",
        "DurationMs": 0,
        "Converted": False,
        "BilledCalls": 7,
    }
    asked = {operation: {**request, "Image": None} for operation, request in rekognition.requests}
    assert asked == {
        "DetectLabels": {
            "Image": None,
            "Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"],
            "MaxLabels": 100,
            "MinConfidence": 40.0,
        },
        "DetectModerationLabels": {"Image": None, "MinConfidence": 40.0},
        "DetectText": {"Image": None},
        "DetectFaces": {"Image": None, "Attributes": ["ALL"]},
        "RecognizeCelebrities": {"Image": None},
        "DetectProtectiveEquipment": {"Image": None},
        "DetectCustomLabels": {"Image": None, "ProjectVersionArn": arn, "MinConfidence": 40.0},
    }


@pytest.mark.parametrize("key", [KEY, UPLOAD])
def test_giving_up(processor, attempt, put, make, document, catalog, key) -> None:
    arrival = put(make("JPEG"), key)
    assert processor().give_up(arrival, attempt).reason.code == "unavailable"
    assert document(key)["Failure"] == {"Code": "unavailable", "Message": SENTENCES["unavailable"]}
    if key == UPLOAD:
        assert record_of(catalog)[0] == "failed"
    else:  # a drop may be sent once more, by hand from the dead-letter queue
        assert processor().process(arrival, attempt).status == "done"


@pytest.mark.parametrize("key", [KEY, UPLOAD])
def test_a_picture_that_came_to_its_end_after_all_is_not_given_up(
    processor, attempt, put, make, document, catalog, key
) -> None:
    arrival = put(make("JPEG"), key)
    assert processor().process(arrival, attempt).status == "done"
    found = document(key)
    assert processor().give_up(arrival, attempt).status == "skipped"
    assert document(key) == found
    if key == UPLOAD:
        assert record_of(catalog)[0] == "done"


def test_a_picture_that_another_invocation_has_is_not_given_up(
    processor, attempt, put, make, catalog
) -> None:
    arrival = put(make("JPEG"), UPLOAD)
    assert catalog.claim("public", ID, "request-2", 60) is Claim.TAKEN
    assert processor().give_up(arrival, attempt).status == "busy"
    assert record_of(catalog)[0] == "pending"


def test_a_drop_that_is_gone_is_given_up_all_the_same(
    processor, attempt, put, make, storage, document
) -> None:
    arrival = put(make("JPEG"))
    storage.delete(arrival.bucket, arrival.key)
    assert processor().give_up(arrival, attempt).reason.code == "unavailable"
    assert document()["Failure"]["Code"] == "unavailable"
