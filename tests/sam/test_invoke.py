"""Every event file, with the real handlers in Lambda's container image, against the local stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from local.settings import ROOT
from local.stack import Stack


def summarize(result: dict[str, Any]) -> Any:
    """Return status and code of an HTTP response, or of each image that the processor handled."""
    if "statusCode" in result:
        return result["statusCode"], json.loads(result["body"]).get("code")
    if "images" in result:
        return [(image["status"], image.get("reason", {}).get("code")) for image in result["images"]]
    return result


CASES: list[tuple[str, str, Any]] = [
    ("PresignFunction", "presign-post.json", (201, None)),
    ("PresignFunction", "presign-bad.json", (400, "invalid-request")),
    ("ImagesFunction", "images-get.json", (200, None)),
    ("ImagesFunction", "images-bad-id.json", (404, "not-found")),
    ("ImagesFunction", "images-retry.json", (202, None)),  # before s3-upload.json processes this image
    ("ImagesFunction", "images-list.json", (200, None)),
    ("ImagesFunction", "labels-get.json", (200, None)),
    ("ProcessorFunction", "s3-put.json", [("done", None)]),
    ("ProcessorFunction", "s3-put-odd-key.json", [("done", None)]),
    ("ProcessorFunction", "s3-put-several.json", [("done", None)] * 3),
    ("ProcessorFunction", "s3-upload.json", [("done", None)]),
    ("ProcessorFunction", "s3-missing-object.json", [("failed", "gone")]),
    ("ProcessorFunction", "s3-test-event.json", []),
    ("ProcessorFunction", "sqs-retry.json", {"batchItemFailures": []}),
]

ROUTES = [
    ("POST", "/uploads", "presign-post.json"),
    ("GET", "/images", None),
    ("GET", f"/images/{'0' * 64}", None),
    ("DELETE", f"/images/{'0' * 64}", None),
    ("POST", f"/images/{'0' * 64}/retry", None),
    ("GET", "/labels", None),
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


# `sam local` doesn't run JWT authorizers, so requests have no claims, and every function must reject them.
@pytest.mark.timeout(400)
@pytest.mark.parametrize(("method", "path", "event"), ROUTES)
def test_start_api_rejects_requests_without_claims(
    api: str, method: str, path: str, event: str | None
) -> None:
    body = json.loads((ROOT / "events" / event).read_text())["body"].encode() if event else None
    headers = {"content-type": "application/json", "authorization": "Bearer not.a.token"}
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(f"{api}{path}", body, headers, method=method), timeout=120)
    with caught.value as response:
        assert (response.code, response.headers["content-type"]) == (401, "application/problem+json")
        assert json.loads(response.read()) == {
            "type": "about:blank",
            "title": "Unauthorized",
            "status": 401,
            "detail": "You aren't signed in. Sign in and try again.",
            "code": "not-signed-in",
        }
