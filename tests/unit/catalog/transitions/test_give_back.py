"""An upload counts from its start on, once, and is given back once if its file isn't received."""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from catalog.contention import TableBusy
from catalog.keys import record_key
from catalog.quotas import QuotaReached, UploadLimits
from catalog.transitions.lease import LeaseStatus
from catalog.transitions.start import BeingDeleted
from tests.unit.catalog.support import ID, OTHER_ID, Interruption, first_answers_are_lost

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord
    from tests.unit.catalog.support import Clock

LIMITS = UploadLimits(day=100, month=1000)


@pytest.fixture
def count(catalog: Catalog) -> Callable[[], int]:
    return lambda: catalog.upload_counts("public").day


@pytest.fixture
def start(catalog: Catalog, record: ImageRecord, clock: Clock) -> Callable[[], ImageRecord]:
    """Start the image now."""
    return lambda: catalog.start(replace(record, uploaded_at=clock.now), LIMITS)


@pytest.fixture
def receive(catalog: Catalog) -> Callable[[], bool]:
    """Lease the image. Return whether that was possible."""

    def receive() -> bool:
        return catalog.acquire_lease("public", ID, "processor", 60).status is LeaseStatus.ACQUIRED

    return receive


@pytest.fixture
def give_back(catalog: Catalog) -> Callable[[], bool]:
    """Read the record, and give its upload back."""

    def give_back() -> bool:
        record = catalog.get("public", ID)
        return record is not None and catalog.give_back(record)

    return give_back


def test_an_upload_counts_when_its_record_is_started(start, count, clock) -> None:
    assert start().counted_at == clock.now
    assert count() == 1


def test_a_pending_image_that_is_started_again_counts_once(start, count, clock) -> None:
    counted_at = start().counted_at
    clock.advance(minutes=10)
    assert start().counted_at == counted_at
    assert count() == 1


def test_a_kept_record_does_not_count(start, receive, complete, count) -> None:
    start()
    receive()
    start()
    complete("Cat")
    start()
    assert count() == 1


def test_a_failed_image_that_is_started_again_counts_again(start, receive, fail, count) -> None:
    start()
    receive()
    fail()
    assert count() == 1
    start()
    assert count() == 2


def test_an_expired_record_counts_again(start, count, clock, catalog) -> None:
    start()
    clock.advance(days=1)
    start()
    assert count() == 1
    assert catalog.upload_counts("public").month == 2


def test_at_the_limit_no_record_is_started(catalog, record, count) -> None:
    one = UploadLimits(day=1, month=10)
    catalog.start(record, one)
    with pytest.raises(QuotaReached):
        catalog.start(replace(record, id=OTHER_ID), one)
    assert catalog.get("public", OTHER_ID) is None
    catalog.start(record, one)  # it counts already
    assert count() == 1


def test_an_upload_is_given_back_once(start, give_back, count, catalog, clock) -> None:
    record = start()
    assert catalog.give_back(record)
    assert count() == 0
    assert catalog.get("public", ID) == replace(record, counted_at=None)
    assert not catalog.give_back(record)
    assert not give_back()
    assert count() == 0


def test_a_given_back_image_that_is_started_again_counts_again(start, give_back, count) -> None:
    start()
    give_back()
    assert start().counted_at is not None
    assert count() == 1


def test_a_received_file_is_not_given_back(start, receive, give_back, delete, count) -> None:
    start()
    receive()
    assert not give_back()
    delete()
    assert count() == 1


def test_a_queued_image_is_not_given_back(start, give_back, count, catalog) -> None:
    start()
    catalog.mark_queued("public", ID, 2**31)
    assert not give_back()
    assert count() == 1


def test_an_upload_that_was_started_again_meanwhile_is_not_given_back(start, count, catalog, clock) -> None:
    record = start()
    clock.advance(minutes=1)
    start()
    assert not catalog.give_back(record)
    assert count() == 1


def test_deleting_an_image_that_was_not_received_gives_it_back_once(start, delete, count, catalog) -> None:
    start()
    assert catalog.begin_deletion("public", ID)
    assert count() == 0
    assert delete()
    assert not delete()
    assert count() == 0


def test_a_file_that_arrives_after_its_upload_was_given_back_is_not_counted(
    start, give_back, receive, fail, delete, count
) -> None:
    start()
    give_back()
    assert receive()
    fail()
    delete()
    assert count() == 0


def test_giving_back_an_upload_of_an_earlier_month_changes_the_record_alone(
    start, catalog, clock, record
) -> None:
    clock.advance(days=8, hours=8, minutes=50)  # shortly before midnight
    old = start()
    assert old.counted_at is not None
    assert old.counted_at.month == 11
    clock.advance(hours=1)
    catalog.start(replace(record, id=OTHER_ID), LIMITS)
    assert catalog.give_back(old)
    found = catalog.upload_counts("public")
    assert (found.day, found.month) == (1, 1)


