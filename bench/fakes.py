"""The processor without AWS: fake clients respond from memory, Rekognition after a configurable delay."""

from __future__ import annotations

import io
import os
import time
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

import processor.worker  # noqa: F401 -- the rest of what the function loads
from catalog.catalog import Catalog
from common.settings import METRICS_NAMESPACE, ProcessorSettings, from_env
from common.storage import Storage
from processor.events import ObjectCreated
from processor.invocation import Invocation
from processor.leases import LeaseKeeper
from processor.parking import Parking
from processor.pipeline import Pipeline
from processor.plan import Planner
from processor.process import Processor
from processor.recognition import Recognizer
from processor.sources import Sources
from processor.store import ResultStore
from processor.usage import UsageCounter
from retries.queue import RetryQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from processor.imaging.interface import PrepareImage
    from processor.outcome import Outcome

_ENVIRONMENT = {
    "INPUT_BUCKET": "bench-input",
    "OUTPUT_BUCKET": "bench-output",
    "CATALOG_TABLE": "bench",
    "RETRY_QUEUE_URL": "bench",
    "LEASE_SECONDS": "60",
    "MAX_UPLOAD_MEGABYTES": "25",
    "RETENTION_DAYS": "1",
    "LABELS_MIN_CONFIDENCE": "40",
    "LABELS_MAX_COUNT": "100",
    "DETECT_LABELS": "true",
    "DETECT_MODERATION": "true",
    "DETECT_TEXT": "true",
    "DETECT_FACES": "true",
    "DETECT_CELEBRITIES": "false",
    "DETECT_PROTECTIVE_EQUIPMENT": "true",
    "DETECT_PROPERTIES": "false",
    "CUSTOM_LABELS_MODEL_ARN": "",
    "TRAIN_MODELS": "false",
    "WHEN_MODEL_STOPPED": "continue",
    "STORE_LOCATION": "false",
    "REVIEW_CONFIDENCE": "80",
    "REQUIRED_EQUIPMENT": "",
    "SOURCE_BUCKET": "",
    "SOURCE_PREFIX": "",
    METRICS_NAMESPACE: "bench",
}
SETTINGS = from_env(ProcessorSettings, _ENVIRONMENT)


class S3:
    """An input bucket with one object, and an empty output bucket. Discards what is written."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def head_object(self, **request: str) -> dict[str, Any]:
        """Return the object's metadata. Raises ClientError (404) for the output bucket."""
        if request["Bucket"] != SETTINGS.input_bucket:
            raise ClientError({"Error": {"Code": "404", "Message": "Not Found"}}, "HeadObject")
        return {
            "ContentLength": len(self._data),
            "ContentType": "image/jpeg",
            "ETag": '"e"',
            "LastModified": datetime.now(UTC),
            "Metadata": {},
        }

    def get_object(self, **request: str) -> dict[str, Any]:
        """Return a copy of the bytes, which takes memory like a download."""
        if request["Bucket"] != SETTINGS.input_bucket:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "Not Found"}}, "GetObject")
        return {"Body": io.BytesIO(bytes(bytearray(self._data)))}

    def put_object(self, **_: Any) -> None:
        """Discard the object."""

    def delete_object(self, **_: str) -> None:
        """Do nothing."""


class Table:
    """A table, and its own client, which grants every lease."""

    name = "bench"

    @property
    def meta(self) -> SimpleNamespace:
        """The client, as a resource has it."""
        return SimpleNamespace(client=self)

    def update_item(self, **request: Any) -> dict[str, Any]:
        """Return a new lease, whatever is updated."""
        owner = request["ExpressionAttributeValues"].get(":lease_owner")
        return {"Attributes": {"leaseOwner": owner, "attempts": 1}}


class Rekognition:
    """Returns an empty response for every operation, after a delay."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        def respond(**_: Any) -> dict[str, Any]:
            time.sleep(self._seconds)
            return {}

        return respond


def prepare_processing(data: bytes, prepare_image: PrepareImage) -> Callable[[], Outcome]:
    """Return a function that processes these bytes, the image being prepared by another one."""
    for service in ("s3", "rekognition", "dynamodb"):  # their models are part of the memory
        boto3.client(service)
    s3 = S3(data)
    storage, catalog = Storage(s3, None), Catalog(Table())  # type: ignore[arg-type]
    store = ResultStore(SETTINGS, storage, catalog)
    recognizer, usage_counter = Recognizer(Rekognition()), UsageCounter(catalog)  # type: ignore[arg-type]
    planner = Planner(SETTINGS, catalog.active_models)
    pipeline = Pipeline(SETTINGS, storage, store, recognizer, prepare_image, usage_counter, planner)
    keeper, queue = LeaseKeeper(catalog, SETTINGS.lease_seconds), RetryQueue(None, "")  # type: ignore[arg-type]
    parking = Parking(store, catalog, queue)
    sources = Sources(None, catalog, storage, SETTINGS.retention_days)
    processor = Processor(SETTINGS.input_bucket, pipeline, store, keeper, catalog, storage, parking, sources)
    event = ObjectCreated(SETTINGS.input_bucket, "direct-upload", datetime.now(UTC), upload=None)

    def process() -> Outcome:
        with discarded_metrics():
            return processor.process(event, Invocation("bench", lambda: 60.0))

    return process


@contextmanager
def discarded_metrics() -> Iterator[None]:
    """Keep metrics away from standard output within a `with` block."""
    os.environ.setdefault(METRICS_NAMESPACE, _ENVIRONMENT[METRICS_NAMESPACE])
    with redirect_stdout(io.StringIO()):
        yield
