from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.records import LabelSummary
from catalog.transitions.lease import LeaseStatus
from processor.errors import TransientError
from processor.invocation import Invocation
from tests.cloud import CUSTOM_MODEL_ARN
from tests.unit.processor.support import DIRECT_KEY, make_file
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, NOW_TEXT, OUTPUT_BUCKET, UPLOAD_KEY


def test_processes_a_direct_upload(processor, invocation, put, read_document, storage) -> None:
    data = make_file("JPEG", 6)
    outcome = processor.process(put(data), invocation)
    assert outcome.body() == {
        "key": DIRECT_KEY,
        "status": "done",
        "resultKey": f"{DIRECT_KEY}.json",
        "previewKey": f"{DIRECT_KEY}.preview.webp",
        "thumbnailKey": f"{DIRECT_KEY}.thumb.webp",
        "labels": [{"name": "Red", "confidence": 99.5}],
    }
    etag = storage.head(INPUT_BUCKET, DIRECT_KEY).etag
    document = read_document()
    [label] = document.pop("Labels")
    assert (label["Name"], label["Confidence"], len(label["Instances"])) == ("Red", 99.5, 1)
    assert document == {
        "SchemaVersion": 1,
        "Image": {
            "Bucket": INPUT_BUCKET,
            "Key": DIRECT_KEY,
            "ETag": etag,
            "Bytes": len(data),
            "Format": "JPEG",
            "Width": 200,
            "Height": 120,
            "Colors": ["gray"],
            "PerceptualHash": document["Image"]["PerceptualHash"],
        },
        "Exif": {"Orientation": 6},
        "Errors": {},
        "Recognition": {
            "Detectors": ["labels"],
            "MinConfidence": 40.0,
            "ModelVersions": {"labels": "3.0"},
            "Calls": {
                "DetectLabels": {"Features": ["GENERAL_LABELS"], "MaxLabels": 100, "MinConfidence": 40.0}
            },
            "StartedAt": NOW_TEXT,
            "DurationMs": 0,
            "Converted": False,
            "BilledCalls": 1,
        },
    }
    stored = storage.head(OUTPUT_BUCKET, f"{DIRECT_KEY}.json")
    assert (stored.content_type, dict(stored.metadata)) == ("application/json", {"source-etag": etag})


@pytest.mark.parametrize("suffix", ["preview", "thumb"])
def test_browsers_may_keep_a_rendering_but_ask_for_the_document_again(
    processor, invocation, put, s3, suffix: str
) -> None:
    processor.process(put(make_file("JPEG")), invocation)
    rendering = s3.head_object(Bucket=OUTPUT_BUCKET, Key=f"{DIRECT_KEY}.{suffix}.webp")
    assert (rendering["ContentType"], rendering["CacheControl"]) == (
        "image/webp",
        "private, max-age=86400, immutable",
    )
    document = s3.head_object(Bucket=OUTPUT_BUCKET, Key=f"{DIRECT_KEY}.json")
    assert document["CacheControl"] == "private, no-cache"


