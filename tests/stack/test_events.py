"""Each file in `events/`, invoked as `sam local invoke` would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Pipeline

ODD = "odd names/100% café + crème.jpg"


@pytest.fixture
def invoke(pipeline: Pipeline, event_file: Callable[[str], Any]) -> Callable[[str, str], Any]:
    def invoked(function_id: str, name: str) -> Any:
        result = pipeline.stack.functions.invoke(function_id, event_file(name))
        assert not result.failed, result.error
        return result.payload

    return invoked


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("s3-put", ["samples/astronaut.jpg"]),
        ("s3-put-odd-key", [ODD]),
        ("s3-put-several", ["samples/astronaut.jpg", "samples/chelsea.jpg", ODD]),
        ("s3-test-event", []),
    ],
)
def test_seeded_drops_are_processed(
    pipeline: Pipeline, invoke: Callable[[str, str], Any], name: str, keys: list[str]
) -> None:
    images = invoke("ProcessorFunction", name)["images"]
    assert [image["key"] for image in images] == keys
    for image in images:
        assert image["status"] in ("done", "skipped")  # an earlier test may have had the same drop
        document = pipeline.object(pipeline.output, f"{image['key']}.json")
        assert json.loads(document)["Image"]["Key"] == image["key"]


def test_a_missing_object_is_a_failure_in_words(invoke: Callable[[str, str], Any]) -> None:
    (image,) = invoke("ProcessorFunction", "s3-missing-object")["images"]
    assert (image["key"], image["status"], image["reason"]["code"]) == (
        "samples/missing.jpg",
        "failed",
        "gone",
    )


def test_a_retried_event_leaves_nothing_to_retry(invoke: Callable[[str, str], Any]) -> None:
    assert invoke("ProcessorFunction", "sqs-retry") == {"batchItemFailures": []}


def test_the_seeded_upload_is_pending_until_it_is_processed(invoke: Callable[[str, str], Any]) -> None:
    before = invoke("ImagesFunction", "images-get")
    assert json.loads(before["body"])["image"]["status"] == "pending"
    (image,) = invoke("ProcessorFunction", "s3-upload")["images"]
    assert image["status"] == "done"
    after = invoke("ImagesFunction", "images-get")
    assert (after["statusCode"], json.loads(after["body"])["image"]["status"]) == (200, "done")


@pytest.mark.parametrize(
    ("function_id", "name", "status", "code"),
    [
        ("PresignFunction", "presign-post", 201, None),
        ("PresignFunction", "presign-bad", 400, "invalid-request"),
        ("ImagesFunction", "images-bad-id", 404, "not-found"),
        ("ImagesFunction", "images-list", 200, None),
        ("ImagesFunction", "labels-get", 200, None),
    ],
)
def test_requests_are_answered(
    invoke: Callable[[str, str], Any], function_id: str, name: str, status: int, code: str | None
) -> None:
    answer = invoke(function_id, name)
    assert (answer["statusCode"], json.loads(answer["body"]).get("code")) == (status, code)
