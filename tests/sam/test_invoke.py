"""Every event file, with the real handlers in Lambda's container image, against the local stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glimpse import ImageFile
from local.http import send
from local.settings import ROOT
from local.stack import Stack


def summarize(result: dict[str, Any]) -> Any:
    """Return status and code of an HTTP response, or of each image that the processor handled."""
    if "statusCode" in result:
        return result["statusCode"], json.loads(result["body"]).get("code")
    if "images" in result:
        return [(image["status"], image.get("reason", {}).get("code")) for image in result["images"]]
    return result


NO_MODEL = (404, "not-found")
CASES: list[tuple[str, str, Any]] = [
    ("PresignFunction", "presign-post.json", (201, None)),
    ("PresignFunction", "presign-bad.json", (400, "invalid-request")),
    ("ImagesFunction", "images-get.json", (200, None)),
    ("ImagesFunction", "images-similar.json", (200, None)),
    ("ImagesFunction", "images-bad-id.json", (404, "not-found")),
    ("ImagesFunction", "images-retry.json", (202, None)),  # before s3-upload.json processes this image
    ("ImagesFunction", "images-patch.json", (200, None)),
    ("ImagesFunction", "images-batch.json", (200, None)),
    ("ImagesFunction", "images-list.json", (200, None)),
    ("ImagesFunction", "labels-get.json", (200, None)),
    ("ImagesFunction", "terms-get.json", (200, None)),
    ("ProcessorFunction", "s3-put.json", [("done", None)]),
    ("ProcessorFunction", "s3-put-odd-key.json", [("done", None)]),
    ("ProcessorFunction", "s3-put-several.json", [("done", None)] * 3),
    ("ProcessorFunction", "s3-upload.json", [("done", None)]),
    ("ProcessorFunction", "s3-missing-object.json", [("failed", "gone")]),
    ("ProcessorFunction", "s3-test-event.json", []),
    ("ProcessorFunction", "sqs-retry.json", {"batchItemFailures": []}),
    ("PublisherFunction", "dynamodb-stream.json", {"batchItemFailures": []}),
    ("ModelsFunction", "models-list.json", (200, None)),
    ("ModelsFunction", "models-estimate.json", (200, None)),
    ("ModelsFunction", "models-get.json", NO_MODEL),
    ("ModelsFunction", "models-start.json", NO_MODEL),
    ("ModelsFunction", "models-stop.json", NO_MODEL),
    ("ModelsFunction", "models-delete.json", NO_MODEL),
    ("TrainerFunction", "schedule-minute.json", {"advanced": 0, "leased": 0}),
    (
        "RecoveryFunction",
        "schedule.json",
        {"recovered": 0, "active": 0, "missing": 0, "given_back": 0, "failed": 0, "complete": True},
    ),
]


def test_every_event_file_has_a_case() -> None:
    files = {file.name for file in (ROOT / "events").glob("*.json")} - {"local-env.json"}
    assert {case[1] for case in CASES} == files


@pytest.fixture
def unprocessed(stack: Stack) -> None:
    """Delete the results of other tests, because the processor skips an object that has a result."""
    s3, bucket = stack.client("s3"), stack.template.outputs["OutputBucketName"]
    for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=entry["Key"])


@pytest.mark.timeout(200)
@pytest.mark.usefixtures("unprocessed")
@pytest.mark.parametrize(("function", "event", "expected"), CASES, ids=[case[1] for case in CASES])
def test_function_handles_the_event(
    invoke: Callable[[str, str], Any], function: str, event: str, expected: Any
) -> None:
    completed = invoke(function, event)
    assert completed.code == 0, completed.stderr
    result = completed.function_result
    assert "errorMessage" not in result, result
    assert summarize(result) == expected, result


@pytest.mark.timeout(200)
def test_the_presigned_url_works_on_this_machine(
    invoke: Callable[[str, str], Any], stack: Stack, tmp_path: Path
) -> None:
    content = b"no other test uploads this"
    event = json.loads((ROOT / "events" / "presign-post.json").read_text())
    event["body"] = json.dumps(ImageFile.from_bytes("photo.jpg", content).request)
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    upload = json.loads(invoke("PresignFunction", str(file)).function_result["body"])["upload"]
    assert upload["url"].startswith(f"{stack.aws_url}/{stack.template.outputs['InputBucketName']}/uploads/")
    assert send(upload["method"], upload["url"], data=content, headers=upload["headers"]).status_code == 200
