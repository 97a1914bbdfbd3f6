from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from catalog.keys import PENDING_SHARDS
from catalog.records import Reason
from tests.unit.catalog.support import ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from tests.unit.catalog.support import Clock


@pytest.fixture
def read_pending(catalog: Catalog, clock: Clock) -> Callable[..., list[list[tuple[str, str]]]]:
    """Return the pages of the pending images of a shard that were uploaded more than some minutes ago."""

    def read_pending(shard: str = "pending#a", minutes: int = 60) -> list[list[tuple[str, str]]]:
        return list(catalog.pending(shard, before=clock.now - timedelta(minutes=minutes)))

    return read_pending


def test_finds_the_pending_images_of_all_owners_oldest_first(catalog, record, clock, read_pending) -> None:
    owners = ["alice", "b#IMAGE#c", "OWNER#dora"]
    for minute, owner in enumerate(owners):
        catalog.start(replace(record, owner=owner, uploaded_at=clock.now - timedelta(minutes=60 + minute)))
    assert read_pending() == [[("OWNER#dora", ID), ("b#IMAGE#c", ID)]]  # the first isn't older than an hour
    assert read_pending(minutes=59) == [[(owner, ID) for owner in reversed(owners)]]
    assert read_pending("pending#b") == [[]]


def test_each_image_is_in_one_shard(catalog, record, read_pending) -> None:
    ids = [f"{digit:x}" * 64 for digit in range(16)]
    for each in ids:
        catalog.start(replace(record, id=each))
    found = [read_pending(shard, minutes=-1) for shard in PENDING_SHARDS]
    assert found == [[[("public", each)]] for each in ids]


def test_reads_the_pending_images_page_by_page(catalog, table, record, read_pending, clock) -> None:
    """A page holds 1 MB, which is more than a test should write."""
    ids = [f"a{number:063x}" for number in range(3)]
    for minute, each in enumerate(ids):
        catalog.start(replace(record, id=each, uploaded_at=clock.now + timedelta(minutes=minute)))

    def limit(params: dict[str, Any], **_: object) -> None:
        params["Limit"] = 2

    table.meta.client.meta.events.register("provide-client-params.dynamodb.Query", limit)
    pages = read_pending(minutes=-10)
    assert pages == [[("public", ids[0]), ("public", ids[1])], [("public", ids[2])]]


def test_only_pending_images_are_found(catalog, record, read_pending, complete, fail, delete) -> None:
    def found() -> bool:
        return bool(read_pending(minutes=-1) == [[("public", ID)]])

    catalog.start(record)
    assert found()
    fail(reason=Reason("unavailable", "Try again later."))
    assert not found()
    catalog.reopen(catalog.get("public", ID))
    assert found()
    fail(reason=Reason("unavailable", "Try again later."))
    catalog.acquire_lease("public", ID, "me", 60, reopen=True)
    assert found()
    complete("Cat")
    assert not found()
    delete()
    catalog.start(record)
    assert found()
    delete()
    assert not found()
