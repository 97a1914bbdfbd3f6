"""An image whose event was lost, or whose processor was killed, is recovered by whoever asks for it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.client import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile, UploadAndCapture

TABLE = "CatalogTable"


def record_key(owner: str, image_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"OWNER#{owner}"}, "sk": {"S": f"IMAGE#{image_id}"}}


def set_pending(user: Client, image: ImageFile, name: str, value: dict[str, str]) -> None:
    """Set an attribute of the record of a pending image."""
    user.stack.client("dynamodb").update_item(
        TableName=TABLE,
        Key=record_key(user.owner, image.id),
        UpdateExpression=f"SET {name} = :value",
        ConditionExpression="#status = :pending",
        ExpressionAttributeValues={":value": value, ":pending": {"S": "pending"}},
        ExpressionAttributeNames={"#status": "status"},
    )


def make_older(user: Client, image: ImageFile) -> None:
    """Make a pending image older by two hours, instead of waiting."""
    uploaded_at = datetime.now(UTC) - timedelta(hours=2)
    text = uploaded_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    set_pending(user, image, "uploadedAt", {"S": text})


def kill_processor(user: Client, image: ImageFile) -> None:
    """Leave the record as a processor that was killed a minute ago."""
    set_pending(user, image, "leaseOwner", {"S": "killed"})
    set_pending(user, image, "leaseExpiresAt", {"N": str(int(time.time()) - 60)})


def assert_done_and_billed_once(user: Client, image: ImageFile) -> None:
    body = user.wait_until_processed(image)
    assert body["image"]["status"] == "done", body
    totals = user.call("GET", "/labels").document["thisMonth"]
    assert (totals["images"], totals["billedCalls"]) == (1, 1)


@pytest.fixture(params=["event lost", "processor killed"])
def stuck(request: pytest.FixtureRequest, user: Client, upload_and_capture: UploadAndCapture) -> ImageFile:
    """An image of `user` that is stored and pending, and that nothing processes."""
    image, _ = upload_and_capture()
    if request.param == "processor killed":
        kill_processor(user, image)
    return image


def test_uploading_it_again_recovers_it(user: Client, stuck: ImageFile) -> None:
    response = user.request_upload(stuck.request)
    assert (response.status, list(response.document)) == (200, ["image"])
    assert response.document["image"]["received"]
    assert_done_and_billed_once(user, stuck)


def test_asking_for_it_recovers_it_after_some_minutes(user: Client, stuck: ImageFile) -> None:
    make_older(user, stuck)
    assert user.get_image(stuck.id).document["image"]["status"] == "pending"
    assert_done_and_billed_once(user, stuck)


def test_the_hourly_recovery_recovers_it(
    user: Client, stuck: ImageFile, event_file: Callable[[str], Any]
) -> None:
    make_older(user, stuck)
    result = user.stack.functions.invoke("RecoveryFunction", event_file("schedule"))
    assert not result.failed, result.error
    assert result.payload["recovered"] >= 1  # other tests may have left images
    assert (result.payload["failed"], result.payload["complete"]) == (0, True)
    assert_done_and_billed_once(user, stuck)


def test_an_image_whose_record_is_gone_is_started_from_its_object(
    user: Client, upload_and_capture: UploadAndCapture
) -> None:
    """The record may have expired, or the object arrived after its image was deleted."""
    image, _ = upload_and_capture()
    user.stack.client("dynamodb").delete_item(TableName=TABLE, Key=record_key(user.owner, image.id))
    assert user.get_image(image.id).status == 404
    assert user.request_upload(image.request).status == 200
    assert_done_and_billed_once(user, image)
    wait_until(lambda: user.image_ids() == [image.id] or None)


def test_a_failed_image_is_processed_again_from_its_object(
    user: Client, new_file: Callable[[bytes], ImageFile]
) -> None:
    image = new_file(b"these are notes, ")
    user.upload(image)
    before = user.wait_until_processed(image)["image"]
    assert before["reason"]["code"] == "not-an-image"
    assert user.request_upload(image.request).status == 200
    after = user.wait_until_processed(image)["image"]
    changed = {"uploadedAt": None, "processedAt": None, "revision": None}
    assert {**after, **changed} == {**before, **changed}
