from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from catalog.catalog import Catalog
from catalog.index.vocabulary import MonthTotals
from catalog.records import LabelSummary
from catalog.transitions.lease import LeaseStatus
from tests.unit.catalog.support import ID

if TYPE_CHECKING:
    from collections.abc import Callable

EXPIRES_AT = Decimal(1795824000)  # midnight after the expiry time of the results


def test_stores_a_result_as_these_items(catalog, read_items, clock, record, complete) -> None:
    catalog.start(record)
    complete("Person", "Face", confidence=99.12345678901234)
    time = "2026-11-22T15:00:00.123Z"
    entry = {"takenAt": time, "revision": Decimal(1), "expiresAt": EXPIRES_AT}
    confidence = Decimal("99.12345678901234")
    items = read_items()
    (log,) = [items.pop(key) for key in list(items) if "#LOG " in key]
    assert log == {
        "added": ["label:Face", "label:Person", "name:Räuber 🐈.jpg", "added:2026-11", "taken:2026-11"],
        "addedDay": Decimal(20785),
        "month": "2026-11",
        "images": Decimal(1),
        "calls": Decimal(2),
        "expiresAt": Decimal(int(clock.now.timestamp()) + 400 * 86400),
    }
    assert items == {
        f"OWNER#public IMAGE#{ID}": {
            "status": "done",
            "fileName": "Räuber 🐈.jpg",
            "contentType": "image/jpeg",
            "size": Decimal(791555),
            "uploadedAt": time,
            "width": Decimal(512),
            "height": Decimal(256),
            "processedAt": "2026-11-22T15:00:02.123Z",
            "labels": {"Person": confidence, "Face": confidence},
            "flags": ["Violence"],
            "billedCalls": Decimal(2),
            "indexed": Decimal(2),
            "revision": Decimal(1),
            "expiresAt": EXPIRES_AT,
        },
        f"OWNER#public#IMAGES {time}#{ID}": {"expiresAt": Decimal(1804464000)},
        f"OWNER#public#TERM#label:person {time}#{ID}": entry,
        f"OWNER#public#TERM#label:face {time}#{ID}": entry,
        f"OWNER#public#TERM#name:räuber 🐈.jpg {time}#{ID}": entry,
        f"OWNER#public#TAKEN {time}#{ID}": {
            "uploadedAt": time,
            "revision": Decimal(1),
            "expiresAt": EXPIRES_AT,
        },
    }


def test_reads_records_that_were_written_before_there_was_an_index(table, catalog) -> None:
    table.put_item(
        Item={
            "pk": "OWNER#public",
            "sk": f"IMAGE#{ID}",
            "owner": "public",
            "id": ID,
            "status": "done",
            "fileName": "a.jpg",
            "contentType": "image/jpeg",
            "size": 1,
            "uploadedAt": "2026-11-22T15:00:00.123Z",
            "labels": [{"name": "Cat", "confidence": 80}, {"name": "Ant", "confidence": 90}],
            "indexNames": {"cat", "ant"},
            "expiresAt": EXPIRES_AT,
        }
    )
    record = catalog.get("public", ID)
    assert record.labels == (LabelSummary("Cat", 80.0), LabelSummary("Ant", 90.0))
    assert not record.is_indexed


def test_stores_a_lease_in_the_record(catalog, read_items, clock, record) -> None:
    catalog.start(record)
    catalog.acquire_lease("public", ID, "me", 60)
    item = read_items()[f"OWNER#public IMAGE#{ID}"]
    assert item["received"] is True
    assert item["leaseOwner"] == "me"
    assert item["leaseExpiresAt"] == Decimal(int(clock.now.timestamp()) + 60)


def test_keeps_the_items_of_a_rejection_as_long_as_those_of_a_result(
    catalog, read_items, record, fail
) -> None:
    catalog.start(record)
    fail()
    kept = {key: item["expiresAt"] for key, item in read_items().items() if "#LOG " not in key}
    assert kept.pop(f"OWNER#public#IMAGES 2026-11-22T15:00:00.123Z#{ID}") > EXPIRES_AT
    assert set(kept.values()) == {EXPIRES_AT}


