"""Marking images whose event is in the retry queue, and parking them: marking them under a lease."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from catalog.contention import TableBusy
from catalog.transitions.lease import LeaseStatus
from tests.unit.catalog.support import ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord
    from tests.unit.catalog.support import Clock

LABELS = ["Label 1", "Label 2", "Label 3"]
RECORD = f"OWNER#public IMAGE#{ID}"


@pytest.fixture
def until(clock: Clock) -> int:
    """The end of a retention of 14 days, in epoch seconds."""
    return int(clock.now.timestamp()) + 14 * 86400


@pytest.fixture
def lease(catalog: Catalog) -> Callable[..., LeaseStatus]:
    return lambda lease_owner="me": catalog.acquire_lease("public", ID, lease_owner, 60).status


@pytest.fixture
def mark(catalog: Catalog, until: int) -> Callable[[], bool]:
    return lambda: catalog.mark_queued("public", ID, until)


@pytest.fixture
def park(catalog: Catalog, until: int) -> Callable[..., bool]:
    return lambda lease_owner="me": catalog.mark_queued("public", ID, until, lease_owner=lease_owner)


@pytest.fixture
def assert_parked(
    catalog: Catalog, record: ImageRecord, until: int, read_items: Callable[[], dict[str, dict[str, object]]]
) -> Callable[[], None]:
    """Assert that the record is queued and not leased, and that it is kept until then."""

    def assert_parked() -> None:
        assert catalog.get("public", ID) == replace(record, is_received=True, queued_until=until)
        assert read_items()[RECORD]["expiresAt"] == until

    return assert_parked


def test_marking_keeps_the_lease_and_the_record(catalog, clock, record, lease, mark, until) -> None:
    catalog.start(record)
    lease()
    assert mark() is True
    leased_until = int(clock.now.timestamp()) + 60
    assert catalog.get("public", ID) == replace(
        record, is_received=True, lease_expires_at=leased_until, queued_until=until
    )
    assert lease("another") is LeaseStatus.BUSY


def test_parking_releases_the_lease(catalog, record, lease, park, assert_parked, read_items) -> None:
    catalog.start(record)
    lease()
    assert park() is True
    assert_parked()
    names = read_items()[RECORD].keys()
    assert names & {"leaseOwner", "leaseExpiresAt", "leaseToken", "attempts"} == set()
    assert lease("another") is LeaseStatus.ACQUIRED


def test_keeps_a_later_expiry(catalog, record, mark, read_items, until, clock) -> None:
    catalog.start(record)
    mark()
    assert catalog.mark_queued("public", ID, until - 86400) is True
    assert read_items()[RECORD]["expiresAt"] == until
    assert catalog.get("public", ID).queued_until == until - 86400


def test_another_owner_does_not_park(catalog, record, lease, park, read_items) -> None:
    catalog.start(record)
    assert park() is False
    lease("another")
    leased = read_items()
    assert park() is False
    assert read_items() == leased


@pytest.mark.parametrize("finish", ["complete", "fail", "delete"])
def test_does_not_mark_what_is_finished(catalog, record, mark, read_items, request, finish: str) -> None:
    catalog.start(record)
    request.getfixturevalue(finish)()
    finished = read_items()
    assert mark() is False
    assert read_items() == finished


def test_does_not_mark_an_expired_image(catalog, record, clock, mark, read_items) -> None:
    catalog.start(record)
    clock.advance(days=1)
    expired = read_items()
    assert mark() is False
    assert read_items() == expired


@pytest.mark.parametrize("finish", ["complete", "fail"])
def test_a_finished_image_is_not_queued(catalog, record, mark, read_items, request, finish: str) -> None:
    catalog.start(record)
    mark()
    request.getfixturevalue(finish)()
    assert catalog.get("public", ID).queued_until is None
    assert read_items()[RECORD]["expiresAt"] == 1795824000


def test_a_queued_image_is_not_restarted_until_the_mark_expires(
    catalog, clock, record, restarted, mark, until, read_items
) -> None:
    catalog.start(record)
    mark()
    assert catalog.start(restarted) == replace(record, is_received=True, queued_until=until)
    clock.advance(days=13, hours=23)
    catalog.mark_queued("public", ID, until + 86400)
    catalog.mark_queued("public", ID, until)
    clock.advance(hours=1)
    later = replace(restarted, uploaded_at=clock.now)
    assert catalog.start(later) == replace(later, revision=1)
    assert len(read_items()) == 2


def test_an_indexed_image_keeps_its_expiry_day(
    catalog, record, fail_as_unavailable, mark, read_items, count_labels, complete
) -> None:
    """Its counts are kept by that day, so the record must not outlive it."""
    catalog.start(record)
    fail_as_unavailable()
    expires_at = read_items()[RECORD]["expiresAt"]
    catalog.reopen(catalog.get("public", ID))
    assert mark() is True
    assert read_items()[RECORD]["expiresAt"] == expires_at
    assert complete(*LABELS) is True
    assert read_items()[RECORD]["expiresAt"] == expires_at
    assert count_labels() == dict.fromkeys(LABELS, 1)


def test_a_mark_during_a_completion_loses_nothing(
    catalog, complete, mark, run_before_each_call, count_labels, list_ids
) -> None:
    def check() -> None:
        assert count_labels() == dict.fromkeys(LABELS, 1)
        assert list_ids() == [ID]
        image = catalog.get("public", ID)
        assert (image.status, image.queued_until) == ("done", None)

    run_before_each_call(lambda: complete(*LABELS), mark, check)


def test_a_completion_during_a_mark_wins(
    catalog, complete, mark, run_before_each_call, count_labels, read_items
) -> None:
    marked: list[bool] = []

    def check() -> None:
        assert count_labels() == dict.fromkeys(LABELS, 1)
        assert catalog.get("public", ID).queued_until is None
        assert read_items()[RECORD]["expiresAt"] == 1795824000

    calls = run_before_each_call(lambda: marked.append(mark()), lambda: complete(*LABELS), check)
    assert marked == [False] * calls + [True]


def test_a_completion_interrupted_during_a_mark_keeps_its_expiry(
    complete, mark, run_before_each_call, count_labels, interrupt_completion
) -> None:
    def check() -> None:
        assert complete(*LABELS) is True
        assert count_labels() == dict.fromkeys(LABELS, 1)

    for call in range(1, 3):
        run_before_each_call(mark, lambda call=call: interrupt_completion(*LABELS, before=call), check)


def test_a_picture_of_an_earlier_version_that_is_recognized_again_keeps_its_expiry_day(
    catalog, record, complete, mark, table, read_items
) -> None:
    catalog.start(record)
    complete("Cat")
    key = dict(zip(("pk", "sk"), RECORD.split(" "), strict=True))
    expires_at = int(read_items()[RECORD]["expiresAt"])
    table.update_item(  # as it was before there was an index of terms
        Key=key,
        UpdateExpression="SET expiresAt = :noon REMOVE #indexed",
        ExpressionAttributeNames={"#indexed": "indexed"},
        ExpressionAttributeValues={":noon": expires_at - 43200},
    )
    catalog.reopen(catalog.get("public", ID))
    assert mark() is True
    assert read_items()[RECORD]["expiresAt"] == expires_at - 43200
    assert complete("Cat") is True
    assert read_items()[RECORD]["expiresAt"] == expires_at


def test_a_repeated_park_finishes_an_interrupted_one(lease, park, interrupt_each_call, assert_parked) -> None:
    def check() -> None:
        assert park() is True
        assert_parked()

    assert interrupt_each_call(park, check, lease) == 2


def test_an_image_deleted_while_it_is_parked_stays_deleted(
    catalog, lease, park, delete, run_before_each_call, assert_deleted
) -> None:
    parked: list[bool] = []
    calls = run_before_each_call(lambda: parked.append(park()), delete, assert_deleted, lease)
    assert parked == [False] * calls + [True]


def test_parking_while_an_image_is_deleted_leaves_nothing(
    lease, park, delete, run_before_each_call, assert_deleted
) -> None:
    parked: list[bool] = []
    calls = run_before_each_call(delete, lambda: parked.append(park()), assert_deleted, lease)
    assert parked == [True, True] + [False] * (
        calls - 2
    )  # before the record is read, and before it is marked


def test_an_image_restarted_while_it_is_parked_is_not_queued(
    catalog, clock, restarted, lease, park, delete, run_before_each_call, list_ids
) -> None:
    parked: list[bool] = []

    def delete_and_restart() -> None:
        delete()
        catalog.start(restarted)

    def check() -> None:
        assert catalog.get("public", ID) == restarted
        assert list_ids() == [ID]

    calls = run_before_each_call(lambda: parked.append(park()), delete_and_restart, check, lease)
    assert parked == [False] * calls + [True]


def test_two_concurrent_parks_leave_it_parked(lease, park, run_before_each_call, assert_parked) -> None:
    run_before_each_call(park, park, assert_parked, lease)


def test_gives_up_if_the_record_keeps_changing(catalog, record, mark, monkeypatch) -> None:
    catalog.start(record)
    monkeypatch.setattr(catalog._table, "update", lambda *_, **__: (False, {}))
    with pytest.raises(TableBusy, match=ID):
        mark()
