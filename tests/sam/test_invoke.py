"""Every event file, through the real handlers in Lambda's container, against the local stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from local.cli.sam import ROOT
from local.stack import Stack


def outcomes(result: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(image["status"], image.get("reason", {}).get("code")) for image in result["images"]]


def processor(event: str, *expected: tuple[str, str | None]) -> tuple[str, str, Callable[[Any], Any], Any]:
    return "ProcessorFunction", event, outcomes, list(expected)


def http(
    function: str, event: str, status: int, code: str | None = None
) -> tuple[str, str, Callable[[Any], Any], Any]:
    def told(result: dict[str, Any]) -> tuple[int, str | None]:
        return result["statusCode"], json.loads(result["body"]).get("code")

    return function, event, told, (status, code)


CASES = [
    http("PresignFunction", "presign-post.json", 201),
    http("PresignFunction", "presign-bad.json", 400, "invalid-request"),
    http("ImagesFunction", "images-get.json", 200),
    http("ImagesFunction", "images-bad-id.json", 404, "not-found"),
    http("ImagesFunction", "images-list.json", 200),
    http("ImagesFunction", "labels-get.json", 200),
    processor("s3-put.json", ("done", None)),
    processor("s3-put-odd-key.json", ("done", None)),
    processor("s3-put-several.json", ("done", None), ("done", None), ("done", None)),
    processor("s3-upload.json", ("done", None)),
    processor("s3-missing-object.json", ("failed", "gone")),
    processor("s3-test-event.json"),
    ("ProcessorFunction", "sqs-retry.json", lambda result: result, {"batchItemFailures": []}),
]

ROUTES = [
    ("POST", "/uploads", "presign-post.json"),
    ("GET", "/images", None),
    ("GET", f"/images/{'0' * 64}", None),
    ("DELETE", f"/images/{'0' * 64}", None),
    ("GET", "/labels", None),
]


def test_every_event_has_its_case() -> None:
    files = {file.name for file in (ROOT / "events").glob("*.json")} - {"local-env.json"}
    assert {case[1] for case in CASES} == files


@pytest.fixture
def unprocessed(stack: Stack) -> None:
    """Takes away the results of other tests: a picture that has one is not looked at again."""
    s3, bucket = stack.client("s3"), stack.template.outputs["OutputBucketName"]
    for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=entry["Key"])


@pytest.mark.timeout(200)
@pytest.mark.usefixtures("unprocessed")
@pytest.mark.parametrize(("function", "event", "told", "expected"), CASES, ids=[case[1] for case in CASES])
def test_each_event_is_answered(
    invoke: Callable[[str, str], Any], function: str, event: str, told: Callable[[Any], Any], expected: Any
) -> None:
    answer = invoke(function, event)
    assert answer.code == 0, answer.stderr
    # SAM CLI prints the function's answer as the last line
    result = json.loads(answer.stdout.strip().splitlines()[-1])
    assert "errorMessage" not in result, result
    assert told(result) == expected, result


# `sam local` knows no JWT authorizer, so no request has claims: each route must refuse it by itself
@pytest.mark.timeout(400)
@pytest.mark.parametrize(("method", "path", "event"), ROUTES)
def test_start_api_answers_that_nobody_is_signed_in(
    api: str, method: str, path: str, event: str | None
) -> None:
    body = json.loads((ROOT / "events" / event).read_text())["body"].encode() if event else None
    headers = {"content-type": "application/json", "authorization": "Bearer of.no.use"}
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(f"{api}{path}", body, headers, method=method), timeout=120)
    with refused.value as answer:
        assert (answer.code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert json.loads(answer.read()) == {
            "type": "about:blank",
            "title": "Unauthorized",
            "status": 401,
            "detail": "Nobody is signed in. Sign in and try again.",
            "code": "not-signed-in",
        }