def test_a_new_record_is_pending_for_a_day(catalog, clock, record) -> None:
    assert catalog.get("public", ID) is None
    assert catalog.start(record) == record
    assert catalog.get("public", ID) == record
    assert catalog.get("bob", ID) is None
    clock.advance(hours=23, minutes=59)
    assert catalog.get("public", ID) == record
    clock.advance(minutes=1)
    assert catalog.get("public", ID) is None
    assert catalog.acquire_lease("public", ID, "me", 60).status is LeaseStatus.MISSING


@pytest.mark.parametrize("confidence", [99.12345678901234, 80])
def test_returns_ints_and_floats_instead_of_decimals(
    catalog, record, done_record, complete, confidence: float
) -> None:
    catalog.start(record)
    complete("Person", confidence=confidence)
    found = catalog.get("public", ID)
    assert found == replace(done_record, labels=(LabelSummary("Person", confidence),))
    numbers = (found.size, found.width, found.height, found.labels[0].confidence)
    assert [type(number) for number in numbers] == [int, int, int, float]


def test_never_recreates_a_missing_record(catalog, table, complete, fail) -> None:
    assert catalog.acquire_lease("public", ID, "me", 60).status is LeaseStatus.MISSING
    assert complete("Person") is False
    assert fail() is False
    assert catalog.mark_queued("public", ID, int(EXPIRES_AT)) is False
    assert catalog.begin_deletion("public", ID) is None
    assert table.scan()["Items"] == []


def test_counts_each_month_separately(this_month, catalog, clock, record, complete, delete) -> None:
    catalog.start(record)
    complete("Person")
    assert this_month() == MonthTotals(images=1, billed_calls=2)
    assert this_month("bob") == MonthTotals(0, 0)
    assert delete() is True
    assert this_month() == MonthTotals(images=1, billed_calls=2)
    clock.advance(days=9)
    assert this_month() == MonthTotals(0, 0)


def test_a_lease_has_one_owner_at_a_time(catalog, clock, record) -> None:
    catalog.start(record)
    lease = catalog.acquire_lease("public", ID, "me", 60)
    assert lease.status is LeaseStatus.ACQUIRED
    busy = catalog.acquire_lease("public", ID, "another", 60)
    assert busy.status is LeaseStatus.BUSY
    catalog.release_lease(busy)
    assert catalog.acquire_lease("public", ID, "another", 60).status is LeaseStatus.BUSY
    catalog.release_lease(lease)
    assert catalog.acquire_lease("public", ID, "another", 60).status is LeaseStatus.ACQUIRED
    clock.advance(seconds=60)
    assert catalog.acquire_lease("public", ID, "me", 60).status is LeaseStatus.ACQUIRED


def test_one_of_many_concurrent_attempts_acquires_the_lease(catalog, record) -> None:
    catalog.start(record)
    with ThreadPoolExecutor(8) as threads:
        leases = threads.map(lambda name: catalog.acquire_lease("public", ID, str(name), 60), range(8))
    assert sorted(lease.status.name for lease in leases) == ["ACQUIRED"] + ["BUSY"] * 7


@pytest.mark.parametrize("finish", ["complete", "fail"])
def test_a_finished_record_cannot_be_leased(catalog, record, table, request, finish: str) -> None:
    catalog.start(record)
    catalog.acquire_lease("public", ID, "me", 60)
    request.getfixturevalue(finish)()
    assert catalog.acquire_lease("public", ID, "me", 60).status is LeaseStatus.FINISHED
    assert catalog.acquire_lease("public", ID, "another", 60).status is LeaseStatus.FINISHED
    assert {"leaseOwner", "leaseExpiresAt"} & set().union(*table.scan()["Items"]) == set()


@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "InternalServerError"])
def test_raises_transient_errors_of_the_table(catalog, record, table, code: str) -> None:
    calls: dict[str, Callable[[], object]] = {
        "get_item": lambda: catalog.get("public", ID),
        "update_item": lambda: catalog.acquire_lease("public", ID, "me", 60),
        "query": lambda: catalog.index.entries("public", None, limit=1),
    }
    for operation, call in calls.items():
        with Stubber(table.meta.client) as stubber:
            stubber.add_client_error(operation, service_error_code=code)
            with pytest.raises(ClientError) as caught:
                call()
        assert caught.value.response["Error"]["Code"] == code


def test_from_env_uses_the_table_with_the_given_name(table, record) -> None:
    Catalog.from_env("catalog").start(record)
    assert len(table.scan()["Items"]) == 2
