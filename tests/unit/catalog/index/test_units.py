"""What one picture costs: write units from the permission to upload until it is done, and calls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bench.catalog import life
from bench.catalog.requests import Request, Total, metered
from catalog.index import merge
from catalog.index.counts import CountsReader
from catalog.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord
    from tests.unit.catalog.support import Clock


@pytest.fixture
def requests() -> Iterator[list[Request]]:
    """Each request with its units."""
    with metered() as found:
        yield found


def process(catalog: Catalog, record: ImageRecord, clock: Clock) -> None:
    catalog.start(record, life.LIMITS)
    life.recognize(catalog, record, clock.now, life.Size(labels=30))


def test_a_picture_with_30_terms_takes_at_most_45_write_units(catalog, record, clock, requests) -> None:
    process(catalog, replace(record, id="cd" * 32), clock)  # the first one of the minute
    requests.clear()
    process(catalog, record, clock)
    assert Total.of(requests).write == 43


def test_the_processor_makes_four_calls_one_after_the_other(catalog, record, clock, calls) -> None:
    process(catalog, replace(record, id="cd" * 32), clock)
    calls.clear()
    process(catalog, record, clock)
    upload = ["GetItem", "UpdateItem", "PutItem", "PutItem"]
    lease, usage, entries = "UpdateItem", "UpdateItem", ["BatchWriteItem"] * 2  # side by side
    assert calls.clear() == [*upload, lease, usage, *entries, "TransactWriteItems"]


def test_a_snapshot_takes_less_than_two_units_for_each_picture(
    catalog, record, clock, requests, table
) -> None:
    for number in range(50):
        process(catalog, replace(record, id=f"{number:064x}", file_name=f"IMG_{number:04}.jpg"), clock)
    requests.clear()
    adapter = Table(table, clock, lambda _: None, lambda: 1.0)
    assert merge.merge(adapter, "public", CountsReader(adapter).read("public"))
    assert 50 < Total.of(requests).write <= 100
