"""Starts of images whose objects lie in the source bucket, alone and after other operations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from catalog.index.vocabulary import MonthTotals
from catalog.records import ImageRecord, Reason, ResultSummary, SourceObject
from catalog.source_records import source_record
from catalog.transitions.finish import Completion, FailureSummary
from common.rejections import INACCESSIBLE, UNAVAILABLE
from tests.unit.catalog.support import Interruption, interrupt

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from tests.unit.catalog.support import Clock

SOURCE = SourceObject("archive", "2019/Räuber 1.JPG", "0f" * 16)


@pytest.fixture
def found(clock: Clock) -> ImageRecord:
    """The record of an object that was found in the source bucket."""
    return source_record("alice", SOURCE, 791555, clock.now)


@pytest.fixture
def overwritten(found: ImageRecord) -> ImageRecord:
    """The record of the same object's next version."""
    return replace(found, size=1000, source=replace(SOURCE, etag="ab" * 16))


@pytest.fixture
def complete(catalog: Catalog, clock: Clock, found: ImageRecord) -> Callable[..., bool]:
    def complete(etag: str | None = None, size: int | None = None) -> bool:
        expires_at = int(clock.now.timestamp()) + 5 * 86400
        completion = Completion(ResultSummary(512, 256, ()), 2, clock.now, expires_at, etag, size)
        return catalog.complete("alice", found.id, completion)

    return complete


@pytest.fixture
def fail(catalog: Catalog, clock: Clock, found: ImageRecord) -> Callable[..., bool]:
    def fail(code: str, etag: str | None = None, size: int | None = None) -> bool:
        expires_at = int(clock.now.timestamp()) + 5 * 86400
        failure = FailureSummary(Reason(code, "Why."), clock.now, expires_at, etag, size)
        return catalog.fail("alice", found.id, failure)

    return fail


def test_writes_a_pending_record_and_its_list_entry_once(catalog, found, clock, read_items) -> None:
    assert catalog.start_source(found) == (found, True)
    written = read_items()
    assert written[f"OWNER#alice IMAGE#{found.id}"]["source"] == {
        "bucket": "archive",
        "key": "2019/Räuber 1.JPG",
        "etag": "0f" * 16,
    }
    assert f"OWNER#alice#IMAGES 2026-11-22T15:00:00.123Z#{found.id}" in written
    clock.advance(minutes=1)
    assert catalog.start_source(replace(found, uploaded_at=clock.now)) == (found, True)
    assert read_items() == written
    assert catalog.get("alice", found.id) == found


def test_no_upload_is_counted(catalog, found) -> None:
    catalog.start_source(found)
    counts = catalog.upload_counts("alice")
    assert (counts.day, counts.month) == (0, 0)


def test_a_leased_or_queued_image_needs_no_event(catalog, found, clock) -> None:
    catalog.start_source(found)
    lease = catalog.acquire_lease("alice", found.id, "me", 60)
    assert catalog.start_source(found)[1] is False
    catalog.release_lease(lease)
    assert catalog.start_source(found)[1] is True
    catalog.mark_queued("alice", found.id, int(clock.now.timestamp()) + 60)
    assert catalog.start_source(found)[1] is False
    clock.advance(minutes=2)
    assert catalog.start_source(found)[1] is True


def test_a_version_that_is_newer_than_the_listed_one_stays(catalog, found, overwritten, complete) -> None:
    catalog.start_source(overwritten)
    pending = catalog.get("alice", found.id)
    assert catalog.start_source(found, known="older") == (pending, True)
    complete()
    done = catalog.get("alice", found.id)
    assert catalog.start_source(found, known="older") == (done, False)
    assert catalog.start_source(found, known=found.source.etag) == (done, False)
    assert catalog.start_source(found, known=overwritten.source.etag)[1] is True


def test_a_listed_version_that_was_unavailable_is_reopened(catalog, found, fail) -> None:
    catalog.start_source(found)
    fail("unavailable")
    assert catalog.start_source(found, known="older")[1] is True


def test_leaves_a_done_image_of_the_same_version(catalog, found, complete) -> None:
    catalog.start_source(found)
    complete()
    done = catalog.get("alice", found.id)
    assert catalog.start_source(found) == (done, False)
    assert catalog.get("alice", found.id) == done


def as_reopened(done: ImageRecord, newer: ImageRecord) -> ImageRecord:
    """Return a done record as it is while the newer version of its object is recognized."""
    return replace(
        done,
        status="pending",
        processed_at=None,
        done_at=done.processed_at,
        revision=2,
        size=newer.size,
        source=newer.source,
    )


