"""AWS in memory for the tests of the functions: the buckets and the table of one stack."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from moto.core.config import default_user_config
from moto.s3.models import s3_backends

from catalog.catalog import Catalog
from common.storage import Storage
from local.aws.transactions import make_transactions_isolated
from retries.queue import RetryQueue
from retries.recoverer import Recoverer
from tests.cloud import create_catalog_table
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, NOW, OUTPUT_BUCKET, SOURCE_BUCKET, TABLE, UPLOAD_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

make_transactions_isolated()


@pytest.fixture
def read_metrics(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Return the lines of the metrics emitted since the last call, sorted and without `_aws`."""

    def read_metrics() -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        found = [{name: line[name] for name in sorted(line) if name != "_aws"} for line in lines]
        return sorted(found, key=str)

    return read_metrics


@pytest.fixture(scope="session")
def s3() -> Any:
    return boto3.client("s3")


@pytest.fixture(scope="session")
def shared_storage() -> Storage:
    """The storage with its clients, which take longer to build than most tests."""
    return Storage.from_env()


@pytest.fixture
def aws(s3: Any) -> Iterator[None]:
    """An empty stack. Calls to Rekognition are passed through to a fake."""
    core = default_user_config["core"] | {"passthrough": {"services": ["rekognition"]}}
    with mock_aws(config={"core": core}):
        for bucket in (INPUT_BUCKET, OUTPUT_BUCKET, SOURCE_BUCKET):
            s3.create_bucket(Bucket=bucket)
        yield


@pytest.fixture
def storage(aws: None, shared_storage: Storage) -> Storage:
    return copy.copy(shared_storage)


@pytest.fixture
def table(aws: None) -> Any:
    return create_catalog_table(TABLE)


@pytest.fixture
def catalog(table: Any) -> Catalog:
    return Catalog(table, clock=lambda: NOW, sleep=lambda _: None, random=lambda: 1.0)  # no merge by chance


@pytest.fixture
def delete_image(catalog: Catalog) -> Callable[[], None]:
    """Delete the record of Alice's image."""

    def delete_image() -> None:
        entry = catalog.begin_deletion("alice", IMAGE_ID)
        assert entry is not None
        catalog.end_deletion(entry)

    return delete_image


@pytest.fixture
def object_keys(aws: None, s3: Any) -> Callable[[str], list[str]]:
    """Return the keys of the objects in a bucket."""
    return lambda bucket: [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.fixture
def sqs(aws: None) -> Any:
    return boto3.client("sqs")


@pytest.fixture
def retry_queue(sqs: Any) -> RetryQueue:
    return RetryQueue(sqs, sqs.create_queue(QueueName="retry")["QueueUrl"])


@pytest.fixture
def read_messages(sqs: Any) -> Callable[[], list[Any]]:
    """Return the bodies of the messages in the retry queue, parsed."""

    def read_messages() -> list[Any]:
        url = sqs.get_queue_url(QueueName="retry")["QueueUrl"]
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [json.loads(message["Body"]) for message in received.get("Messages", [])]

    return read_messages


@pytest.fixture
def recoverer(catalog: Catalog, storage: Storage, retry_queue: RetryQueue) -> Recoverer:
    return Recoverer(catalog, storage, retry_queue, INPUT_BUCKET, clock=lambda: NOW)


@pytest.fixture
def put_object(aws: None, s3: Any) -> Callable[..., None]:
    """Put an object at the image's key, last modified at the given time."""

    def put_object(modified_at: datetime = NOW - timedelta(seconds=1)) -> None:
        s3.put_object(Bucket=INPUT_BUCKET, Key=UPLOAD_KEY, Body=b"x")
        stored = s3_backends["123456789012"]["aws"].get_object(INPUT_BUCKET, UPLOAD_KEY)
        assert stored is not None
        stored.last_modified = modified_at.replace(tzinfo=None)

    return put_object


@pytest.fixture
def object_exists(object_keys: Callable[[str], list[str]]) -> Callable[[], bool]:
    return lambda: object_keys(INPUT_BUCKET) == [UPLOAD_KEY]
