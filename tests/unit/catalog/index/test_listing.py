from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.catalog import Catalog
from catalog.keys import Place, fold
from catalog.listing import Page
from catalog.records import ImageRecord, to_item

MANY = 450


def image_id(number: int) -> str:
    return f"{number:064x}"


@pytest.fixture
def many(table, clock, record) -> list[ImageRecord]:
    """Hundreds of images, the newest first; every third has a label."""
    now = int(clock.now.timestamp())
    records = [
        replace(record, id=image_id(number), uploaded_at=clock.now - timedelta(minutes=number))
        for number in range(MANY)
    ]
    with table.batch_writer() as batch:
        for number, each in enumerate(records):
            item = to_item(each, now + 86400)
            place = Place.of_item(item)
            batch.put_item(Item=item)
            batch.put_item(Item=place.entry(place.list_key))
            if number % 3 == 0:
                batch.put_item(Item=place.entry(place.label_key(fold("Cat"))))
    return records


def pages(catalog: Catalog, limit: int, label: str | None = None, owner: str = "public") -> Iterator[Page]:
    page = catalog.page(owner, limit=limit, label=label)
    yield page
    while page.position is not None:
        page = catalog.page(owner, limit=limit, label=label, position=page.position)
        yield page


def expire(table, *keys: dict[str, str]) -> None:
    for key in keys:
        table.update_item(
            Key=key, UpdateExpression="SET expiresAt = :past", ExpressionAttributeValues={":past": 1}
        )


@pytest.mark.parametrize(("limit", "sizes"), [(100, [100] * 4 + [50]), (90, [90] * 5), (30, [30] * 15)])
def test_pages_hold_every_image_once_newest_first(catalog, many, limit: int, sizes: list[int]) -> None:
    found = list(pages(catalog, limit))
    assert [len(page.records) for page in found] == sizes
    assert [record for page in found for record in page.records] == many


def test_pages_of_a_label(catalog, many) -> None:
    found = list(pages(catalog, 40, "CAT"))
    assert [len(page.records) for page in found] == [40, 40, 40, 30]
    assert [record for page in found for record in page.records] == many[::3]


@pytest.mark.parametrize("limit", [1, 30, 100])
@pytest.mark.parametrize("label", [None, "cat"])
def test_a_page_costs_what_it_shows(catalog, table, many, limit: int, label: str | None) -> None:
    """However many images there are: one query of as many entries, and one reading of their records."""
    asked: list[tuple[str, int]] = []
    answered: list[int] = []

    def ask(params, model, **_) -> None:
        wanted = params.get("Limit") or len(params.get("RequestItems", {}).get("catalog", {}).get("Keys", ()))
        asked.append((model.name, wanted))

    def answer(parsed, model, **_) -> None:
        answered.append(
            parsed["ScannedCount"] if model.name == "Query" else len(parsed["Responses"]["catalog"])
        )

    table.meta.client.meta.events.register("provide-client-params.dynamodb", ask)
    table.meta.client.meta.events.register("after-call.dynamodb", answer)
    page = catalog.page("public", limit=limit, label=label, position=None)
    assert len(page.records) == limit
    assert asked == [("Query", limit + 1), ("BatchGetItem", limit)]
    assert answered == [limit + 1, limit]


def test_an_owner_without_images_has_one_empty_page(catalog, many) -> None:
    assert catalog.page("somebody-else", limit=30) == Page((), None)
    assert catalog.page("public", limit=30, label="Dog") == Page((), None)


def test_a_position_of_somebody_else_is_only_a_time(catalog, many, record, clock) -> None:
    catalog.start(replace(record, owner="bob", id="ff" * 32, uploaded_at=clock.now - timedelta(days=9)))
    position = catalog.page("public", limit=10).position
    assert [each.owner for each in catalog.page("bob", limit=10, position=position).records] == ["bob"]
    assert catalog.page("public", limit=100, position="2020-01-01T00:00:00.000Z#") == Page((), None)


def test_what_a_position_was_taken_from_may_be_gone(catalog, many) -> None:
    page = catalog.page("public", limit=10)
    catalog.end_deletion(catalog.begin_deletion("public", page.records[-1].id))
    assert list(catalog.page("public", limit=10, position=page.position).records) == many[10:20]


def test_what_has_expired_is_passed_over_and_pages_stay_full(catalog, table, many) -> None:
    gone = range(5, 25)
    for number in gone:
        item = {"owner": "public", "id": image_id(number), "expiresAt": 0}
        uploaded_at = many[number].uploaded_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        place = Place.of_item({**item, "uploadedAt": uploaded_at})
        keys = [{"pk": "OWNER#public", "sk": f"IMAGE#{image_id(number)}"}, place.list_key]
        expire(table, *keys[: 1 + number % 2])  # of some the record alone, as DynamoDB deletes in any order
    left = [record for number, record in enumerate(many) if number not in gone]
    found = list(pages(catalog, 30))
    assert [len(page.records) for page in found] == [30] * 14 + [10]
    assert [record for page in found for record in page.records] == left


def test_what_is_being_deleted_is_passed_over(catalog, many) -> None:
    for number in range(0, 20, 2):
        catalog.begin_deletion("public", image_id(number))
    assert list(catalog.page("public", limit=10).records) == many[1:20:2]


def test_a_long_stretch_of_nothing_is_crossed_page_by_page(catalog, table, many, calls) -> None:
    for number in range(200):
        expire(table, {"pk": "OWNER#public", "sk": f"IMAGE#{image_id(number)}"})
    calls.forget()
    first = catalog.page("public", limit=10)
    assert calls.forget() == ["Query", "BatchGetItem"] * 4
    assert first.records == ()
    assert first.position is not None
    found = list(pages(catalog, 10))
    assert [record for page in found for record in page.records] == many[200:]


def test_entries_of_an_image_that_moved_are_passed_over(catalog, table, clock, record) -> None:
    catalog.start(record)
    stray = Place("public", record.id, "2026-11-21T00:00:00.000Z", int(clock.now.timestamp()) + 99)
    table.put_item(Item=stray.entry(stray.list_key))
    assert catalog.page("public", limit=10) == Page((record,), None)
