from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from catalog.catalog import Catalog, Claim, MonthTotals
from catalog.records import ImageRecord, LabelSummary, Reason

ID = "ab" * 32
LABELS = (LabelSummary("Person", 99.12345678901234), LabelSummary("Face", 80))
MIDNIGHT = 1795392000  # the end of the day on which the records of these tests expire
REASON = Reason("broken", "The picture is damaged.")


def done(record: ImageRecord, clock) -> ImageRecord:
    return replace(
        record,
        status="done",
        width=512,
        height=256,
        labels=LABELS,
        processed_at=clock.now + timedelta(seconds=2),
    )


def failed(record: ImageRecord, clock) -> ImageRecord:
    return replace(record, status="failed", processed_at=clock.now, reason=REASON)


def test_the_items_as_they_are_stored(catalog, items, clock, record, complete) -> None:
    catalog.start(record)
    complete()
    place = f"2026-11-22T15:00:00.123Z#{ID}"
    entry = {"id": ID, "expiresAt": Decimal(MIDNIGHT)}
    count = {"lastEntry": f"{place}#{MIDNIGHT}", "day20780": Decimal(1)}
    assert items() == {
        f"OWNER#public IMAGE#{ID}": {
            "owner": "public",
            "id": ID,
            "status": "done",
            "fileName": "Räuber 🐈.jpg",
            "contentType": "image/jpeg",
            "size": Decimal(791555),
            "uploadedAt": "2026-11-22T15:00:00.123Z",
            "width": Decimal(512),
            "height": Decimal(256),
            "processedAt": "2026-11-22T15:00:02.123Z",
            "labels": [
                {"name": "Person", "confidence": Decimal("99.12345678901234")},
                {"name": "Face", "confidence": Decimal("80")},
            ],
            "indexNames": {"person", "face"},
            "expiresAt": Decimal(MIDNIGHT),
        },
        f"OWNER#public#IMAGES {place}": entry,
        f"OWNER#public#LABEL#person {place}": entry,
        f"OWNER#public#LABEL#face {place}": entry,
        "OWNER#public#LABELS LABEL#person": {"name": "Person", **count},
        "OWNER#public#LABELS LABEL#face": {"name": "Face", **count},
        "OWNER#public MONTH#2026-11": {
            "images": Decimal(1),
            "billedCalls": Decimal(2),
            "expiresAt": Decimal(int(clock.now.timestamp()) + 400 * 86400),
        },
    }


def test_a_new_record_is_pending_for_a_day(catalog, clock, record) -> None:
    assert catalog.get("public", ID) is None
    assert catalog.start(record) == record
    assert catalog.get("public", ID) == record
    assert catalog.get("somebody-else", ID) is None
    clock.forward(hours=23, minutes=59)
    assert catalog.get("public", ID) == record
    clock.forward(minutes=1)
    assert catalog.get("public", ID) is None
    assert catalog.claim("public", ID, "me", 60) is Claim.MISSING


def test_numbers_come_back_as_they_went_in(catalog, clock, record, complete) -> None:
    catalog.start(record)
    complete()
    found = catalog.get("public", ID)
    assert found == done(record, clock)
    assert [type(value) for value in (found.size, found.width, found.labels[0].confidence)] == [
        int,
        int,
        float,
    ]
    assert type(found.labels[1].confidence) is float


def test_a_done_record_is_never_started_over(catalog, clock, record, complete) -> None:
    catalog.start(record)
    complete()
    assert catalog.start(replace(record, file_name="another.jpg")) == done(record, clock)
    assert catalog.get("public", ID) == done(record, clock)


def test_an_expired_record_is_started_over_whatever_it_was(catalog, clock, record, complete) -> None:
    catalog.start(record)
    complete()
    clock.forward(hours=9)
    fresh = replace(record, uploaded_at=clock.now)
    assert catalog.start(fresh, after_failure=False) == fresh
    assert catalog.get("public", ID) == fresh


def test_a_failed_record_is_started_anew_only_when_told(catalog, clock, record, fail) -> None:
    catalog.start(record)
    assert fail() is True
    assert catalog.get("public", ID) == failed(record, clock)
    assert catalog.start(record, after_failure=False) == failed(record, clock)
    assert catalog.start(record) == record
    assert catalog.get("public", ID) == record


def test_a_record_that_is_gone_is_never_made_again(catalog, table, complete, fail) -> None:
    assert catalog.claim("public", ID, "me", 60) is Claim.MISSING
    assert complete() is False
    assert fail() is False
    catalog.release("public", ID, "me")
    assert catalog.begin_deletion("public", ID) is None
    assert table.scan()["Items"] == []


def test_a_late_failure_does_not_undo_a_result(catalog, clock, record, complete, fail) -> None:
    catalog.start(record)
    complete()
    assert fail() is False
    assert catalog.get("public", ID) == done(record, clock)


def test_a_result_after_a_failure_takes_its_place(catalog, clock, record, complete, fail) -> None:
    catalog.start(record)
    fail()
    assert complete() is True
    assert catalog.get("public", ID) == done(record, clock)


@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "InternalServerError"])
def test_a_passing_fault_of_the_table_is_not_an_answer(catalog, record, table, code: str) -> None:
    calls = {
        "get_item": lambda: catalog.start(record),
        "update_item": lambda: catalog.claim("public", ID, "me", 60),
        "query": lambda: catalog.page("public", limit=1),
    }
    for operation, call in calls.items():
        with Stubber(table.meta.client) as stub:
            stub.add_client_error(operation, service_error_code=code)
            with pytest.raises(ClientError) as caught:
                call()
        assert caught.value.response["Error"]["Code"] == code


def test_the_table_is_found_by_its_name(table, record) -> None:
    Catalog.from_env("catalog").start(record)
    assert {item["id"] for item in table.scan()["Items"]} == {ID}


def test_a_failed_record_that_starts_anew_moves_to_the_front(catalog, items, clock, record, fail) -> None:
    catalog.start(record)
    fail()
    clock.forward(minutes=5)
    again = replace(record, uploaded_at=clock.now)
    assert catalog.start(again) == again
    expires_at = Decimal(int(clock.now.timestamp()) + 86400)
    listed = {key: item for key, item in items().items() if "#IMAGES" in key}
    assert listed == {
        f"OWNER#public#IMAGES 2026-11-22T15:05:00.123Z#{ID}": {"id": ID, "expiresAt": expires_at}
    }


def test_a_rejection_stays_as_long_as_a_result_and_so_does_its_place(catalog, items, record, fail) -> None:
    catalog.start(record)
    fail()
    assert [item["expiresAt"] for item in items().values()] == [MIDNIGHT, MIDNIGHT]


def test_the_months_are_counted_apart(catalog, clock, record, complete) -> None:
    catalog.start(record)
    complete()
    complete()
    assert catalog.this_month("public") == MonthTotals(images=1, billed_calls=2)
    assert catalog.this_month("somebody-else") == MonthTotals(0, 0)
    catalog.end_deletion(catalog.begin_deletion("public", ID))
    assert catalog.this_month("public") == MonthTotals(images=1, billed_calls=2)
    clock.forward(days=9)
    assert catalog.this_month("public") == MonthTotals(0, 0)
