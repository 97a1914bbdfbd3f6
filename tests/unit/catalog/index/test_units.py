"""What one picture costs: write units from the permission to upload until it is done, and calls."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from moto.dynamodb.responses import DynamoHandler

from bench.usage.dynamodb import measure
from bench.usage.units import Units
from catalog.index import merge
from catalog.index.counts import CountsReader
from catalog.quotas import UploadLimits
from catalog.records import LabelSummary, ResultSummary
from catalog.table import Table
from catalog.transitions.finish import Completion
from catalog.usage import StackUsage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord
    from tests.unit.catalog.support import Clock

LIMITS = UploadLimits(day=1000, month=1000, minute=1000)
NAMES = tuple(f"Label name {number:02}" for number in range(30))


@pytest.fixture
def units() -> Iterator[list[Units]]:
    """The units of each request."""
    found: list[Units] = []
    call_action, lock = DynamoHandler.call_action, threading.Lock()

    def metered(handler: DynamoHandler) -> Any:
        operation = handler.headers["X-Amz-Target"].rpartition(".")[2]
        with lock:
            response, used = measure(handler, operation, lambda: call_action(handler))
            found.append(used)
        return response

    with patch.object(DynamoHandler, "call_action", metered):
        yield found


def process(catalog: Catalog, record: ImageRecord, clock: Clock) -> None:
    """Do what the functions do for a picture with 30 terms."""
    catalog.start(record, LIMITS)
    lease = catalog.acquire_lease("public", record.id, "me", 60)
    catalog.add_usage(StackUsage({"image": 1}, 1))
    labels = tuple(LabelSummary(name, 98.7654321) for name in NAMES)
    expires_at = int(clock.now.timestamp()) + 90 * 86400
    completion = Completion(ResultSummary(4000, 3000, labels), 1, clock.now, expires_at)
    assert catalog.complete("public", record.id, completion, "me", leased=lease.item)


def test_a_picture_with_30_terms_takes_at_most_45_write_units(catalog, record, clock, units) -> None:
    process(catalog, replace(record, id="cd" * 32), clock)  # the first one of the minute
    units.clear()
    process(catalog, record, clock)
    assert sum(each.write for each in units) == 43


def test_the_processor_makes_four_calls_one_after_the_other(catalog, record, clock, calls) -> None:
    process(catalog, replace(record, id="cd" * 32), clock)
    calls.clear()
    process(catalog, record, clock)
    upload = ["GetItem", "UpdateItem", "PutItem", "PutItem"]
    lease, usage, entries = "UpdateItem", "UpdateItem", ["BatchWriteItem"] * 2  # side by side
    assert calls.clear() == [*upload, lease, usage, *entries, "TransactWriteItems"]


def test_a_snapshot_takes_less_than_two_units_for_each_picture(catalog, record, clock, units, table) -> None:
    for number in range(50):
        process(catalog, replace(record, id=f"{number:064x}", file_name=f"IMG_{number:04}.jpg"), clock)
    units.clear()
    adapter = Table(table, clock, lambda _: None, lambda: 1.0)
    assert merge.merge(adapter, "public", CountsReader(adapter).read("public"))
    assert 50 < sum(each.write for each in units) <= 100
