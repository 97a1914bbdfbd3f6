"""AWS in memory for the tests of the functions: the buckets and the table of one stack."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from catalog.catalog import Catalog
from common.storage import Storage
from local.aws.transactions import make_transactions_isolated
from tests.cloud import create_catalog_table
from tests.unit.support import IMAGE_ID, INPUT_BUCKET, NOW, OUTPUT_BUCKET, TABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

make_transactions_isolated()


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
    with mock_aws(config={"core": {"passthrough": {"services": ["rekognition"]}}}):
        for bucket in (INPUT_BUCKET, OUTPUT_BUCKET):
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
    return Catalog(table, clock=lambda: NOW, sleep=lambda _: None)


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
