"""Rejected files, and uploading them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.client import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile, UploadAndCapture


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"these are notes, ", "not-an-image"),
        (b"%PDF-1.7 ", "unsupported-format"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01", "broken"),
    ],
)
def test_records_the_rejection_of_an_invalid_file(
    client: Client, new_file: Callable[..., ImageFile], content: bytes, code: str
) -> None:
    image = new_file(content)
    client.upload(image)
    client.wait_until_processed(image)
    # the processor writes the record before the result
    body = wait_until(lambda: (document := client.get_image(image.id).document)["result"] and document)
    reason = body["image"]["reason"]
    assert (body["image"]["status"], reason["code"]) == ("failed", code)
    assert reason["message"].endswith(".")
    assert body["result"]["Failure"] == {"Code": code, "Message": reason["message"]}
    assert set(body["links"]) == {"original", "result"}


def test_accepts_a_failed_file_again(client: Client, new_file: Callable[..., ImageFile]) -> None:
    image = new_file(b"these are notes, ")
    client.upload(image)
    client.wait_until_processed(image)
    assert client.request_upload(image.request).status == 200  # its bytes are still stored
    assert client.wait_until_processed(image)["image"]["reason"]["code"] == "not-an-image"


def test_rejects_an_object_that_was_deleted_before_processing(
    user: Client, upload_and_capture: UploadAndCapture, process: Callable[..., Any]
) -> None:
    image, event = upload_and_capture()
    user.s3.delete_object(Bucket=user.input, Key=user.key(image))
    assert process(event)["status"] == "failed"
    assert user.wait_until_processed(image)["image"]["reason"]["code"] == "gone"
