"""Label counts stay exact with repeated events, failures, and deletions."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from catalog.keys import record_key, term_partition

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile, UploadAndCapture

LABELS = ("Face", "Head", "Person")  # of the astronaut


def check_index(user: Client, *ids: str) -> None:
    """Check that the index contains exactly these images of a face."""
    assert user.label_counts() == {name: len(ids) for name in LABELS if ids}
    for label in (None, *LABELS):
        assert user.image_ids(**({"label": label} if label else {})) == list(ids)


def test_counts_a_repeated_event_once(
    user: Client, upload_and_capture: UploadAndCapture, process: Callable[..., Any]
) -> None:
    (image, event), billed = upload_and_capture(), user.billed_calls()
    assert [process(event)["status"] for _ in range(3)] == ["done", "skipped", "skipped"]
    assert user.billed_calls() == billed + 1
    check_index(user, image.id)


def test_counts_concurrent_copies_of_an_event_once(
    user: Client, upload_and_capture: UploadAndCapture, process: Callable[..., Any]
) -> None:
    (image, event), billed = upload_and_capture(), user.billed_calls()
    with ThreadPoolExecutor(2) as executor:
        outcomes = sorted(outcome["status"] for outcome in executor.map(process, [event, event]))
    assert outcomes in (["busy", "done"], ["done", "skipped"])  # before or after the first one is done
    assert user.billed_calls() == billed + 1
    check_index(user, image.id)


def test_counts_an_event_from_the_retry_queue_once(
    user: Client, upload_and_capture: UploadAndCapture, event_file: Any
) -> None:
    image, event = upload_and_capture()
    batch = event_file("sqs-retry")
    record = json.loads(batch["Records"][0]["body"]) | {"requestPayload": event}
    batch["Records"][0]["body"] = json.dumps(record)
    for _ in range(2):
        result = user.stack.functions.invoke("ProcessorFunction", batch)
        assert result.payload == {"batchItemFailures": []}
    check_index(user, image.id)


def test_counts_an_image_that_failed_at_first_once(
    user: Client, new_image: Callable[[], ImageFile], rekognition: Callable[..., None]
) -> None:
    image = new_image()
    rekognition(faults={"code": "InvalidImageFormatException", "count": 1})
    user.upload(image)
    assert user.wait_until_processed(image)["image"]["reason"]["code"] == "broken"
    assert (user.label_counts(), user.image_ids()) == ({}, [image.id])
    assert "upload" not in user.request_upload(image.request).document  # it is still stored
    assert user.wait_until_processed(image)["image"]["status"] == "done"
    check_index(user, image.id)


def test_counts_an_image_that_was_deleted_and_uploaded_again_once(
    user: Client, new_image: Callable[[], ImageFile]
) -> None:
    image = new_image()
    for _ in range(2):
        user.recognize(image)
        check_index(user, image.id)
        assert user.delete(image.id) == 204
        check_index(user)


def test_ignores_a_label_that_only_an_interrupted_attempt_found(
    user: Client, upload_and_capture: UploadAndCapture, process: Callable[..., Any]
) -> None:
    (image, event), table = upload_and_capture(), user.stack.client("dynamodb")
    record = table.get_item(
        TableName="CatalogTable",
        Key={name: {"S": value} for name, value in record_key(user.owner, image.id).items()},
    )["Item"]
    position = f"{record['uploadedAt']['S']}#{image.id}"
    entry = {"pk": {"S": term_partition(user.owner, "label:dog")}, "sk": {"S": position}}
    table.put_item(
        TableName="CatalogTable",
        Item={**entry, "takenAt": record["uploadedAt"], "expiresAt": record["expiresAt"]},
    )
    assert process(event)["status"] == "done"
    assert user.image_ids(label="dog") == []
    check_index(user, image.id)


def test_counts_concurrent_uploads_and_deletions(user: Client, new_image: Callable[[], ImageFile]) -> None:
    images = [new_image() for _ in range(8)]
    with ThreadPoolExecutor(4) as executor:
        list(executor.map(user.recognize, images))
        assert user.label_counts() == dict.fromkeys(LABELS, 8)
        assert set(user.image_ids(label="person")) == {image.id for image in images}
        assert list(executor.map(user.delete, [image.id for image in images[:5]])) == [204] * 5
    assert user.label_counts() == dict.fromkeys(LABELS, 3)
    assert set(user.image_ids(label="face")) == {image.id for image in images[5:]}
