"""A tour of every path that needs a permission, on a stack of its own with every option that grants one.

A new grant needs a step that uses it. `test_permissions.py` names the grants that no step uses.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from PIL import Image

from catalog.keys import record_key
from common.object_keys import result_key, source_image_id
from common.time import format_rfc3339, now
from local.aws.iam import Grant, Permission
from local.stack import Stack
from models.split import split
from processor.events import MAX_RECEIVE_COUNT
from tests.cloud import ALL_DETECTORS, ENTERPRISE_OPTIONS, EVENTS, MODELS, SOURCES
from tests.stack.client import Client, ImageFile, send, wait_until
from tests.stack.model_tour import activate
from tests.stack.trained_models import ask, collect, file, run_trainer, wait_for, wait_until_gone

SAMPLE = Path(__file__).parents[2] / "web/samples/astronaut.jpg"
# The same in every step, because the local Rekognition analyzes the same bytes only once
EXTENSIONS = ("jpg", "png")  # of source objects, so that a function's grants aren't those of one name
PICTURE = ImageFile(SAMPLE.read_bytes())
NOTES = ImageFile(b"These are notes.", "notes.jpg")
THROTTLED_ONCE = {"faults": {"DetectText": {"code": "ProvisionedThroughputExceededException", "count": 1}}}


def as_webp() -> ImageFile:
    """Return the picture in a format that has to be converted."""
    output = BytesIO()
    with Image.open(SAMPLE) as picture:
        picture.save(output, "WEBP")
    return ImageFile(output.getvalue(), "photo.webp", "image/webp")


WEBP = as_webp()


def take() -> dict[Grant, frozenset[Permission]]:
    """Start a stack, take all steps, and return what its functions may do and what they did.

    moto keeps its state per process, so this needs a process without another stack.
    """
    parameters = {
        **ALL_DETECTORS,
        **EVENTS,
        **MODELS,
        **SOURCES,
        "WhenModelStopped": "wait",
        "KmsKeyArn": ENTERPRISE_OPTIONS["KmsKeyArn"],
    }
    with Stack(parameters=parameters, speedup=1200, schedules=False, log=lambda name, line: None) as stack:
        for step in STEPS:
            for _ in range(2):  # otherwise one owner's objects would be all that a grant is used for
                owner = str(uuid4())
                step(Tour(stack, Client(stack, owner, stack.sign_in.token("alice", sub=owner))))
        return dict(stack.endpoint.grants())


@dataclass(frozen=True)
class Tour:
    """What a step needs: the stack, and a user who has no images."""

    stack: Stack
    user: Client

    def capture_event(self, action: Callable[[], object]) -> Any:
        """Return the event that an action makes S3 send, instead of delivering it."""
        with patch.object(self.stack.functions, "invoke_async") as invoke:
            action()
        ((_, event, _),) = [call.args for call in invoke.call_args_list]
        return event

    def upload_and_capture(self) -> Any:
        """Upload the picture, and return its event, which isn't delivered."""
        return self.capture_event(lambda: self.user.upload(PICTURE))

    def put_source(self, content: bytes, extension: str = "jpg") -> tuple[str, Any]:
        """Put an object into the source bucket. Return its image's id and its event, not delivered yet."""
        bucket, key = SOURCES["SourceBucket"], f"{SOURCES['SourcePrefix']}{uuid4()}.{extension}"
        put = partial(self.user.s3.put_object, Bucket=bucket, Key=key, Body=content)
        event = self.capture_event(put)
        event["sourceObject"]["owner"] = self.user.owner  # in place of the stack's SourceOwner
        return source_image_id(bucket, key), event

    def wait_for_source(self, image_id: str) -> Any:
        """Wait until an image of a source object is done, and return the response of `GET /images/{id}`."""

        def attempt() -> Any:
            document = self.user.get_image(image_id).document
            return document if document["image"]["status"] == "done" else None

        return wait_until(attempt)

    def process(self, event: Any, status: str) -> None:
        """Invoke the processor with an event, and check what happened to its only image."""
        result = self.stack.functions.invoke("ProcessorFunction", event)
        assert not result.failed, result.error
        statuses = [image["status"] for image in result.payload["images"]]
        assert statuses == [status], result.payload

    def fail_as_unavailable(self) -> Any:
        """Upload the picture, let the processor receive its event for the last time, and return the event."""
        event = self.upload_and_capture()
        message = {
            "messageId": "last",
            "eventSource": "aws:sqs",
            "body": json.dumps({"requestPayload": event}),
            "attributes": {"ApproximateReceiveCount": str(MAX_RECEIVE_COUNT)},
        }
        result = self.stack.functions.invoke("ProcessorFunction", {"Records": [message]})
        assert result.payload == {"batchItemFailures": [{"itemIdentifier": "last"}]}, result
        return event

    def update_record(self, expression: str, value: dict[str, Any]) -> None:
        """Change the record of the picture by an expression about :value."""
        self.stack.client("dynamodb").update_item(
            TableName="CatalogTable",
            Key={name: {"S": value} for name, value in record_key(self.user.owner, PICTURE.id).items()},
            UpdateExpression=expression,
            ExpressionAttributeValues={":value": value},
        )

    def make_older(self) -> None:
        """Make the pending picture, and its upload's count, older by two hours, instead of waiting."""
        time = format_rfc3339(now() - timedelta(hours=2))
        self.update_record("SET uploadedAt = :value, countedAt = :value", {"S": time})

    def delete_object(self, bucket: str, key: str) -> None:
        """Delete an object as if it had expired."""
        self.user.s3.delete_object(Bucket=bucket, Key=key)


