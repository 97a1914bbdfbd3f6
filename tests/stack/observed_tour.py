"""A tour of what is logged and counted, on a stack of its own: pictures, rejected requests, and faults.

`test_logs.py` and `test_metrics.py` look at what it leaves. Every file has a name that may not be logged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from catalog.keys import record_key
from catalog.model_records import new_model_id
from common.object_keys import result_key
from common.time import format_rfc3339, now
from local.cloudwatch import cloudwatch, embedded
from local.stack import Stack
from processor.events import MAX_RECEIVE_COUNT
from tests.image_files import encode, marked
from tests.stack.client import Client, ImageFile, send, unique_jpeg

SAMPLE = encode(marked((160, 120)), "JPEG")  # small, because the local Rekognition takes seconds for a photo
THROTTLED = "ProvisionedThroughputExceededException"
PARAMETERS = {"DetectText": "true", "EventBusName": "default", "TrainModels": "true"}
# Low limits, so that the tour reaches them
LIMITS = {"UploadsPerDay": "5"}


@dataclass
class Observation:
    """What the tour leaves: the lines of all functions, the metrics, and what no line may contain."""

    lines: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    images: set[tuple[str, str]] = field(default_factory=set)  # owners and ids
    metrics: dict[str, Any] = field(default_factory=dict)

    def keep_secret(self, document: Any) -> None:
        """Note the presigned URLs in a response, with their signatures."""
        if isinstance(document, dict | list):
            for value in document.values() if isinstance(document, dict) else document:
                self.keep_secret(value)
        elif isinstance(document, str) and "X-Amz-Signature=" in document:
            query = parse_qs(urlsplit(document).query)
            self.secrets |= {document, query["X-Amz-Signature"][0], query["X-Amz-Credential"][0]}


@dataclass(frozen=True)
class Visit:
    """What a step needs: the stack, and a user who has no images."""

    stack: Stack
    user: Client
    seen: Observation

    def file(self, content: bytes = SAMPLE) -> ImageFile:
        """Return a file with a name that occurs nowhere else."""
        image = ImageFile(content, f"holiday-{uuid4()}.jpg")
        self.seen.secrets.add(image.file_name.removesuffix(".jpg"))
        self.seen.images.add((self.user.owner, image.id))
        return image

    def capture_event(self, action: Callable[[], None]) -> Any:
        """Return the event that an action makes S3 send, instead of delivering it."""
        with patch.object(self.stack.functions, "invoke_async") as invoke:
            action()
        ((_, event, _),) = [call.args for call in invoke.call_args_list]
        return event

    def upload(self, image: ImageFile) -> None:
        """Upload an image, whose URL is secret."""
        upload = self.user.create_upload(image)
        self.seen.keep_secret(upload)
        self.user.put(image, upload)

    def upload_and_capture(self, image: ImageFile) -> Any:
        """Upload an image, and return its event, which isn't delivered."""
        return self.capture_event(lambda: self.upload(image))

    def wait(self, image: ImageFile, status: str) -> dict[str, Any]:
        """Wait until an image is processed, and return what the API says about it."""
        document = self.user.wait_until_processed(image)
        self.seen.keep_secret(document)
        assert document["image"]["status"] == status, document
        return document

    def make_older(self, image: ImageFile) -> None:
        """Make a pending image older by two hours, instead of waiting."""
        key = record_key(self.user.owner, image.id)
        self.stack.client("dynamodb").update_item(
            TableName="CatalogTable",
            Key={name: {"S": value} for name, value in key.items()},
            UpdateExpression="SET uploadedAt = :value",
            ExpressionAttributeValues={":value": {"S": format_rfc3339(now() - timedelta(hours=2))}},
        )

    def request(self, method: str, path: str, body: Any = None, token: str | None = None) -> int:
        """Send a request to the API, and return the status of the response."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token or self.user.token}", "Content-Type": "application/json"}
        response = send(method, self.stack.api_url + path, data, headers)
        self.seen.keep_secret(json.loads(response.body or b"null"))
        return response.status

    @contextmanager
    def faults(self, **settings: float) -> Iterator[None]:
        """Let S3, DynamoDB and SQS fail within a `with` block."""
        self.stack.faults.configure(settings)
        try:
            yield
        finally:
            self.stack.faults.configure({"reset": True})

    @contextmanager
    def rekognition(self, **settings: Any) -> Iterator[None]:
        """Change Rekognition within a `with` block."""
        self.stack.rekognition.configure(settings)
        try:
            yield
        finally:
            self.stack.rekognition.configure({"reset": True})

    def invoke(self, function: str, event: Any) -> Any:
        """Invoke a function."""
        return self.stack.functions.invoke(function, event)


def view_list_and_delete(visit: Visit) -> None:
    image = visit.file()
    visit.upload(image)
    visit.wait(image, "done")
    assert visit.request("GET", "/images") == 200
    assert visit.request("GET", "/images?label=person") == 200
    name = image.file_name.removesuffix(".jpg")
    assert visit.request("GET", f"/images?q=name:{name}") == 200
    assert visit.request("GET", f"/terms?prefix={name}") == 200
    assert visit.request("PATCH", f"/images/{image.id}", {"tags": [name], "caption": name}) == 200
    batch = {"action": "tag", "ids": [image.id, "0" * 64], "tags": [name, "sale"]}
    assert visit.request("POST", "/images/batch", batch) == 200
    assert visit.request("POST", "/images/batch", {"action": "get", "ids": batch["ids"]}) == 200
    assert visit.request("POST", "/uploads", image.request) == 200
    visit.user.s3.delete_object(Bucket=visit.user.output, Key=result_key(visit.user.key(image)))
    assert visit.request("GET", f"/images/{image.id}") == 200  # without its result
    assert visit.request("DELETE", f"/images/{image.id}") == 204
    assert visit.request("DELETE", f"/images/{image.id}") == 404


def reject_a_file(visit: Visit) -> None:
    image = visit.file(b"These are notes.")
    visit.upload(image)
    visit.wait(image, "failed")


def reject_requests(visit: Visit) -> None:
    image = visit.file()
    name = image.file_name.removesuffix(".jpg")
    for body in (
        {**image.request, "contentType": f"image/{name}"},
        {**image.request, name: 1},
        {**image.request, "sha256": name},
        {**image.request, "size": 1 << 40},
        {name: image.request},
        f'{{"{name}": 1, "{name}": 2}}'.encode(),
        f"{name}".encode(),
    ):
        assert visit.request("POST", "/uploads", body) in (400, 413, 415)
    for path in (f"/images?{name}=1", f"/images?cursor={name}", f"/images?limit={name}&limit={name}"):
        assert visit.request("GET", path) == 400
    assert visit.request("GET", f"/images/{name}") == 404
    assert visit.request("POST", f"/images/{image.id}/retry") == 404
    assert visit.request("GET", "/images", token=f"{visit.user.token}x") == 401


def fail_to_call_aws(visit: Visit) -> None:
    """Let every call fail, by an error of the service and then by the connection."""
    image = visit.file()
    event = visit.upload_and_capture(image)
    visit.make_older(image)
    with visit.faults(errors=1):
        assert visit.request("POST", "/uploads", image.request) == 500
        assert visit.invoke("ProcessorFunction", event).failed
    with visit.faults(lostAnswers=1):
        assert visit.request("POST", "/uploads", image.request) == 500
        assert visit.request("GET", f"/images/{image.id}") == 500
        assert visit.request("GET", "/images") == 500
        assert visit.request("DELETE", f"/images/{image.id}") == 500
        assert visit.invoke("ProcessorFunction", event).failed


def fail_to_recover(visit: Visit) -> None:
    """Let the queue fail, but not the table."""
    image, sqs = visit.file(), visit.stack.client("sqs")
    visit.upload_and_capture(image)
    visit.make_older(image)
    sqs.delete_queue(QueueUrl="RetryQueue")
    assert visit.invoke("RecoveryFunction", {}).payload["failed"] >= 1
    sqs.create_queue(QueueName="RetryQueue")


def recognize_while_calls_fail(visit: Visit) -> None:
    """Process pictures while calls and connections fail at random."""
    images = [visit.file(unique_jpeg(SAMPLE)) for _ in range(3)]
    events = [visit.upload_and_capture(image) for image in images]
    with visit.faults(errors=0.2, lostAnswers=0.4):
        for event in events:
            visit.invoke("ProcessorFunction", event)
    for image, event in zip(images, events, strict=True):
        visit.stack.functions.invoke_async("ProcessorFunction", event)
        visit.wait(image, "done")


def fail_to_call_rekognition(visit: Visit) -> None:
    faults = {"AnswerLost": "done", "InternalServerError": "done", "AccessDeniedException": "failed"}
    for code, status in faults.items():
        image = visit.file(unique_jpeg(SAMPLE))
        with visit.rekognition(faults={"code": code, "count": 2}):
            visit.upload(image)
            visit.wait(image, status)


def park_a_throttled_picture(visit: Visit) -> None:
    image = visit.file(unique_jpeg(SAMPLE))
    with visit.rekognition(faults={"DetectText": {"code": THROTTLED, "count": 3}}):
        visit.upload(image)
        visit.wait(image, "done")


def retry_an_unavailable_picture(visit: Visit) -> None:
    image = visit.file()
    message = {
        "messageId": "last",
        "eventSource": "aws:sqs",
        "body": json.dumps({"requestPayload": visit.upload_and_capture(image)}),
        "attributes": {"ApproximateReceiveCount": str(MAX_RECEIVE_COUNT)},
    }
    visit.invoke("ProcessorFunction", {"Records": [message]})
    visit.wait(image, "failed")
    assert visit.request("POST", f"/images/{image.id}/retry") == 202
    visit.wait(image, "done")


def recover_a_picture(visit: Visit) -> None:
    image = visit.file()
    visit.upload_and_capture(image)
    assert visit.request("POST", "/uploads", image.request) == 200
    visit.wait(image, "done")
    assert visit.invoke("RecoveryFunction", {}).payload["complete"]


def process_a_duplicate(visit: Visit) -> None:
    image = visit.file()
    event = visit.upload_and_capture(image)
    for status in ("done", "skipped"):
        (outcome,) = visit.invoke("ProcessorFunction", event).payload["images"]
        assert outcome["status"] == status


def upload_directly(visit: Visit) -> None:
    for key, content in (("samples/a.jpg", SAMPLE), ("samples/notes.txt", b"notes")):
        visit.user.put_directly(key, content)
        visit.user.wait_for_result(key)


def send_invalid_events(visit: Visit) -> None:
    event = visit.capture_event(lambda: visit.user.put_directly("a" * 1012, b"x"))
    foreign = json.loads(json.dumps(event).replace(visit.user.input, "another-bucket"))
    invalid_events: list[Any] = [event, foreign, {"Records": []}]
    for invalid in invalid_events:
        (outcome,) = visit.invoke("ProcessorFunction", invalid).payload["images"]
        assert outcome["status"] == "failed"
    message = {"messageId": "invalid", "eventSource": "aws:sqs", "body": "no event"}
    assert visit.invoke("ProcessorFunction", {"Records": [message]}).payload["batchItemFailures"]


def train_and_delete_a_model(visit: Visit) -> None:
    """Let a training fail, because the file of a picture that it needs is gone."""
    classes = [f"holiday-{uuid4()}" for _ in range(2)]
    visit.seen.secrets |= set(classes)
    for name in classes:
        for _ in range(2):
            image = visit.file(unique_jpeg(SAMPLE))
            visit.upload(image)
            visit.wait(image, "done")
            assert visit.request("PATCH", f"/images/{image.id}", {"tags": [name]}) == 200
    visit.user.s3.delete_object(Bucket=visit.user.input, Key=visit.user.key(image))
    model = {"name": "holiday", "kind": "classification", "classes": classes, "confirm": True}
    assert visit.request("POST", "/models", model) == 202
    path = f"/models/{new_model_id(visit.user.owner, 'holiday')}"
    assert visit.invoke("TrainerFunction", {}).payload["advanced"] == 1
    assert visit.user.call("GET", path).document["model"]["status"] == "failed"
    assert visit.request("DELETE", path) == 202
    assert visit.invoke("TrainerFunction", {}).payload["advanced"] == 1
    assert visit.request("GET", path) == 404


def exceed_the_quota(visit: Visit) -> None:
    statuses = [
        visit.request("POST", "/uploads", visit.file(str(number).encode()).request) for number in range(6)
    ]
    assert statuses == [201] * 5 + [429]


STEPS: tuple[Callable[[Visit], None], ...] = (
    view_list_and_delete,
    reject_a_file,
    reject_requests,
    fail_to_call_aws,
    recognize_while_calls_fail,
    fail_to_call_rekognition,
    park_a_throttled_picture,
    retry_an_unavailable_picture,
    recover_a_picture,
    process_a_duplicate,
    upload_directly,
    send_invalid_events,
    train_and_delete_a_model,
    exceed_the_quota,
    fail_to_recover,  # last, because it ends the retry queue
)


def take() -> Observation:
    """Start a stack, take all steps, and return what was seen. Needs a process without another stack."""
    seen = Observation()

    def take_metrics(line: str) -> Any:
        datapoints = embedded.parse_line(line)
        if datapoints is not None:  # otherwise the line is logged
            seen.lines.append(line)
        return datapoints

    def log(name: str, line: str) -> None:
        seen.lines.append(line)

    with (
        patch.object(cloudwatch, "parse_line", take_metrics),
        Stack(parameters={**PARAMETERS, **LIMITS}, speedup=1200, schedules=False, log=log) as stack,
    ):
        seen.lines.clear()  # those of the seed data
        for step in STEPS:
            owner = str(uuid4())
            user = Client(stack, owner, stack.sign_in.token("alice", sub=owner))
            seen.secrets |= {user.token, user.token.rpartition(".")[2]}
            step(Visit(stack, user, seen))
        seen.metrics = stack.cloudwatch.metrics()
    return seen
