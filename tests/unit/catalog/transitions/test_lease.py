"""Leases of images that failed, alone and with another operation before each call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from unittest.mock import ANY

import pytest

from catalog.index.vocabulary import MonthTotals
from catalog.transitions.lease import LeaseStatus
from tests.unit.catalog.support import ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord

LABELS = ["Label 1", "Label 2", "Label 3"]


@pytest.fixture
def reopen(catalog: Catalog) -> Callable[..., LeaseStatus]:
    """Lease the image for an event, which reopens it if it failed as unavailable. Return the status."""
    return lambda lease_owner="me": catalog.acquire_lease("public", ID, lease_owner, 60, reopen=True).status


def test_an_event_reopens_an_image_that_failed_as_unavailable(
    catalog, clock, record, read_items, fail_as_unavailable, reopen
) -> None:
    catalog.start(record)
    fail_as_unavailable()
    key = f"OWNER#public IMAGE#{ID}"
    failed = read_items()
    assert reopen() is LeaseStatus.ACQUIRED
    until = int(clock.now.timestamp()) + 60
    assert catalog.get("public", ID) == replace(
        record, is_received=True, lease_expires_at=until, is_indexed=True, revision=2
    )
    reopened = read_items()
    item = reopened.pop(key)
    before = failed.pop(key)
    assert item == {
        **{name: value for name, value in before.items() if name not in ("reason", "processedAt")},
        "status": "pending",
        "received": True,
        "leaseOwner": "me",
        "leaseExpiresAt": until,
        "leaseToken": ANY,
        "attempts": 1,
        "tries": 1,
        "pendingShard": "pending#a",
        "revision": 2,
    }
    entry = failed.pop(f"OWNER#public#TERM#status:failed 2026-11-22T15:00:00.123Z#{ID}")
    pending = f"OWNER#public#TERM#status:pending 2026-11-22T15:00:00.123Z#{ID}"
    assert reopened.pop(pending) == {**entry, "revision": 2}
    assert {key: item for key, item in reopened.items() if "#LOG " not in key} == {
        key: item for key, item in failed.items() if "#LOG " not in key
    }
    assert reopen("another") is LeaseStatus.BUSY


def test_giving_up_reopens_nothing(catalog, record, fail_as_unavailable, read_items) -> None:
    catalog.start(record)
    fail_as_unavailable()
    failed = read_items()
    assert catalog.acquire_lease("public", ID, "me", 60, reopen=False).status is LeaseStatus.FINISHED
    assert read_items() == failed


@pytest.mark.parametrize("finish", ["complete", "fail"])
def test_other_finished_images_stay_finished(catalog, record, reopen, read_items, request, finish) -> None:
    catalog.start(record)
    request.getfixturevalue(finish)()
    finished = read_items()
    assert reopen() is LeaseStatus.FINISHED
    assert read_items() == finished


@pytest.mark.parametrize("is_reopened", [True, False])
def test_a_file_reopens_only_an_earlier_failure(catalog, record, fail, is_reopened: bool) -> None:
    """The event of a file is skipped only if the next upload deletes the file as older than the failure."""
    catalog.start(record)
    fail()
    failed_at = catalog.get("public", ID).processed_at
    created_at = failed_at + timedelta(milliseconds=is_reopened)
    lease = catalog.acquire_lease("public", ID, "me", 60, created_at=created_at)
    assert lease.status is (LeaseStatus.ACQUIRED if is_reopened else LeaseStatus.FINISHED)
    assert catalog.get("public", ID).status == ("pending" if is_reopened else "failed")


def test_a_file_does_not_reopen_a_done_image(catalog, record, complete) -> None:
    catalog.start(record)
    complete()
    created_at = catalog.get("public", ID).processed_at + timedelta(days=1)
    assert catalog.acquire_lease("public", ID, "me", 60, created_at=created_at).status is LeaseStatus.FINISHED


def test_an_expired_failure_is_missing(catalog, clock, record, fail_as_unavailable, reopen) -> None:
    catalog.start(record)
    fail_as_unavailable()
    clock.advance(days=6)
    assert reopen() is LeaseStatus.MISSING


@pytest.fixture
def process(complete: Callable[..., bool], reopen: Callable[..., LeaseStatus]) -> Callable[..., LeaseStatus]:
    """Process an event: lease the image and record its result."""

    def process(lease_owner: str = "me") -> LeaseStatus:
        status = reopen(lease_owner)
        if status is LeaseStatus.ACQUIRED:
            complete(*LABELS, lease_owner=lease_owner)
        return status

    return process


@pytest.fixture
def assert_done_once(
    this_month,
    catalog: Catalog,
    count_labels: Callable[..., dict[str, int]],
    list_ids: Callable[..., list[str]],
) -> Callable[[], None]:
    """Assert that the image is done, and is listed, counted and billed once."""

    def assert_done_once() -> None:
        image = catalog.get("public", ID)
        assert image is not None
        assert image.status == "done"
        assert count_labels() == dict.fromkeys(LABELS, 1)
        assert list_ids("label 3") == list_ids() == [ID]
        assert this_month() == MonthTotals(1, 2)

    return assert_done_once


def test_a_redriven_event_finishes_an_interrupted_one(
    clock, process, fail_as_unavailable, interrupt_each_call, assert_done_once
) -> None:
    def check() -> None:
        clock.advance(seconds=60)  # the lease of the interrupted invocation expires
        process()
        assert_done_once()

    # find it failed, list it as pending, reopen it, delete the entry of its failure, lease it, three calls of
    # a completion, and delete the entry of the pending one
    assert interrupt_each_call(process, check, fail_as_unavailable) == 9


def test_duplicate_events_process_a_reopened_image_once(
    process, fail_as_unavailable, run_before_each_call, assert_done_once
) -> None:
    duplicates: list[LeaseStatus] = []
    calls = run_before_each_call(
        process, lambda: duplicates.append(process("duplicate")), assert_done_once, fail_as_unavailable
    )
    before_lease = 5
    during_lease = calls - before_lease - 1  # the last one deletes an entry of the completed image
    assert duplicates == [
        *([LeaseStatus.ACQUIRED] * before_lease),
        *([LeaseStatus.BUSY] * during_lease),
        LeaseStatus.FINISHED,
    ]


def test_a_deleted_image_stays_deleted(
    process, reopen, delete, fail_as_unavailable, run_before_each_call, assert_deleted
) -> None:
    def check() -> None:
        assert_deleted()
        assert reopen() is LeaseStatus.MISSING
        assert_deleted()

    assert run_before_each_call(process, delete, check, fail_as_unavailable) == 9


def test_an_image_being_deleted_is_not_reopened(
    catalog, reopen, fail_as_unavailable, reset, delete, assert_deleted
) -> None:
    reset()
    fail_as_unavailable()
    catalog.begin_deletion("public", ID)
    assert reopen() is LeaseStatus.MISSING
    assert delete() is True
    assert_deleted()


def test_a_new_upload_restarts_the_image_until_it_is_leased(
    catalog, record, restarted, process, fail_as_unavailable, run_before_each_call, assert_done_once
) -> None:
    started: list[ImageRecord] = []
    calls = run_before_each_call(
        process, lambda: started.append(catalog.start(restarted)), assert_done_once, fail_as_unavailable
    )
    times = [current.uploaded_at for current in started]
    before_lease = 5
    assert times == [restarted.uploaded_at] * before_lease + [record.uploaded_at] * (calls - before_lease)
