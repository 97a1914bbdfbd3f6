"""Which requests to AWS an image takes, each of which is billed and takes time. The file is read once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import botocore.client
import pytest

from tests.unit.processor.support import make_file
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, OUTPUT_BUCKET, UPLOAD_KEY

if TYPE_CHECKING:
    from processor.events import ObjectCreated

ROLES = {INPUT_BUCKET: "input", OUTPUT_BUCKET: "output"}
LEASE = "dynamodb UpdateItem alice"
READ = "s3 GetObject input"
LABELS = ["rekognition DetectLabels", READ]  # Rekognition reads the object itself, for each call
COUNT = "dynamodb UpdateItem STACK"
RENDERINGS = ["s3 PutObject output preview.webp", "s3 PutObject output thumb.webp"]
RESULT = [
    "s3 PutObject output json",
    "dynamodb BatchWriteItem",
    "dynamodb TransactWriteItems",
]
FIRST_TIME = sorted([LEASE, READ, *LABELS, COUNT, *RENDERINGS, *RESULT])


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requests so far: service, operation, and what they are about."""
    sent: list[str] = []
    base: Any = botocore.client.BaseClient
    make_call = base._make_api_call

    def record(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        sent.append(" ".join(filter(None, (service, operation, _subject(parameters)))))
        return make_call(client, operation, parameters)

    monkeypatch.setattr(base, "_make_api_call", record)
    return sent


def _subject(parameters: dict[str, Any]) -> str:
    """Return the bucket and the kind of object of a request, or whose item it is about."""
    if "Bucket" in parameters:
        kind = parameters["Key"].removeprefix(UPLOAD_KEY).lstrip(".")
        return " ".join(filter(None, (ROLES[parameters["Bucket"]], kind)))
    key = parameters.get("Key", {}).get("pk", {})
    return str(key.get("S", "") if isinstance(key, dict) else key).removeprefix("OWNER#")


def test_a_jpeg(processor, invocation, put, requests: list[str]) -> None:
    event: ObjectCreated = put(make_file("JPEG"), UPLOAD_KEY)
    requests.clear()
    assert processor.process(event, invocation).status == "done"
    assert sorted(requests) == FIRST_TIME
    assert requests[:2] == [LEASE, READ]
    assert requests[-len(RESULT) :] == RESULT


@pytest.mark.parametrize("format_name", ["HEIF", "TIFF"])
def test_a_converted_image(processor, invocation, put, requests: list[str], format_name: str) -> None:
    event: ObjectCreated = put(make_file(format_name), UPLOAD_KEY)
    requests.clear()
    assert processor.process(event, invocation).status == "done"
    deletions = ["s3 DeleteObject output answers", "s3 DeleteObject output answers.jpg"]
    jpeg = ["s3 PutObject output answers.jpg", "s3 GetObject output answers.jpg"]
    expected = [*FIRST_TIME, *jpeg, *deletions]
    expected.remove(READ)  # Rekognition reads the JPEG instead
    assert sorted(requests) == sorted(expected)
    assert requests[-2:] == deletions


def test_all_detectors_are_counted_at_once(make_processor, invocation, put, requests: list[str]) -> None:
    event: ObjectCreated = put(make_file("JPEG"), UPLOAD_KEY)
    requests.clear()
    processor = make_processor(detect_text=True, detect_faces=True)
    assert processor.process(event, invocation).status == "done"
    more = ["rekognition DetectFaces", "rekognition DetectText", READ, READ]
    assert sorted(requests) == sorted([*FIRST_TIME, *more])


def test_an_event_that_comes_again(processor, invocation, put, requests: list[str]) -> None:
    event: ObjectCreated = put(make_file("JPEG"), UPLOAD_KEY)
    processor.process(event, invocation)
    requests.clear()
    assert processor.process(event, invocation).status == "skipped"
    assert requests == [LEASE]


def test_an_image_that_is_recognized_again_with_the_same_detectors(
    processor, invocation, put, requests: list[str], catalog
) -> None:
    event: ObjectCreated = put(make_file("JPEG"), UPLOAD_KEY)
    processor.process(event, invocation)
    catalog.reopen(catalog.get("alice", IMAGE_ID))
    requests.clear()
    assert processor.process(event, replace(invocation, is_retry=True)).status == "done"
    assert requests == [
        LEASE,
        "s3 HeadObject input",
        "s3 GetObject output json",
        "s3 HeadObject output preview.webp",
        "s3 HeadObject output thumb.webp",
        "s3 GetObject output answers",
        *RESULT,
        "dynamodb DeleteItem alice#TERM#status:pending",
    ]
