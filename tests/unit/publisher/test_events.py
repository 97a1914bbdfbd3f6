"""Which write of the catalog is which event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from catalog.quotas import UploadLimits
from catalog.records import ImageRecord, LabelSummary, Reason, ResultSummary
from catalog.transitions.finish import Completion, FailureSummary
from catalog.usage import StackUsage
from tests.unit.support import IMAGE_ID, OUTPUT_BUCKET, label_counts

if TYPE_CHECKING:
    from catalog.catalog import Catalog
    from publisher.events import ImageEvent
    from tests.unit.catalog.support import Clock

Take = Callable[[], list["ImageEvent"]]
BROKEN, UNAVAILABLE = Reason("broken", "It is."), Reason("unavailable", "Try again later.")
KEY = f"uploads/alice/{IMAGE_ID}.json"


@pytest.fixture
def record(clock: Clock) -> ImageRecord:
    return ImageRecord("alice", IMAGE_ID, "pending", "holiday with Ada.jpg", "image/jpeg", 1000, clock.now)


@pytest.fixture
def complete(catalog: Catalog, clock: Clock) -> Callable[..., bool]:
    def complete(*names: str, flags: tuple[str, ...] = (), lease_owner: str | None = None) -> bool:
        summary = ResultSummary(10, 20, tuple(LabelSummary(name, 98.5) for name in names), flags)
        expires_at = int(clock.now.timestamp()) + 5 * 86400
        completion = Completion(summary, 1, clock.now, expires_at)
        return catalog.complete("alice", IMAGE_ID, completion, lease_owner)

    return complete


@pytest.fixture
def fail(catalog: Catalog, clock: Clock) -> Callable[..., bool]:
    def fail(reason: Reason = BROKEN) -> bool:
        expires_at = int(clock.now.timestamp()) + 5 * 86400
        return catalog.fail("alice", IMAGE_ID, FailureSummary(reason, clock.now, expires_at))

    return fail


@pytest.fixture
def delete(catalog: Catalog) -> Callable[[], None]:
    def delete() -> None:
        entry = catalog.begin_deletion("alice", IMAGE_ID)
        assert entry
        catalog.end_deletion(entry)

    return delete


def statuses(events: list[ImageEvent]) -> list[str]:
    return [event.status for event in events]


def detail(event: ImageEvent, **members: Any) -> dict[str, Any]:
    """Return the detail that an event must have; its sequence and time are tested elsewhere."""
    own = {name: event.detail[name] for name in ("sequence", "time")}
    return {"version": 1, "stack": "pictures", "owner": "alice", "id": IMAGE_ID, **own, **members}


def test_an_image_that_is_done(catalog, record, complete, take_events: Take) -> None:
    catalog.start(record)
    catalog.acquire_lease("alice", IMAGE_ID, "me", 60)
    complete("Cat", "Pet", flags=("Violence",), lease_owner="me")
    (event,) = take_events()
    assert event.detail == detail(
        event,
        status="done",
        labels=[{"name": "Cat", "confidence": 98.5}, {"name": "Pet", "confidence": 98.5}],
        flags=["Violence"],
        resultBucket=OUTPUT_BUCKET,
        resultKey=KEY,
    )
    assert (event.status, event.time, event.detail["time"]) == (
        "done",
        record.uploaded_at,
        "2026-11-22T15:00:00.123Z",
    )


def test_an_image_that_failed(catalog, record, fail, take_events: Take) -> None:
    catalog.start(record)
    fail()
    (event,) = take_events()
    reason = {"code": "broken", "message": "It is."}
    assert event.detail == detail(
        event, status="failed", reason=reason, resultBucket=OUTPUT_BUCKET, resultKey=KEY
    )
    assert event.status == "failed"


@pytest.mark.parametrize("finish", ["complete", "fail", None])
def test_a_deleted_image_is_one_event_whatever_its_status(
    request, catalog, record, delete, take_events: Take, finish: str | None
) -> None:
    catalog.start(record)
    if finish:
        request.getfixturevalue(finish)()
    take_events()
    delete()
    (event,) = take_events()
    assert event.detail == detail(event, status="deleted", cause="deleted")


def test_an_interrupted_deletion_is_an_event_and_its_end_is_none(
    catalog, record, complete, delete, take_events: Take
) -> None:
    catalog.start(record)
    complete("Cat")
    take_events()
    catalog.begin_deletion("alice", IMAGE_ID)
    assert statuses(take_events()) == ["deleted"]
    delete()
    assert take_events() == []


def test_an_image_uploaded_again_after_an_interrupted_deletion(
    catalog, clock, record, complete, take_events: Take
) -> None:
    catalog.start(record)
    complete("Cat")
    catalog.begin_deletion("alice", IMAGE_ID)
    clock.advance(minutes=2)
    catalog.start(replace(record, uploaded_at=clock.now))
    complete("Cat")
    events = take_events()
    assert statuses(events) == ["done", "deleted", "done"]
    sequences = [int(event.detail["sequence"]) for event in events]
    assert sequences == sorted(set(sequences))


def test_a_record_that_is_erased_without_a_mark(catalog, table, record, complete, take_events: Take) -> None:
    catalog.start(record)
    complete("Cat")
    take_events()
    for item in table.scan()["Items"]:
        table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    (event,) = take_events()
    assert event.detail == detail(event, status="deleted", cause="deleted")


@pytest.mark.parametrize("finish", ["complete", None])  # None: nothing was uploaded
def test_an_expired_record(
    request, catalog, clock, record, expire, take_events: Take, finish: str | None
) -> None:
    catalog.start(record)
    if finish:
        request.getfixturevalue(finish)()
    take_events()
    clock.advance(days=10)
    expire()
    (event,) = take_events()
    assert event.detail == detail(event, status="deleted", cause="expired")


def test_a_deletion_that_is_interrupted_for_good_is_one_event(
    catalog, clock, record, complete, expire, take_events: Take
) -> None:
    catalog.start(record)
    complete("Cat")
    catalog.begin_deletion("alice", IMAGE_ID)
    clock.advance(days=10)
    expire()
    assert statuses(take_events()) == ["done", "deleted"]


def test_an_image_that_is_retried(catalog, clock, record, complete, fail, take_events: Take) -> None:
    catalog.start(record)
    fail(UNAVAILABLE)
    assert statuses(take_events()) == ["failed"]
    catalog.reopen(catalog.get("alice", IMAGE_ID))
    assert take_events() == []
    clock.advance(seconds=1)
    complete("Cat")
    assert statuses(take_events()) == ["done"]


def test_an_image_that_a_redriven_event_leases_and_that_fails_again(
    catalog, clock, record, fail, take_events: Take
) -> None:
    catalog.start(record)
    fail(UNAVAILABLE)
    catalog.acquire_lease("alice", IMAGE_ID, "me", 60, reopen=True)
    clock.advance(seconds=1)
    fail(UNAVAILABLE)
    assert statuses(take_events()) == ["failed", "failed"]


def test_a_failure_that_replaces_another(catalog, clock, record, fail, take_events: Take) -> None:
    catalog.start(record)
    fail(UNAVAILABLE)
    clock.advance(seconds=1)
    fail(BROKEN)
    assert [event.detail["reason"]["code"] for event in take_events()] == ["unavailable", "broken"]


def test_a_failed_image_that_is_uploaded_again(
    catalog, clock, record, complete, fail, take_events: Take
) -> None:
    catalog.start(record)
    fail()
    clock.advance(seconds=1)
    catalog.start(replace(record, uploaded_at=clock.now))
    complete("Cat")
    assert statuses(take_events()) == ["failed", "done"]


def test_other_writes_are_no_events(catalog, clock, record, complete, take_events: Take) -> None:
    catalog.start(record)
    catalog.mark_queued("alice", IMAGE_ID, int(clock.now.timestamp()) + 3600)
    lease = catalog.acquire_lease("alice", IMAGE_ID, "me", 60)
    catalog.renew_lease(lease, 60)
    catalog.release_lease(lease)
    catalog.count_calls("alice", IMAGE_ID, 1)
    catalog.take_request("alice", 10)
    catalog.acquire_direct_lease("direct.jpg", "me", 60)
    catalog.add_usage(StackUsage({"DetectLabels": 1}, 1))
    assert take_events() == []
    complete("Cat")
    assert statuses(take_events()) == ["done"]
    catalog.count_calls("alice", IMAGE_ID, 1)
    complete("Cat")
    label_counts(catalog)
    clock.advance(days=1)
    catalog.count_calls("alice", IMAGE_ID, 1)
    assert take_events() == []


def test_an_upload_that_is_given_back_is_no_event_and_its_expiry_is_one(
    catalog, clock, record, expire, take_events: Take
) -> None:
    started = catalog.start(record, UploadLimits(10, 100))
    assert catalog.give_back(started)
    assert take_events() == []
    clock.advance(days=10)
    expire()
    assert statuses(take_events()) == ["deleted"]


def test_no_event_has_a_name_of_a_file_or_a_url(catalog, record, complete, delete, take_events: Take) -> None:
    catalog.start(record)
    complete("Cat")
    delete()
    for event in take_events():
        assert "Ada" not in str(event.detail)
        assert "://" not in str(event.detail)


def test_the_time_of_a_deletion_is_the_changes(
    catalog, record, complete, delete, stream, take_events: Take
) -> None:
    catalog.start(record)
    take_events()
    delete()
    records = stream.take()
    stream._records = [
        {**entry, "dynamodb": {**entry["dynamodb"], "ApproximateCreationDateTime": 1795683883}}
        for entry in records
    ]
    (event,) = take_events()
    assert event.detail["time"] == "2026-11-26T09:04:43.000Z"
    assert event.time.utcoffset() == timedelta(0)


def test_an_image_that_is_recognized_again(catalog, clock, record, complete, take_events: Take) -> None:
    catalog.start(record)
    complete("Cat")
    catalog.reopen(catalog.get("alice", IMAGE_ID))
    clock.advance(seconds=60)
    complete("Dog")
    first, second = take_events()
    assert (first.detail["labels"], second.detail["labels"]) == (
        [{"name": "Cat", "confidence": 98.5}],
        [{"name": "Dog", "confidence": 98.5}],
    )


def test_an_image_that_could_not_be_recognized_again_is_done_as_before(
    catalog, clock, record, complete, fail, take_events: Take
) -> None:
    catalog.start(record)
    complete("Cat")
    catalog.reopen(catalog.get("alice", IMAGE_ID))
    clock.advance(seconds=60)
    catalog.acquire_lease("alice", IMAGE_ID, "me", 60)
    assert fail(UNAVAILABLE)
    first, second = take_events()
    assert second.detail == {**first.detail, "sequence": second.detail["sequence"]}