def test_what_is_counted_is_given_back_if_the_record_is_not_written(start, count, table, catalog) -> None:
    def conflict(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "TransactionConflictException"}}, "PutItem")

    table.meta.client.meta.events.register("before-call.dynamodb.PutItem", conflict)
    with pytest.raises(TableBusy):
        start()
    assert count() == 0
    assert catalog.get("public", ID) is None


def test_what_is_counted_is_given_back_if_the_image_is_being_deleted(
    catalog, record, count, calls, start
) -> None:
    catalog.start(record)
    calls.run_before(2, lambda: catalog.begin_deletion("public", ID))  # before the record is written
    with pytest.raises(BeingDeleted):
        start()
    assert calls.has_run
    assert count() == 0


def test_an_interrupted_start_counts_only_what_the_record_tells_of(
    start, count, catalog, interrupt_each_call, table
) -> None:
    def check() -> None:
        record = catalog.get("public", ID)
        assert count() == (record is not None and record.counted_at is not None)
        clear()
        start()
        assert count() == 1

    def clear() -> None:
        for item in table.scan()["Items"]:
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})

    assert interrupt_each_call(start, check, prepare=clear) >= 3


def test_a_record_that_was_written_before_an_error_keeps_its_count(start, count, table, catalog) -> None:
    """The answer to the write is lost, and so is that to each repeated one."""
    answers = itertools.count()

    def lose_answer(**_: Any) -> None:
        if next(answers) == 1:  # the list entry is written first
            raise Interruption

    events = table.meta.client.meta.events
    events.register("after-call.dynamodb.PutItem", lose_answer)
    with pytest.raises(Interruption):
        start()
    events.unregister("after-call.dynamodb.PutItem", lose_answer)
    assert catalog.get("public", ID).counted_at is not None
    assert count() == 1
    start()
    assert count() == 1


def test_a_record_whose_answer_was_lost_counts_once(start, count, table, catalog, list_ids) -> None:
    """The SDK repeats the writes, which have already been made."""
    with first_answers_are_lost(table, "PutItem") as bodies:
        start()
    assert len(bodies) == 4  # the list entry and the record
    assert (count(), list_ids()) == (1, [ID])


def test_an_interrupted_deletion_gives_back_at_most_once(start, delete, count, interrupt_each_call) -> None:
    def check() -> None:
        delete()
        assert count() == 0

    assert interrupt_each_call(delete, check, prepare=start) >= 5


def test_an_interrupted_deletion_is_given_back_or_still_counts(
    start, catalog, count, clock, interrupt_each_call
) -> None:
    """After a minute, the image can be started again."""

    def check() -> None:
        clock.advance(minutes=2)
        start()
        assert count() == 1

    assert interrupt_each_call(lambda: catalog.begin_deletion("public", ID), check, prepare=start) >= 3


@pytest.mark.parametrize("state", ["new", "counted", "given back", "failed"])
@pytest.mark.parametrize(
    ("first", "second"), list(itertools.product(["start", "receive", "give back", "delete"], repeat=2))
)
def test_interleaved_operations_count_once(
    start,
    receive,
    give_back,
    delete,
    fail,
    count,
    catalog,
    clock,
    table,
    run_before_each_call,
    state: str,
    first: str,
    second: str,
) -> None:
    """The count is what was received while it counted, and what the record still tells of."""
    received = 0

    def is_counted() -> bool:
        return "countedAt" in table.get_item(Key=record_key("public", ID)).get("Item", {})

    def receive_and_note() -> None:
        nonlocal received
        was_counted = False

        def note(model: Any, **_: Any) -> None:
            nonlocal was_counted
            if model.name == "UpdateItem":
                was_counted = is_counted()  # after the other operation, which may run before this call

        events = table.meta.client.meta.events
        events.register_last("before-call.dynamodb", note)
        acquired = receive()
        events.unregister("before-call.dynamodb", note)
        received += acquired and was_counted

    def start_later() -> None:
        clock.advance(seconds=1)
        with suppress(BeingDeleted):
            start()

    operations: dict[str, Callable[[], object]] = {
        "start": start_later,
        "receive": receive_and_note,
        "give back": give_back,
        "delete": delete,
    }

    def prepare() -> None:
        nonlocal received
        for item in table.scan()["Items"]:
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
        received = 0
        if state != "new":
            start()
        if state == "given back":
            give_back()
        if state == "failed":
            receive_and_note()
            fail()

    def check() -> None:
        assert count() == received + is_counted()

    run_before_each_call(operations[first], operations[second], check, prepare)
