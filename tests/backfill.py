"""A stack whose retry queue is processed by the test itself, for back-fill and reprocess."""

from __future__ import annotations

import io
import itertools
import threading
from collections import Counter
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import boto3

from catalog.catalog import Catalog
from catalog.records import ImageRecord
from common.object_keys import source_image_id, upload_key
from common.time import now
from deploy.backfill.place import Deployed
from deploy.backfill.services import Services, connect
from deploy.environments import Environment
from local.aws.transactions import make_transactions_isolated
from processor.imaging.interface import ImageFacts, ImageHeader, PreparedImage, ignore
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
from tests.cloud import create_catalog_table
from tests.unit.support import load_template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_sqs.type_defs import MessageTypeDef

ARCHIVE = "archive"
PLACE = Deployed("the stack", Environment("default", "pictures", {}))
OUTPUTS = {"InputBucketName": "input", "OutputBucketName": "output", "CatalogTableName": "catalog"}
DEFAULTS = {name: str(rules["Default"]) for name, rules in load_template()["Parameters"].items()}
_SESSION = boto3.Session(region_name="us-east-1")  # shared: each reads the services' models again
make_transactions_isolated()


class Engine:
    """Rekognition: it answers everything at once, and counts the answers by operation and key."""

    def __init__(self) -> None:
        self.answered = Counter[tuple[str, str]]()
        self.version = "3.0"
        self._lock = threading.Lock()

    def detect_labels(self, **request: Any) -> dict[str, Any]:
        self._count("DetectLabels", request)
        return {"Labels": [{"Name": "Cat", "Confidence": 90.0}], "LabelModelVersion": self.version}

    def detect_text(self, **request: Any) -> dict[str, Any]:
        self._count("DetectText", request)
        return {"TextDetections": [], "TextModelVersion": self.version}

    def calls(self) -> Counter[str]:
        """Return the number of answers by operation."""
        counts = Counter[str]()
        for (operation, _), count in self.answered.items():
            counts[operation] += count
        return counts

    def _count(self, operation: str, request: Mapping[str, Any]) -> None:
        with self._lock:
            self.answered[operation, request["Image"]["S3Object"]["Name"]] += 1


def prepare(
    data: bytes,
    limits: object,
    on_header: Callable[[ImageHeader], None] = ignore,
    on_decoded: Callable[[bytes | None], None] = ignore,
) -> PreparedImage:
    """Prepare an image without decoding it."""
    image = PreparedImage("JPEG", 100, 100, None, b"preview", b"thumbnail", ImageFacts())
    on_header(image)
    on_decoded(None)
    return image


class BackfillStack:
    """The stack in moto, or in a `MemorySession`, and its processor. Use it within `mock_aws`."""

    def __init__(self, session: Any = _SESSION, **parameters: str) -> None:
        self._session = session
        self.s3 = session.client("s3")
        for bucket in ("input", "output", ARCHIVE):
            self.s3.create_bucket(Bucket=bucket)
        if session is _SESSION:
            create_catalog_table()
        self.sqs = session.client("sqs")
        self._queue_url = self.sqs.create_queue(QueueName="retry")["QueueUrl"]
        self.engine = Engine()
        self._numbers = itertools.count()
        self.parameters = {**DEFAULTS, "SourceBucket": ARCHIVE}
        self.deploy(**parameters)

    def deploy(self, **parameters: str) -> None:
        """Change parameters."""
        self.parameters |= parameters
        self.services = connect(self._session, self.parameters, {**OUTPUTS, "RetryQueueUrl": self._queue_url})
        self._processor = self._build(self.services)

    @property
    def catalog(self) -> Catalog:
        return self.services.catalog

    def upload(self, owner: str, image_id: str) -> None:
        """Put an image into the input bucket and send its event to the retry queue."""
        key = upload_key(owner, image_id)
        self.s3.put_object(Bucket="input", Key=key, Body=image_id.encode())
        record = ImageRecord(owner, image_id, "pending", "cat.jpg", "image/jpeg", 64, now())
        self.catalog.start(record)
        self.services.recoverer.send(record, now())

    def receive(self) -> list[MessageTypeDef]:
        """Receive messages of the retry queue, as Lambda does."""
        answer = self.sqs.receive_message(QueueUrl=self._queue_url, MaxNumberOfMessages=10)
        messages: list[MessageTypeDef] = answer.get("Messages", [])
        return messages

    def process(self) -> int:
        """Process what is in the retry queue; return how many messages there were."""
        count = 0
        while messages := self.receive():
            count += len(messages)
            batch = [
                {
                    "messageId": message["MessageId"],
                    "eventSource": "aws:sqs",
                    "attributes": {"ApproximateReceiveCount": "1"},
                    "body": message["Body"],
                }
                for message in messages
            ]
            invocation = Invocation(f"request-{next(self._numbers)}", lambda: 60.0)
            with redirect_stdout(io.StringIO()):  # the function's metrics
                answer = handle_event({"Records": batch}, self._processor, invocation)
            assert answer == {"batchItemFailures": []}
            for message in messages:
                self.sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"])
        return count

    def archive(self, *keys: str) -> None:
        """Put pictures into the source bucket."""
        for key in keys:
            self.s3.put_object(Bucket=ARCHIVE, Key=key, Body=key.encode())

    def keys(self, bucket: str) -> list[str]:
        """Return the keys of a bucket."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="")
        return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def status(self, owner: str, image_id: str) -> str | None:
        """Return the status of an image, or None if there is none."""
        record = self.catalog.get(owner, image_id)
        return record.status if record else None

    def _build(self, services: Services) -> Processor:
        settings, storage, catalog = services.settings, services.storage, services.catalog
        engine: Any = self.engine
        store = ResultStore(settings, storage, catalog)
        pipeline = Pipeline(
            settings,
            storage,
            store,
            Recognizer(engine),
            prepare,
            UsageCounter(catalog),
            Planner(settings, catalog.active_models),
        )
        return Processor(
            settings.input_bucket,
            pipeline,
            store,
            LeaseKeeper(catalog, settings.lease_seconds),
            catalog,
            storage,
            Parking(store, catalog, services.retry_queue),
            Sources(SourceScope(ARCHIVE, ""), catalog, storage, settings.retention_days),
        )


def archive_id(key: str) -> str:
    """Return the id of the image of a key in the source bucket."""
    return source_image_id(ARCHIVE, key)
