from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from pipeline.catalog import Catalog
from pipeline.records import ImageRecord, LabelSummary, Reason
from pipeline.storage import Storage
from tests.cloud import create_catalog_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ID = "ab" * 32


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: int) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def table(aws):
    return create_catalog_table()


@pytest.fixture
def catalog(table, clock) -> Catalog:
    return Catalog(table, clock)


@pytest.fixture
def record(clock) -> ImageRecord:
    return ImageRecord("public", ID, "pending", "Räuber 🐈.jpg", "image/jpeg", 791555, clock.now)


@pytest.fixture
def complete(catalog, clock) -> Callable[[], bool]:
    """Record the result of the record."""
    return lambda: catalog.complete(
        "public",
        ID,
        width=512,
        height=256,
        labels=(LabelSummary("Person", 99.12345678901234), LabelSummary("Face", 80)),
        processed_at=clock.now + timedelta(seconds=2),
        expires_at=int(clock.now.timestamp()) + 1000,
    )


@pytest.fixture
def fail(catalog, clock) -> Callable[[], bool]:
    """Record that the record failed."""
    return lambda: catalog.fail(
        "public",
        ID,
        Reason("broken", "The picture is damaged."),
        processed_at=clock.now,
        expires_at=int(clock.now.timestamp()) + 1000,
    )


@pytest.fixture
def storage(aws) -> Storage:
    boto3.client("s3").create_bucket(Bucket="pictures")
    return Storage.from_env()