def test_reopens_a_done_image_of_another_version_with_its_result(
    catalog, found, overwritten, clock, complete
) -> None:
    catalog.start_source(found)
    complete()
    done = catalog.get("alice", found.id)
    clock.advance(minutes=1)
    reopened, needs_event = catalog.start_source(overwritten)
    assert needs_event
    assert reopened == as_reopened(done, overwritten)
    assert catalog.acquire_lease("alice", found.id, "me", 60).is_replaced
    complete()
    assert catalog.get("alice", found.id) == replace(
        done, processed_at=clock.now, revision=3, size=1000, source=overwritten.source, billed_calls=4
    )
    assert catalog.start_source(overwritten)[1] is False


def test_a_done_image_is_reopened_for_another_version_unless_it_has_changed(
    catalog, found, overwritten, clock, complete
) -> None:
    catalog.start_source(found)
    complete()
    done = catalog.get("alice", found.id)
    clock.advance(minutes=1)
    reopened = catalog.reopen(done, replace(done, source=overwritten.source, size=1000))
    assert reopened == as_reopened(done, overwritten)
    assert catalog.acquire_lease("alice", found.id, "me", 60).is_replaced
    complete()
    again = catalog.get("alice", found.id)
    assert catalog.reopen(done, replace(done, source=found.source)) == again
    assert catalog.get("alice", found.id) == again


def test_an_image_that_is_gone_is_not_reopened_for_another_version(
    catalog, found, overwritten, complete, read_items
) -> None:
    catalog.start_source(found)
    complete()
    done = catalog.get("alice", found.id)
    catalog.end_deletion(catalog.begin_deletion("alice", found.id))
    before = read_items()
    assert catalog.reopen(done, replace(done, source=overwritten.source)) is None
    assert read_items() == before


def test_a_new_version_that_fails_loses_the_result_of_the_old_one(
    catalog, found, overwritten, clock, complete, fail
) -> None:
    catalog.start_source(found)
    complete()
    catalog.start_source(overwritten)
    fail("not-an-image")
    failed = replace(
        overwritten,
        status="failed",
        reason=Reason("not-an-image", "Why."),
        processed_at=clock.now,
        billed_calls=2,
        is_indexed=True,
        revision=3,
    )
    assert catalog.get("alice", found.id) == failed
    assert catalog.start_source(overwritten) == (failed, False)


def test_the_same_version_that_fails_keeps_its_result(catalog, found, complete, fail) -> None:
    catalog.start_source(found)
    complete()
    done = catalog.get("alice", found.id)
    catalog.reopen(done)
    fail("gone")
    assert catalog.get("alice", found.id) == replace(done, revision=3)


def test_a_newer_version_that_was_read_and_failed_keeps_no_result(
    catalog, found, overwritten, clock, complete, fail
) -> None:
    catalog.start_source(found)
    complete()
    catalog.reopen(catalog.get("alice", found.id))
    fail("broken", etag=overwritten.source.etag, size=1000)
    assert catalog.get("alice", found.id) == replace(
        overwritten,
        status="failed",
        billed_calls=2,
        reason=Reason("broken", "Why."),
        processed_at=clock.now,
        is_indexed=True,
        revision=3,
    )


def test_the_same_version_that_was_read_and_failed_keeps_its_result(catalog, found, complete, fail) -> None:
    catalog.start_source(found)
    complete()
    done = catalog.get("alice", found.id)
    catalog.reopen(done)
    fail("broken", etag=SOURCE.etag, size=found.size)
    assert catalog.get("alice", found.id) == replace(done, revision=3)


@pytest.mark.parametrize("code", [UNAVAILABLE, "too-large", *INACCESSIBLE])
def test_reopens_a_failure_that_was_not_about_the_bytes(catalog, found, fail, code) -> None:
    catalog.start_source(found)
    fail(code)
    reopened = replace(found, is_indexed=True, revision=2)
    assert catalog.start_source(found) == (reopened, True)


def test_leaves_a_rejected_image_until_its_object_is_replaced(catalog, found, overwritten, fail) -> None:
    catalog.start_source(found)
    fail("broken")
    failed = catalog.get("alice", found.id)
    assert catalog.start_source(found) == (failed, False)
    reopened = replace(overwritten, is_indexed=True, revision=2)
    assert catalog.start_source(overwritten) == (reopened, True)


