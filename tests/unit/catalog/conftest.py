from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from catalog.catalog import Catalog
from catalog.records import ImageRecord, LabelSummary, Reason
from local.aws.transactions import make_transactions_isolated
from tests.cloud import create_catalog_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ID = "ab" * 32
make_transactions_isolated()


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
def pauses() -> list[float]:
    """How long the catalog waited each time, in seconds."""
    return []


@pytest.fixture
def catalog(table, clock, pauses) -> Catalog:
    return Catalog(table, clock, sleep=pauses.append, chance=lambda: 1.0)


@pytest.fixture
def items(table) -> Callable[[], dict[str, dict[str, Any]]]:
    """All items, without their keys, by partition and sort key."""

    def items() -> dict[str, dict[str, Any]]:
        found = table.scan()["Items"]
        return {f"{item.pop('pk')} {item.pop('sk')}": item for item in found}

    return items


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
        index_names=("Person", "Face"),
        billed_calls=2,
        processed_at=clock.now + timedelta(seconds=2),
        expires_at=int(clock.now.timestamp()) + 1000,
    )


@pytest.fixture
def fail(catalog, clock) -> Callable[..., bool]:
    """Record that the record failed."""
    return lambda claimant=None: catalog.fail(
        "public",
        ID,
        Reason("broken", "The picture is damaged."),
        processed_at=clock.now,
        expires_at=int(clock.now.timestamp()) + 1000,
        claimant=claimant,
    )
