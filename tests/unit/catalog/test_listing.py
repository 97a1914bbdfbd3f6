from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from catalog.items import to_item
from catalog.keys import PENDING_SHARDS, list_partition, position_of, record_key, term_partition
from catalog.listing import Page
from catalog.records import ImageRecord, LabelSummary, Reason
from tests.unit.catalog.support import ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from tests.unit.catalog.support import Clock

MANY = 450


def image_id(number: int) -> str:
    return f"{number:064x}"


@pytest.fixture
def many(table: Any, clock: Clock, record: ImageRecord) -> list[ImageRecord]:
    """Write 450 images, each with its list entries, and return them newest first; every third has a label."""
    expires_at = int(clock.now.timestamp()) + 86400
    records = [
        replace(
            record,
            id=image_id(number),
            uploaded_at=clock.now - timedelta(minutes=number),
            labels=(LabelSummary("Cat", 90.0),) if number % 3 == 0 else (),
            is_indexed=True,
        )
        for number in range(MANY)
    ]
    with table.batch_writer() as batch:
        for number, each in enumerate(records):
            item = to_item(each, expires_at)
            batch.put_item(Item=item)
            sk = position_of(each.uploaded_at, each.id)
            batch.put_item(Item={"pk": list_partition("public"), "sk": sk, "expiresAt": expires_at})
            if number % 3 == 0:
                pk = term_partition("public", "label:cat")
                batch.put_item(Item={"pk": pk, "sk": sk, "expiresAt": expires_at})
    return records


@pytest.fixture
def read_pages(catalog: Catalog) -> Callable[..., list[tuple[ImageRecord, ...]]]:
    """Return the records of all pages of a list."""

    def read_pages(limit: int, label: str | None = None) -> list[tuple[ImageRecord, ...]]:
        pages = [catalog.page("public", limit=limit, label=label)]
        while pages[-1].position is not None:
            pages.append(catalog.page("public", limit=limit, label=label, position=pages[-1].position))
        return [page.records for page in pages]

    return read_pages


def flatten(pages: list[tuple[ImageRecord, ...]]) -> list[ImageRecord]:
    return [record for records in pages for record in records]


def expire(table: Any, key: dict[str, str]) -> None:
    table.update_item(
        Key=key, UpdateExpression="SET expiresAt = :past", ExpressionAttributeValues={":past": 1}
    )


@pytest.mark.parametrize(("limit", "sizes"), [(100, [100] * 4 + [50]), (90, [90] * 5), (30, [30] * 15)])
def test_pages_contain_every_image_once_newest_first(read_pages, many, limit: int, sizes: list[int]) -> None:
    pages = read_pages(limit)
    assert [len(records) for records in pages] == sizes
    assert flatten(pages) == many


def test_pages_of_a_label(read_pages, many) -> None:
    pages = read_pages(40, "CAT")
    assert [len(records) for records in pages] == [40, 40, 40, 30]
    assert flatten(pages) == many[::3]


@pytest.mark.parametrize("limit", [1, 30, 100])
@pytest.mark.parametrize("label", [None, "cat"])
def test_a_page_reads_only_what_it_shows(catalog, table, many, limit: int, label: str | None) -> None:
    """However many images there are, a page takes one query and one batch of records."""
    requested: list[tuple[str, int]] = []
    returned: list[int] = []

    def on_request(params: dict[str, Any], model: Any, **_: Any) -> None:
        keys = params.get("RequestItems", {}).get("catalog", {}).get("Keys", ())
        requested.append((model.name, params.get("Limit") or len(keys)))

    def on_response(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        is_query = model.name == "Query"
        returned.append(parsed["ScannedCount"] if is_query else len(parsed["Responses"]["catalog"]))

    table.meta.client.meta.events.register("provide-client-params.dynamodb", on_request)
    table.meta.client.meta.events.register("after-call.dynamodb", on_response)
    page = catalog.page("public", limit=limit, label=label, position=None)
    assert len(page.records) == limit
    assert requested == [("Query", limit + 1), ("BatchGetItem", limit)]
    assert returned == [limit + 1, limit]


def test_an_owner_without_images_has_one_empty_page(catalog, many) -> None:
    assert catalog.page("bob", limit=30) == Page((), None)
    assert catalog.page("public", limit=30, label="Dog") == Page((), None)


def test_a_position_from_another_owner_gives_no_access(catalog, many, record, clock) -> None:
    catalog.start(replace(record, owner="bob", id="ff" * 32, uploaded_at=clock.now - timedelta(days=9)))
    position = catalog.page("public", limit=10).position
    assert [each.owner for each in catalog.page("bob", limit=10, position=position).records] == ["bob"]
    assert catalog.page("public", limit=100, position="2020-01-01T00:00:00.000Z#") == Page((), None)


def test_a_position_stays_valid_after_its_image_is_deleted(catalog, many) -> None:
    page = catalog.page("public", limit=10)
    catalog.end_deletion(catalog.begin_deletion("public", page.records[-1].id))
    assert list(catalog.page("public", limit=10, position=page.position).records) == many[10:20]


def test_skips_expired_images_and_still_fills_pages(read_pages, table, many) -> None:
    expired = range(5, 25)
    for number in expired:
        expire(table, record_key("public", image_id(number)))
        if number % 2:  # DynamoDB deletes expired items in any order: only some entries expire
            sk = position_of(many[number].uploaded_at, image_id(number))
            expire(table, {"pk": list_partition("public"), "sk": sk})
    pages = read_pages(30)
    assert [len(records) for records in pages] == [30] * 14 + [10]
    assert flatten(pages) == [record for number, record in enumerate(many) if number not in expired]


def test_skips_images_that_are_being_deleted(catalog, many) -> None:
    for number in range(0, 20, 2):
        catalog.begin_deletion("public", image_id(number))
    assert list(catalog.page("public", limit=10).records) == many[1:20:2]


def test_limits_the_queries_per_page_among_expired_images(catalog, read_pages, table, many, calls) -> None:
    for number in range(200):
        expire(table, record_key("public", image_id(number)))
    calls.clear()
    page = catalog.page("public", limit=10)
    assert calls.clear() == ["Query", "BatchGetItem"] * 4
    assert page.records == ()
    assert page.position is not None
    assert flatten(read_pages(10)) == many[200:]


def test_skips_stale_entries_of_a_restarted_image(catalog, table, clock, record) -> None:
    catalog.start(record)
    stale = {"pk": list_partition("public"), "sk": f"2026-11-21T00:00:00.000Z#{ID}", "expiresAt": 2**31}
    table.put_item(Item=stale)
    assert catalog.page("public", limit=10) == Page((record,), None)


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
