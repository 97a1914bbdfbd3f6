"""Invokes each file in `events/` like `sam local invoke`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client

ODD_KEY = "odd names/100% café + crème.jpg"


@pytest.fixture
def invoke(client: Client, event_file: Callable[[str], Any]) -> Callable[[str, str], Any]:
    def invoke_function(function_id: str, name: str) -> Any:
        result = client.stack.functions.invoke(function_id, event_file(name))
        assert not result.failed, result.error
        return result.payload

    return invoke_function


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("s3-put", ["samples/astronaut.jpg"]),
        ("s3-put-odd-key", [ODD_KEY]),
        ("s3-put-several", ["samples/astronaut.jpg", "samples/chelsea.jpg", ODD_KEY]),
        ("s3-test-event", []),
    ],
)
def test_processes_seeded_objects(
    client: Client, invoke: Callable[[str, str], Any], name: str, keys: list[str]
) -> None:
    images = invoke("ProcessorFunction", name)["images"]
    assert [image["key"] for image in images] == keys
    for image in images:
        assert image["status"] in ("done", "skipped")  # an earlier test may have processed the object
        document = client.get_object(client.output, f"{image['key']}.json")
        assert json.loads(document)["Image"]["Key"] == image["key"]


def test_records_the_failure_of_a_missing_object(invoke: Callable[[str, str], Any]) -> None:
    (image,) = invoke("ProcessorFunction", "s3-missing-object")["images"]
    assert (image["key"], image["status"], image["reason"]["code"]) == (
        "samples/missing.jpg",
        "failed",
        "gone",
    )


def test_processes_a_message_of_the_retry_queue(invoke: Callable[[str, str], Any]) -> None:
    assert invoke("ProcessorFunction", "sqs-retry") == {"batchItemFailures": []}


def test_processes_the_seeded_upload(invoke: Callable[[str, str], Any]) -> None:
    invoke("RecoveryFunction", "schedule")  # leaves it alone, however old it is
    before = invoke("ImagesFunction", "images-get")
    assert json.loads(before["body"])["image"]["status"] == "pending"
    assert invoke("ImagesFunction", "images-retry")["statusCode"] == 202
    (image,) = invoke("ProcessorFunction", "s3-upload")["images"]
    assert image["status"] == "done"
    after = invoke("ImagesFunction", "images-get")
    assert (after["statusCode"], json.loads(after["body"])["image"]["status"]) == (200, "done")
    assert invoke("ImagesFunction", "images-retry")["statusCode"] == 202  # to be recognized again


@pytest.mark.parametrize(
    ("function_id", "name", "status", "code"),
    [
        ("PresignFunction", "presign-post", 201, None),
        ("PresignFunction", "presign-bad", 400, "invalid-request"),
        ("ImagesFunction", "images-bad-id", 404, "not-found"),
        ("ImagesFunction", "images-patch", 200, None),
        ("ImagesFunction", "images-batch", 200, None),
        ("ImagesFunction", "images-list", 200, None),
        ("ImagesFunction", "labels-get", 200, None),
    ],
)
def test_responds_to_requests(
    invoke: Callable[[str, str], Any], function_id: str, name: str, status: int, code: str | None
) -> None:
    response = invoke(function_id, name)
    assert (response["statusCode"], json.loads(response["body"]).get("code")) == (status, code)