def recognize_view_and_delete(tour: Tour) -> None:
    user = tour.user
    links = user.recognize(PICTURE)["links"]
    assert user.request_upload(PICTURE.request).status == 200  # already known
    assert user.image_ids() == user.image_ids(label="person") == [PICTURE.id]
    assert user.label_counts()["Person"] == 1
    assert [send("GET", url).status for url in links.values()] == [200] * 4
    assert user.delete(PICTURE.id) == 204


def annotate_and_change_many(tour: Tour) -> None:
    user = tour.user
    user.recognize(PICTURE)
    assert user.patch(PICTURE.id, tags=["sale"], favorite=True).status == 200
    actions: dict[str, dict[str, Any]] = {
        "get": {},
        "tag": {"tags": ["new"]},
        "untag": {"tags": ["sale"]},
        "delete": {},
    }
    for action, fields in actions.items():
        (result,) = user.batch(action, PICTURE.id, **fields)
        assert result["status"] in (200, 204), result


def upload_a_rejected_file_again(tour: Tour) -> None:
    tour.user.upload(NOTES)
    rejected = tour.user.wait_until_processed(NOTES)["image"]
    assert rejected["reason"]["code"] == "not-an-image"
    assert tour.user.request_upload(NOTES.request).status == 200
    assert tour.user.wait_until_processed(NOTES)["image"]["reason"] == rejected["reason"]


def upload_after_a_deletion(tour: Tour) -> None:
    upload = tour.user.create_upload(PICTURE)
    assert tour.user.delete(PICTURE.id) == 204
    tour.process(tour.capture_event(lambda: tour.user.put(PICTURE, upload)), "skipped")


def upload_directly(tour: Tour, picture: ImageFile = PICTURE) -> None:
    for key in (f"{uuid4()}.jpg", f"folder/{uuid4()}"):
        tour.user.put_directly(key, picture.content)
        assert tour.user.wait_for_result(key)["Image"]["Key"] == key


def delete_during_recognition(tour: Tour) -> None:
    event, billed = tour.upload_and_capture(), tour.user.billed_calls()
    tour.stack.rekognition.configure({"latencyMs": 2000})
    with ThreadPoolExecutor(1) as executor:
        processing = executor.submit(tour.process, event, "skipped")
        wait_until(lambda: tour.user.billed_calls() > billed or None)
        assert tour.user.delete(PICTURE.id) == 204
        processing.result()
    tour.stack.rekognition.configure({"reset": True})


def process_a_redriven_event(tour: Tour) -> None:
    """Remove the entry of the failure from the index."""
    tour.process(tour.fail_as_unavailable(), "done")


def upload_again_after_the_file_expired(tour: Tour) -> None:
    tour.user.recognize(PICTURE)
    tour.delete_object(tour.user.input, tour.user.key(PICTURE))
    assert tour.user.request_upload(PICTURE.request).status == 201


def process_after_the_file_is_gone(tour: Tour) -> None:
    event = tour.upload_and_capture()
    tour.delete_object(tour.user.input, tour.user.key(PICTURE))
    tour.process(event, "failed")
    assert tour.user.get_image(PICTURE.id).document["image"]["reason"]["code"] == "gone"


def park_a_throttled_picture(tour: Tour) -> None:
    """Recognize it from the retry queue, with the answers and the converted picture that were kept."""
    tour.stack.rekognition.configure(THROTTLED_ONCE)
    tour.user.recognize(WEBP)


def park_a_throttled_direct_upload(tour: Tour) -> None:
    tour.stack.rekognition.configure(THROTTLED_ONCE)
    upload_directly(tour, WEBP)


def recover_by_uploading_again(tour: Tour) -> None:
    tour.upload_and_capture()
    assert tour.user.request_upload(PICTURE.request).status == 200
    assert tour.user.wait_until_processed(PICTURE)["image"]["status"] == "done"


def recover_by_asking(tour: Tour) -> None:
    tour.upload_and_capture()
    tour.make_older()
    assert tour.user.wait_until_processed(PICTURE)["image"]["status"] == "done"


def recover(tour: Tour) -> None:
    """Recover it before anybody asks for it."""
    tour.upload_and_capture()
    tour.make_older()
    result = tour.stack.functions.invoke("RecoveryFunction", {})
    assert (result.failed, result.payload["failed"]) == (False, 0), result
    assert tour.user.wait_until_processed(PICTURE)["image"]["status"] == "done"