def test_processes_an_upload(processor, invocation, put, read_document, get_record, table) -> None:
    outcome = processor.process(put(make_file("PNG", 3), UPLOAD_KEY), invocation)
    assert outcome.status == "done"
    record = get_record()
    assert (record.status, record.labels, record.reason) == ("done", (LabelSummary("Red", 99.5),), None)
    assert (record.width, record.height) == (200, 120)
    assert read_document(UPLOAD_KEY)["Recognition"]["Converted"] is True
    (item,) = [item for item in table.scan()["Items"] if item["sk"] == f"IMAGE#{IMAGE_ID}"]
    midnight = (record.processed_at + timedelta(days=91)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert item["expiresAt"] == int(midnight.timestamp())  # the end of the day, when S3 expires objects too
    assert {"leaseOwner", "leaseExpiresAt"}.isdisjoint(item)


def test_the_record_keeps_the_top_level_categories_of_unsafe_content(
    make_processor, invocation, put, rekognition, get_record
) -> None:
    found = [
        {"Name": name, "Confidence": confidence, "ParentName": parent, "TaxonomyLevel": 2 if parent else 1}
        for name, confidence, parent in (
            ("Violence", 71.5, ""),
            ("Weapons", 70.0, "Violence"),
            ("Explicit", 93.0, ""),
            ("Explicit Nudity", 93.0, "Explicit"),
        )
    ]
    rekognition.queue_response(
        "DetectModerationLabels", {"ModerationLabels": found, "ModerationModelVersion": "7.0"}
    )
    make_processor(detect_moderation=True).process(put(make_file("JPEG"), UPLOAD_KEY), invocation)
    assert get_record().flags == ("Explicit", "Violence")


def test_passes_an_accepted_image_and_a_converted_one_by_reference(
    processor, invocation, put, rekognition
) -> None:
    processor.process(put(make_file("JPEG"), "a b+ü%.jpg"), invocation)
    processor.process(put(make_file("WebP"), "other"), invocation)
    (_, accepted), (_, converted) = rekognition.requests
    assert accepted == {
        "Image": {"S3Object": {"Bucket": INPUT_BUCKET, "Name": "a b+ü%.jpg"}},
        "Features": ["GENERAL_LABELS"],
        "MaxLabels": 100,
        "MinConfidence": 40.0,
    }
    assert converted["Image"] == {"S3Object": {"Bucket": OUTPUT_BUCKET, "Name": "other.answers.jpg"}}


@pytest.mark.parametrize("key", [DIRECT_KEY, UPLOAD_KEY])
def test_a_done_image_is_not_billed_again(processor, invocation, put, rekognition, key: str) -> None:
    event = put(make_file("JPEG"), key)
    assert processor.process(event, invocation).status == "done"
    assert processor.process(event, invocation).body() == {"key": key, "status": "skipped"}
    assert len(rekognition.requests) == 1


def test_a_replaced_direct_upload_is_processed_again(processor, invocation, put, read_document) -> None:
    processor.process(put(make_file("JPEG")), invocation)
    assert processor.process(put(make_file("BMP")), invocation).status == "done"
    assert read_document()["Image"]["Format"] == "BMP"


def test_an_image_leased_by_another_invocation_is_busy(
    processor, invocation, put, rekognition, catalog
) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    assert catalog.acquire_lease("alice", IMAGE_ID, "request-2", 60).status is LeaseStatus.ACQUIRED
    assert processor.process(event, invocation).body() == {"key": UPLOAD_KEY, "status": "busy"}
    assert rekognition.requests == []


def test_too_little_time_left_is_a_transient_error(processor, put, catalog, rekognition) -> None:
    event = put(make_file("JPEG"), UPLOAD_KEY)
    with pytest.raises(TransientError):
        processor.process(event, Invocation("request-1", lambda: 39.0))
    assert catalog.acquire_lease("alice", IMAGE_ID, "request-2", 60).status is LeaseStatus.ACQUIRED
    assert rekognition.requests == []


def test_without_detectors_there_are_still_a_preview_and_a_thumbnail(
    make_processor, invocation, put, read_document, read_rendering
) -> None:
    processor = make_processor(detect_labels=False)
    assert processor.process(put(make_file("JPEG")), invocation).labels == ()
    assert read_document()["Recognition"]["Detectors"] == []
    assert [read_rendering(suffix).size for suffix in ("preview", "thumb")] == [(200, 120), (200, 120)]


def test_calls_all_detectors(make_processor, invocation, put, read_document, rekognition) -> None:
    rekognition.queue_response(
        "DetectModerationLabels", {"ModerationLabels": [], "ModerationModelVersion": "7.0"}
    )
    rekognition.queue_response("DetectText", {"TextDetections": [], "TextModelVersion": "3.0"})
    rekognition.queue_response(
        "DetectProtectiveEquipment", {"Persons": [], "ProtectiveEquipmentModelVersion": "1.0"}
    )
    processor = make_processor(
        detect_moderation=True,
        detect_text=True,
        detect_faces=True,
        detect_celebrities=True,
        detect_protective_equipment=True,
        detect_properties=True,
        custom_labels_model_arn=CUSTOM_MODEL_ARN,
    )
    processor.process(put(make_file("JPEG")), invocation)
    document = read_document()
    assert set(document) - {"SchemaVersion", "Image", "Exif", "Errors", "Recognition"} == {
        "Labels",
        "ImageProperties",
        "ModerationLabels",
        "TextDetections",
        "FaceDetails",
        "CelebrityFaces",
        "Persons",
        "CustomLabels",
    }
    assert document["Recognition"] == {
        "Detectors": ["labels", "properties", "moderation", "text", "faces", "celebrities", "ppe", "custom"],
        "MinConfidence": 40.0,
        "ModelVersions": {
            "labels": "3.0",
            "properties": "3.0",
            "moderation": "7.0",
            "text": "3.0",
            "ppe": "1.0",
        },
        "Calls": {
            operation: {name: value for name, value in request.items() if name != "Image"}
            for operation, request in rekognition.requests
        },
        "StartedAt": NOW_TEXT,
        "DurationMs": 0,
        "Converted": False,
        "BilledCalls": 7,
    }
    parameters = {operation: {**request, "Image": None} for operation, request in rekognition.requests}
    assert parameters == {
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
        "DetectCustomLabels": {
            "Image": None,
            "ProjectVersionArn": CUSTOM_MODEL_ARN,
            "MinConfidence": 40.0,
        },
    }
