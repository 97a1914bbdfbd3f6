"""A fake cloud, and the processor in it."""

from __future__ import annotations

import base64
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from moto import mock_aws
from PIL import Image, ImageOps

from catalog.catalog import Catalog
from catalog.records import ImageRecord
from common.storage import Storage
from processor.events import Arrival
from processor.process import Attempt, Processor
from processor.recognition import Recogniser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)
ID = "ab" * 32
UPLOAD = f"uploads/public/{ID}"
INPUT, OUTPUT = "stack-input", "stack-output"


class Raw(io.BytesIO):
    """What botocore reads an answer from."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


class FakeRekognition:
    """Rekognition at the wire: real requests are checked by botocore, real errors parsed by it.

    DetectLabels finds what is red in the picture, as Rekognition sees it: a JPEG upright, a PNG as stored.
    """

    def __init__(self, client: Any, read_object: Callable[[str, str], bytes], find_red: Any) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, list[tuple[int, dict[str, Any]]]] = {}  # instead of nothing found, in order
        self._read = read_object
        self._find_red = find_red
        self._lock = Lock()
        self.client = client

    def fail(self, operation: str, *codes: str, status: int = 400) -> None:
        """Let the next calls of an operation end with these errors."""
        self.answers.setdefault(operation, []).extend(
            (status, {"__type": code, "Code": code, "Message": f"AWS says {code}."}) for code in codes
        )

    def answer(self, operation: str, body: dict[str, Any]) -> None:
        """Let the next call of an operation be answered with a body."""
        self.answers.setdefault(operation, []).append((200, body))

    def operations(self) -> Counter[str]:
        return Counter(operation for operation, _ in self.requests)

    def seen(self) -> Image.Image:
        """The picture of the last request, as Rekognition sees it."""
        asked = self.requests[-1][1]["Image"]
        stored = asked.get("S3Object")
        data = self._read(stored["Bucket"], stored["Name"]) if stored else base64.b64decode(asked["Bytes"])
        picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
        return ImageOps.exif_transpose(picture) if picture.format == "JPEG" else picture

    def send(self, request: Any, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        with self._lock:
            self.requests.append((operation, json.loads(request.body)))
            queue = self.answers.get(operation, [])
            status, body = queue.pop(0) if queue else (200, self._nothing_or_red(operation))
        raw = Raw(json.dumps(body).encode())
        return AWSResponse(request.url, status, {"content-type": "application/x-amz-json-1.1"}, raw)

    def _nothing_or_red(self, operation: str) -> dict[str, Any]:
        if operation != "DetectLabels":
            return {}
        found = self._find_red(self.seen())
        box = dict(zip(("Left", "Top", "Width", "Height"), found or (), strict=False))
        label = {"Name": "Red", "Confidence": 99.5, "Instances": [{"BoundingBox": box, "Confidence": 99.5}]}
        return {"Labels": [label] if box else [], "LabelModelVersion": "3.0"}


@pytest.fixture(scope="session")
def clients() -> SimpleNamespace:
    """Clients made once, as making them takes longer than most tests."""
    once = Config(retries={"total_max_attempts": 1})
    return SimpleNamespace(
        s3=boto3.client("s3"),
        dynamodb=boto3.resource("dynamodb"),
        rekognition=boto3.client("rekognition", config=once),
    )


@pytest.fixture
def aws(clients) -> Iterator[None]:
    """A fake cloud with the buckets and the table of the stack."""
    with mock_aws(config={"core": {"passthrough": {"services": ["rekognition"]}}}):  # FakeRekognition's
        for bucket in (INPUT, OUTPUT):
            clients.s3.create_bucket(Bucket=bucket)
        clients.dynamodb.create_table(
            TableName="catalog",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        )
        yield


@pytest.fixture
def storage(aws, clients) -> Storage:
    return Storage(clients.s3, clients.s3)


@pytest.fixture
def table(aws, clients) -> Any:
    return clients.dynamodb.Table("catalog")


@pytest.fixture
def catalog(table) -> Catalog:
    return Catalog(table, clock=lambda: NOW)


@pytest.fixture
def rekognition(storage, clients, find_red) -> Iterator[FakeRekognition]:
    fake = FakeRekognition(clients.rekognition, storage.read, find_red)
    fake.client.meta.events.register("before-send.rekognition", fake.send)
    yield fake
    fake.client.meta.events.unregister("before-send.rekognition", fake.send)


@pytest.fixture
def processor(storage, catalog, rekognition, processor_settings) -> Callable[..., Processor]:
    """The processor, with some settings changed."""

    def processor(**changes: Any) -> Processor:
        recogniser = Recogniser(rekognition.client, sleep=lambda _: None, chance=lambda: 1.0)
        return Processor(
            replace(processor_settings, **changes), storage, catalog, recogniser, clock=lambda: NOW
        )

    return processor


@pytest.fixture
def attempt() -> Attempt:
    return Attempt("request-1", lambda: 60.0)


@pytest.fixture
def put(storage, catalog) -> Callable[..., Arrival]:
    """Put a picture into the input bucket, an upload with its record, and return its arrival."""

    def put(data: bytes, key: str = "drops/picture") -> Arrival:
        storage.write(INPUT, key, data, content_type="application/octet-stream")
        if key == UPLOAD:
            size, uploaded_at = len(data), NOW - timedelta(seconds=5)
            catalog.start(ImageRecord("public", ID, "pending", "a.jpg", "image/jpeg", size, uploaded_at))
        return Arrival(INPUT, key, NOW)

    return put


@pytest.fixture
def document(storage, validate_result) -> Callable[..., dict[str, Any]]:
    """The document about a key, which must fit the schema."""

    def document(key: str = "drops/picture") -> dict[str, Any]:
        stored = json.loads(storage.read(OUTPUT, f"{key}.json"))
        validate_result(stored)
        return stored

    return document


@pytest.fixture
def thumbnail(storage) -> Callable[..., Image.Image]:
    """The thumbnail of a key."""
    return lambda key="drops/picture": Image.open(
        io.BytesIO(storage.read(OUTPUT, f"{key}.thumb.webp")), formats=("WEBP",)
    )