def recover_without_a_file(tour: Tour) -> None:
    tour.user.create_upload(PICTURE)
    tour.make_older()
    result = tour.stack.functions.invoke("RecoveryFunction", {})
    assert result.payload["given_back"] >= 1, result


def retry_an_unavailable_picture(tour: Tour) -> None:
    tour.fail_as_unavailable()
    assert tour.user.retry(PICTURE.id).status == 202
    assert tour.user.wait_until_processed(PICTURE)["image"]["status"] == "done"


def retry_without_a_file(tour: Tour) -> None:
    tour.fail_as_unavailable()
    tour.delete_object(tour.user.input, tour.user.key(PICTURE))
    assert tour.user.retry(PICTURE.id).status == 409


def recognize_again(tour: Tour) -> None:
    tour.user.recognize(PICTURE)
    assert tour.user.retry(PICTURE.id).status == 202
    assert tour.user.wait_until_processed(PICTURE)["image"]["status"] == "done"


def recognize_where_it_lies(tour: Tour) -> None:
    """Recognize pictures of the source bucket twice, and delete their images."""
    for extension in EXTENSIONS:
        image_id, event = tour.put_source(PICTURE.content, extension)
        tour.process(event, "done")
        assert tour.user.retry(image_id).status == 202
        links = tour.wait_for_source(image_id)["links"]
        assert [send("GET", url).status for url in links.values()] == [200] * 4
        assert tour.user.delete(image_id) == 204


def lose_a_picture_of_the_source_bucket(tour: Tour) -> None:
    for is_done, extension in zip((True, False), EXTENSIONS, strict=True):
        image_id, event = tour.put_source(PICTURE.content, extension)
        if is_done:
            tour.process(event, "done")
        tour.delete_object(event["sourceObject"]["bucket"], event["sourceObject"]["key"])
        if is_done:
            assert tour.user.retry(image_id).status == 409
        else:
            tour.process(event, "failed")


def recognize_with_an_active_model(tour: Tour) -> None:
    """Ask a model that doesn't exist, which is an error of this detector only."""
    arn = f"arn:aws:rekognition:us-east-1:123456789012:project/local-{uuid4().hex[:16]}/version/1/1"
    activate(tour.stack, tour.user.owner, arn, "running")
    assert "custom" in tour.user.recognize(PICTURE)["result"]["Errors"]


def train_run_and_delete_a_model(tour: Tour) -> None:
    """Train it with a picture whose file is gone, and run it for a picture that waits for it."""
    user = tour.user
    images = collect(user, 4)
    for number, extension in enumerate(EXTENSIONS):
        image_id, event = tour.put_source(file("circle", 50 + number).content, extension)
        tour.process(event, "done")
        user.batch("tag", image_id, tags=["circle"])
    test_ids = split({image.id: (image.file_name.partition("-")[0],) for image in images})
    gone = next(image for image in images if image.id not in test_ids)
    tour.delete_object(user.input, user.key(gone))
    assert ask(user).status == 200
    model_id = ask(user, confirm=True).document["model"]["id"]
    wait_for(user, model_id, "stopped")
    assert len(user.call("GET", "/models").document["models"]) == 1
    activate(tour.stack, user.owner, "arn:aws:rekognition:us-east-1:123456789012:none", "stopped")
    waiting = file("circle", 100)
    assert user.recognize(waiting)["image"]["waiting"]
    user.call("POST", f"/models/{model_id}/start")
    wait_for(user, model_id, "running")
    run_trainer(user)
    assert user.wait_until_processed(waiting)["image"]["status"] == "done"
    user.call("POST", f"/models/{model_id}/stop")
    wait_for(user, model_id, "stopped")
    user.call("DELETE", f"/models/{model_id}")
    wait_until_gone(user, model_id)


def view_without_a_result(tour: Tour) -> None:
    tour.user.recognize(PICTURE)
    tour.delete_object(tour.user.output, result_key(tour.user.key(PICTURE)))
    assert tour.user.get_image(PICTURE.id).document["result"] is None


def publish_events(tour: Tour) -> None:
    file = Path(__file__).parents[2] / "events/dynamodb-stream.json"
    result = tour.stack.functions.invoke("PublisherFunction", json.loads(file.read_text(encoding="utf-8")))
    assert result.payload == {"batchItemFailures": []}, result


STEPS: tuple[Callable[[Tour], None], ...] = (
    recognize_view_and_delete,
    annotate_and_change_many,
    upload_a_rejected_file_again,
    upload_after_a_deletion,
    upload_directly,
    delete_during_recognition,
    process_a_redriven_event,
    upload_again_after_the_file_expired,
    process_after_the_file_is_gone,
    park_a_throttled_picture,
    park_a_throttled_direct_upload,
    recover_by_uploading_again,
    recover_by_asking,
    recover,
    recover_without_a_file,
    retry_an_unavailable_picture,
    retry_without_a_file,
    recognize_again,
    recognize_where_it_lies,
    lose_a_picture_of_the_source_bucket,
    recognize_with_an_active_model,
    train_run_and_delete_a_model,
    view_without_a_result,
    publish_events,
)