def test_the_record_has_the_version_that_was_read(catalog, found, overwritten, complete, fail) -> None:
    catalog.start_source(found)
    complete(etag=overwritten.source.etag, size=1000)
    done = catalog.get("alice", found.id)
    assert (done.source, done.size) == (overwritten.source, 1000)
    assert catalog.start_source(overwritten) == (done, False)
    catalog.start_source(found)
    fail("broken", etag="cd" * 16, size=5)
    failed = catalog.get("alice", found.id)
    assert (failed.source, failed.size) == (replace(SOURCE, etag="cd" * 16), 5)


@pytest.fixture
def deleted(catalog: Catalog, found: ImageRecord, complete: Callable[..., bool]) -> None:
    catalog.start_source(found)
    complete()
    entry = catalog.begin_deletion("alice", found.id)
    assert entry is not None
    catalog.end_deletion(entry)


def test_an_event_from_before_the_deletion_does_not_start_an_image(catalog, found, deleted, clock) -> None:
    assert catalog.start_source(found) == (found, False)
    assert catalog.get("alice", found.id) is None
    clock.advance(seconds=1)
    fresh = replace(found, uploaded_at=clock.now)
    assert catalog.start_source(fresh) == (fresh, True)


def test_an_event_of_another_version_may_seem_a_little_older_than_the_deletion(
    catalog, found, overwritten, deleted, clock
) -> None:
    older = replace(overwritten, uploaded_at=clock.now - timedelta(seconds=2))
    assert catalog.start_source(older) == (older, False)
    newer = replace(overwritten, uploaded_at=clock.now - timedelta(seconds=1))
    same = replace(found, uploaded_at=newer.uploaded_at)
    assert catalog.start_source(same) == (same, False)
    assert catalog.start_source(newer) == (newer, True)


def test_the_note_of_a_deletion_expires(catalog, found, deleted, clock) -> None:
    clock.advance(days=15)
    assert catalog.start_source(found) == (found, True)


def test_the_deletion_of_an_upload_leaves_no_note(catalog, record, delete, read_items) -> None:
    catalog.start(record)
    delete()
    assert read_items() == {}


def test_starts_an_expired_image_anew(catalog, found, clock) -> None:
    catalog.start_source(found)
    clock.advance(days=2)
    fresh = replace(found, uploaded_at=clock.now)
    assert catalog.start_source(fresh) == (replace(fresh, revision=1), True)


def test_keeps_what_the_owner_has_said(catalog, found, overwritten, complete) -> None:
    catalog.start_source(found)
    complete()
    tagged = catalog.annotate("alice", found.id, lambda own: replace(own, tags=("sale",)))
    reopened, _ = catalog.start_source(overwritten)
    assert reopened.own == tagged.own
    complete()
    assert catalog.get("alice", found.id).own == tagged.own


def test_an_image_counts_once_for_the_month_when_it_is_replaced(
    catalog, found, overwritten, complete, this_month
) -> None:
    catalog.start_source(found)
    complete()
    catalog.start_source(overwritten)
    complete()
    assert this_month("alice") == MonthTotals(images=1, billed_calls=4)


def test_decides_again_when_the_record_changes_meanwhile(
    catalog, found, overwritten, complete, calls
) -> None:
    catalog.start_source(found)
    complete()
    calls.clear()
    calls.run_before(1, lambda: catalog.annotate("alice", found.id, lambda own: replace(own, favorite=True)))
    reopened, needs_event = catalog.start_source(overwritten)
    assert (reopened.status, reopened.own.favorite, needs_event) == ("pending", True, True)


def test_an_interrupted_reopening_leaves_the_image_done(catalog, found, overwritten, complete, calls) -> None:
    catalog.start_source(found)
    complete()
    done = catalog.get("alice", found.id)
    calls.clear()
    calls.run_before(1, interrupt)
    with pytest.raises(Interruption):
        catalog.start_source(overwritten)
    assert catalog.get("alice", found.id) == done
    assert catalog.start_source(overwritten)[1] is True


def test_a_record_without_a_source_object_is_a_mistake(catalog, found) -> None:
    with pytest.raises(ValueError, match="no source object"):
        catalog.start_source(replace(found, source=None))


def test_is_named_by_the_last_segment_of_the_key(clock) -> None:
    record = source_record("alice", SOURCE, 5, clock.now - timedelta(days=1))
    assert (record.file_name, record.content_type, record.is_received) == ("Räuber 1.JPG", "image/jpeg", True)
    assert source_record("alice", replace(SOURCE, key="2019/raw"), 5, clock.now).content_type == (
        "application/octet-stream"
    )
