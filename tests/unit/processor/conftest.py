from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from jsonschema import Draft202012Validator
from PIL import Image

from catalog.records import ImageRecord
from common.object_keys import parse_upload_key
from common.settings import Bucket, Prefix, ProcessorSettings
from processor.events import ObjectCreated
from processor.imaging.prepare import prepare_image
from processor.invocation import Invocation
from processor.leases import LeaseKeeper
from processor.parking import Parking
from processor.pipeline import Pipeline
from processor.plan import Planner
from processor.process import Processor
from processor.recognition import Recognizer
from processor.sources import Sources, SourceScope
from processor.store import ResultStore
from processor.usage import UsageCounter
from processor.worker import handle_event
from retries.queue import RetryQueue
from tests.unit.processor.fake_rekognition import FakeRekognition
from tests.unit.processor.support import DIRECT_KEY
from tests.unit.support import (
    IMAGE_ID,
    INPUT_BUCKET,
    NOW,
    OUTPUT_BUCKET,
    ROOT,
    SOURCE_BUCKET,
    TABLE,
    UPLOAD_KEY,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from catalog.catalog import Catalog
    from common.storage import Storage
    from processor.imaging.interface import PrepareImage


@pytest.fixture(scope="session")
def result_schema() -> dict[str, Any]:
    text = (ROOT / "docs" / "result.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    Draft202012Validator.check_schema(schema)
    return schema


@pytest.fixture(scope="session")
def validate_result(result_schema: dict[str, Any]) -> Callable[[Mapping[str, Any]], None]:
    """Validate a document against the result schema."""
    return Draft202012Validator(result_schema).validate


@pytest.fixture(scope="session")
def rekognition_client() -> Any:
    return boto3.client("rekognition", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def rekognition(storage: Storage, rekognition_client: Any) -> Iterator[FakeRekognition]:
    fake = FakeRekognition(rekognition_client, storage.read)
    events = rekognition_client.meta.events
    events.register("before-send.rekognition", fake.send)
    yield fake
    events.unregister("before-send.rekognition", fake.send)


@pytest.fixture
def settings() -> ProcessorSettings:
    """The template's defaults: only the labels detector is enabled."""
    return ProcessorSettings(
        input_bucket=INPUT_BUCKET,
        output_bucket=OUTPUT_BUCKET,
        catalog_table=TABLE,
        retry_queue_url="https://sqs/retry-queue",
        lease_seconds=60,
        max_upload_megabytes=25,
        retention_days=90,
        labels_min_confidence=40.0,
        labels_max_count=100,
        detect_labels=True,
        detect_moderation=False,
        detect_text=False,
        detect_faces=False,
        detect_celebrities=False,
        detect_protective_equipment=False,
        detect_properties=False,
        custom_labels_model_arn=None,
        train_models=False,
        when_model_stopped="continue",
        store_location=False,
        review_confidence=80.0,
        required_equipment=frozenset(),
        source_bucket=Bucket(SOURCE_BUCKET),
        source_prefix=Prefix("photos/"),
    )


class FakeRetryQueue:
    """Keeps the messages sent to it, each as the batch that delivers it."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def send_message(self, **request: Any) -> None:
        self.messages.append(request)


@pytest.fixture
def retry_queue() -> FakeRetryQueue:
    return FakeRetryQueue()


@pytest.fixture
def make_processor(
    storage: Storage,
    catalog: Catalog,
    rekognition: FakeRekognition,
    retry_queue: Any,
    settings: ProcessorSettings,
) -> Callable[..., Processor]:
    """Build a processor, with another clock, another way to prepare images, or some settings changed."""

    def make_processor(
        clock: Callable[[], datetime] = lambda: NOW, prepare: PrepareImage = prepare_image, **changes: Any
    ) -> Processor:
        changed = replace(settings, **changes)
        recognizer = Recognizer(rekognition.client, sleep=lambda _: None, random=lambda: 1.0)
        store = ResultStore(changed, storage, catalog, clock)
        usage_counter = UsageCounter(catalog)
        planner = Planner(changed, catalog.active_models)
        pipeline = Pipeline(changed, storage, store, recognizer, prepare, usage_counter, planner, clock)
        parking = Parking(store, catalog, RetryQueue(retry_queue, changed.retry_queue_url), clock)
        keeper = LeaseKeeper(catalog, changed.lease_seconds)
        sources = Sources(SourceScope(SOURCE_BUCKET, "photos/"), catalog, storage, changed.retention_days)
        return Processor(INPUT_BUCKET, pipeline, store, keeper, catalog, storage, parking, sources, clock)

    return make_processor


@pytest.fixture
def processor(make_processor: Callable[..., Processor]) -> Processor:
    return make_processor()


@pytest.fixture
def invocation() -> Invocation:
    return Invocation("request-1", lambda: 60.0)


@pytest.fixture
def put(storage: Storage, catalog: Catalog) -> Callable[..., ObjectCreated]:
    """Put a file into the input bucket, with a pending record if it is an upload. Return the event."""

    def put(
        data: bytes, key: str = DIRECT_KEY, uploaded_at: datetime = NOW - timedelta(seconds=5)
    ) -> ObjectCreated:
        storage.write(INPUT_BUCKET, key, data, content_type="application/octet-stream")
        if key == UPLOAD_KEY:
            catalog.start(
                ImageRecord("alice", IMAGE_ID, "pending", "a.jpg", "image/jpeg", len(data), uploaded_at)
            )
        return ObjectCreated(INPUT_BUCKET, key, NOW, parse_upload_key(key))

    return put


@pytest.fixture
def read_document(
    storage: Storage, validate_result: Callable[[Mapping[str, Any]], None]
) -> Callable[..., dict[str, Any]]:
    """Read the document about the image at a key, and validate it."""

    def read_document(key: str = DIRECT_KEY) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(storage.read(OUTPUT_BUCKET, f"{key}.json"))
        validate_result(document)
        return document

    return read_document


@pytest.fixture
def read_rendering(storage: Storage) -> Callable[[str], Image.Image]:
    """Read the preview or the thumbnail of the direct upload, given by the end of its key."""
    return lambda suffix: Image.open(
        io.BytesIO(storage.read(OUTPUT_BUCKET, f"{DIRECT_KEY}.{suffix}.webp")), formats=("WEBP",)
    )


@pytest.fixture
def get_record(catalog: Catalog) -> Callable[[], ImageRecord | None]:
    """Return the record of the upload."""
    return lambda: catalog.get("alice", IMAGE_ID)


@pytest.fixture
def deliver(invocation: Invocation, retry_queue: Any) -> Callable[[Any], dict[str, Any]]:
    """Deliver the message that was sent last, in an invocation of its own."""

    def deliver(processor: Any) -> dict[str, Any]:
        message = {
            "messageId": "m0",
            "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "1"},
            "body": retry_queue.messages[-1]["MessageBody"],
        }
        return handle_event({"Records": [message]}, processor, replace(invocation, lease_owner="request-2"))

    return deliver


@pytest.fixture
def handle(processor: Processor, invocation: Invocation) -> Callable[[Any], dict[str, Any]]:
    return lambda event: handle_event(event, processor, invocation)
