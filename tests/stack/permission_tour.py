"""A tour of every path that needs a permission, on a stack of its own with every option that grants one.

A new grant needs a step that uses it. `test_permissions.py` names the grants that no step uses.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from catalog.keys import record_key
from local.aws.iam import Grant, Permission
from local.stack import Stack
from processor.events import MAX_RECEIVE_COUNT
from tests.cloud import ALL_DETECTORS, ENTERPRISE_OPTIONS
from tests.stack.client import Client, ImageFile, send, wait_until

SAMPLE = Path(__file__).parents[2] / "web/samples/astronaut.jpg"
OWNERS = ("tour-1", "tour-2")  # two, so that a resource isn't one owner's


def take() -> dict[Grant, frozenset[Permission]]:
    """Start a stack, go all steps, and return what its functions may do and what they did.

    moto keeps its state per process, so this needs a process without another stack.
    """
    parameters = {**ALL_DETECTORS, "KmsKeyArn": ENTERPRISE_OPTIONS["KmsKeyArn"]}
    with Stack(parameters=parameters, speedup=1200, log=lambda name, line: None) as stack:
        tours = [
            Tour(stack, Client(stack, owner, stack.sign_in.token("alice", sub=owner))) for owner in OWNERS
        ]
        for step in STEPS_OF_EACH_OWNER:
            for tour in tours:
                step(tour)
        for step in STEPS:
            step(tours[0])
        return dict(stack.endpoint.grants())


@dataclass(frozen=True)
class Tour:
    """What the steps of one owner share."""

    stack: Stack
    user: Client

    def new_picture(self) -> ImageFile:
        return ImageFile(SAMPLE.read_bytes() + uuid4().bytes)  # decoders ignore what follows a JPEG's end

    def new_notes(self) -> ImageFile:
        return ImageFile(b"these are notes, " + uuid4().bytes)

    def capture_event(self, action: Callable[[], None]) -> Any:
        """Return the event that an action makes S3 send, instead of delivering it."""
        with patch.object(self.stack.functions, "invoke_async") as invoke:
            action()
        ((_, event),) = [call.args for call in invoke.call_args_list]
        return event

    def upload_and_capture(self) -> tuple[ImageFile, Any]:
        picture = self.new_picture()
        return picture, self.capture_event(lambda: self.user.upload(picture))

    def process(self, event: Any, status: str) -> None:
        """Invoke the processor with an event, and check what happened to its only image."""
        result = self.stack.functions.invoke("ProcessorFunction", event)
        assert not result.failed, result.error
        statuses = [image["status"] for image in result.payload["images"]]
        assert statuses == [status], result.payload

    def fail_as_unavailable(self) -> ImageFile:
        """Upload a picture whose event is received for the last time."""
        picture, event = self.upload_and_capture()
        message = {
            "messageId": "last",
            "eventSource": "aws:sqs",
            "body": json.dumps({"requestPayload": event}),
            "attributes": {"ApproximateReceiveCount": str(MAX_RECEIVE_COUNT)},
        }
        result = self.stack.functions.invoke("ProcessorFunction", {"Records": [message]})
        assert result.payload == {"batchItemFailures": [{"itemIdentifier": "last"}]}, result
        return picture


def recognize_view_and_delete(tour: Tour) -> None:
    user, picture = tour.user, tour.new_picture()
    links = user.recognize(picture)["links"]
    assert user.request_upload(picture.request).status == 200  # already known
    assert (user.image_ids(), bool(user.label_counts())) == ([picture.id], True)
    assert user.image_ids(label="person") == [picture.id]
    assert [send("GET", url).status for url in links.values()] == [200] * 4
    assert user.delete(picture.id) == 204


def upload_a_rejected_file_again(tour: Tour) -> None:
    notes = tour.new_notes()
    for _ in range(2):
        tour.user.upload(notes)
        assert tour.user.wait_until_processed(notes)["image"]["reason"]["code"] == "not-an-image"


def upload_after_a_deletion(tour: Tour) -> None:
    picture = tour.new_picture()
    upload = tour.user.create_upload(picture)
    assert tour.user.delete(picture.id) == 204
    tour.process(tour.capture_event(lambda: tour.user.put(picture, upload)), "skipped")


def upload_directly(tour: Tour) -> None:
    for key in (f"{uuid4()}.jpg", f"folder/{uuid4()}"):
        tour.user.put_directly(key, tour.new_picture().content)
        assert tour.user.wait_for_result(key)["Image"]["Key"] == key


def delete_during_recognition(tour: Tour) -> None:
    picture, event = tour.upload_and_capture()
    billed = tour.user.billed_calls()
    tour.stack.rekognition.configure({"latencyMs": 2000})
    with ThreadPoolExecutor(1) as executor:
        processing = executor.submit(tour.process, event, "skipped")
        wait_until(lambda: tour.user.billed_calls() > billed or None)
        assert tour.user.delete(picture.id) == 204
        processing.result()
    tour.stack.rekognition.configure({"reset": True})


def process_after_an_interrupted_attempt(tour: Tour) -> None:
    """Remove the list entry of a label that only the interrupted attempt found."""
    picture, event = tour.upload_and_capture()
    tour.stack.client("dynamodb").update_item(
        TableName="CatalogTable",
        Key={name: {"S": value} for name, value in record_key(tour.user.owner, picture.id).items()},
        UpdateExpression="ADD indexNames :names",
        ExpressionAttributeValues={":names": {"SS": ["no such label"]}},
    )
    tour.process(event, "done")


def process_after_the_file_is_gone(tour: Tour) -> None:
    picture, event = tour.upload_and_capture()
    tour.user.s3.delete_object(Bucket=tour.user.input, Key=tour.user.key(picture))
    tour.process(event, "failed")
    assert tour.user.get_image(picture.id).document["image"]["reason"]["code"] == "gone"


def process_a_throttled_picture_later(tour: Tour) -> None:
    throttled = {"code": "ProvisionedThroughputExceededException", "count": 6}  # retries in place included
    tour.stack.rekognition.configure({"faults": {"DetectText": throttled}})
    tour.user.recognize(tour.new_picture())


def retry_an_unavailable_picture(tour: Tour) -> None:
    picture = tour.fail_as_unavailable()
    assert tour.user.retry(picture.id).status == 202
    assert tour.user.wait_until_processed(picture)["image"]["status"] == "done"


def retry_without_a_file(tour: Tour) -> None:
    picture = tour.fail_as_unavailable()
    tour.user.s3.delete_object(Bucket=tour.user.input, Key=tour.user.key(picture))
    assert tour.user.retry(picture.id).status == 409


def view_without_a_result(tour: Tour) -> None:
    notes = tour.new_notes()
    tour.user.upload(notes)
    key = f"{tour.user.key(notes)}.json"
    wait_until(lambda: tour.user.keys(tour.user.output, key) or None)
    tour.user.s3.delete_object(Bucket=tour.user.output, Key=key)
    assert tour.user.get_image(notes.id).document["result"] is None


Step = Callable[[Tour], None]
STEPS_OF_EACH_OWNER: tuple[Step, ...] = (
    recognize_view_and_delete,
    upload_a_rejected_file_again,
    upload_after_a_deletion,
)
STEPS: tuple[Step, ...] = (
    upload_directly,
    delete_during_recognition,
    process_after_an_interrupted_attempt,
    process_after_the_file_is_gone,
    process_a_throttled_picture_later,
    retry_an_unavailable_picture,
    retry_without_a_file,
    view_without_a_result,
)
