"""Deletions, alone, interrupted, and with another operation before each of their calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog.transitions.lease import LeaseStatus
from tests.unit.catalog.support import ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord
    from catalog.transitions.delete import Deletion

LABELS = ["Label 1", "Label 2", "Label 3"]


@pytest.fixture
def delete_and_restart(
    catalog: Catalog, delete: Callable[[], bool], restarted: ImageRecord
) -> Callable[[], None]:
    def delete_and_restart() -> None:
        delete()
        catalog.start(restarted)

    return delete_and_restart


def test_deleting_after_an_interrupted_completion_leaves_no_items(
    complete, delete, interrupt_each_call, assert_deleted
) -> None:
    def check() -> None:
        assert delete() is True
        assert_deleted()

    interrupt_each_call(lambda: complete(*LABELS), check)


def test_a_repeated_deletion_finishes_an_interrupted_one(
    catalog, complete, delete, interrupt_each_call, assert_deleted
) -> None:
    def check() -> None:
        is_marked = catalog.get("public", ID) is None
        expected = LeaseStatus.MISSING if is_marked else LeaseStatus.FINISHED
        assert catalog.acquire_lease("public", ID, "me", 60).status is expected
        assert delete() is True
        assert_deleted()
        assert delete() is False

    assert interrupt_each_call(delete, check, lambda: complete(*LABELS)) == 6


def test_an_image_deleted_during_its_completion_stays_deleted(
    complete, delete, run_before_each_call, assert_deleted
) -> None:
    outcomes: list[bool] = []

    def check() -> None:
        assert_deleted()
        assert complete(*LABELS) is False
        assert_deleted()

    calls = run_before_each_call(lambda: outcomes.append(complete(*LABELS)), delete, check)
    assert outcomes == [False] * calls + [True]


@pytest.mark.parametrize("finish", ["complete", "fail"])
def test_finishing_under_a_lost_lease_leaves_a_restarted_image_untouched(
    catalog,
    restarted,
    complete,
    fail,
    count_labels,
    list_ids,
    delete_and_restart,
    run_before_each_call,
    finish: str,
) -> None:
    """The lease was for the deleted image; the restarted one is leased and processed again."""
    outcomes: list[bool] = []
    finish_leased: Callable[[], bool] = {
        "complete": lambda: complete(*LABELS, lease_owner="me"),
        "fail": lambda: fail(lease_owner="me"),
    }[finish]

    def check() -> None:
        assert catalog.get("public", ID) == restarted
        assert count_labels() == {}
        assert list_ids() == [ID]
        catalog.acquire_lease("public", ID, "another", 60)
        assert complete(*LABELS, lease_owner="another") is True
        assert count_labels() == dict.fromkeys(LABELS, 1)

    calls = run_before_each_call(
        lambda: outcomes.append(finish_leased()),
        delete_and_restart,
        check,
        lambda: catalog.acquire_lease("public", ID, "me", 60),
    )
    assert outcomes == [False] * calls + [True]


def test_an_image_marked_during_its_completion_can_be_deleted(
    catalog, complete, delete, run_before_each_call, assert_deleted
) -> None:
    def check() -> None:
        assert delete() is True
        assert_deleted()

    run_before_each_call(lambda: complete(*LABELS), lambda: catalog.begin_deletion("public", ID), check)


def test_an_image_marked_during_its_completion_is_not_indexed_again(
    catalog, complete, run_before_each_call, assert_deleted
) -> None:
    entries: list[Deletion] = []

    def check() -> None:
        catalog.end_deletion(entries[-1])
        assert_deleted()

    run_before_each_call(
        lambda: complete(*LABELS), lambda: entries.append(catalog.begin_deletion("public", ID)), check
    )


def test_a_deletion_rejects_results_once_the_record_is_marked(
    complete, delete, run_before_each_call, assert_deleted
) -> None:
    outcomes: list[bool] = []
    run_before_each_call(delete, lambda: outcomes.append(complete("Cat")), assert_deleted)
    # before the record is read and before it is marked, then until the end
    assert outcomes == [True, True, False, False, False]


def test_an_image_deleted_while_it_fails_stays_deleted(
    fail, delete, run_before_each_call, assert_deleted
) -> None:
    outcomes: list[bool] = []
    calls = run_before_each_call(lambda: outcomes.append(fail()), delete, assert_deleted)
    assert outcomes == [False] * calls + [True]


def test_two_concurrent_deletions_remove_each_label_once(
    complete, delete, run_before_each_call, assert_deleted
) -> None:
    run_before_each_call(delete, delete, assert_deleted, lambda: complete(*LABELS))


def test_the_slower_of_two_deletions_leaves_a_restarted_image_untouched(
    catalog, restarted, complete, delete_and_restart, run_before_each_call
) -> None:
    """It must not return an entry: the caller would delete the new image's objects, at the same keys."""
    entries: list[object] = []

    def check() -> None:
        is_restarted_before_mark = len(entries) <= 2  # then the restarted image is the one to delete
        expected = None if is_restarted_before_mark else restarted
        assert (entries[-1] is None, catalog.get("public", ID)) == (expected is not None, expected)

    run_before_each_call(
        lambda: entries.append(catalog.begin_deletion("public", ID)),
        delete_and_restart,
        check,
        lambda: complete(*LABELS),
    )
    assert len(entries) == 5  # the record is read, marked, and read again; the entries are deleted between


def test_an_old_deletion_does_not_end_a_new_one(catalog, table, restarted, reset) -> None:
    reset()
    old_entry = catalog.begin_deletion("public", ID)
    catalog.end_deletion(old_entry)
    catalog.start(restarted)
    new_entry = catalog.begin_deletion("public", ID)
    catalog.end_deletion(old_entry)
    assert len(table.scan()["Items"]) == 2
    catalog.end_deletion(new_entry)
    assert table.scan()["Items"] == []


def test_an_image_with_two_concurrent_results_can_be_deleted(
    complete, delete, count_labels, run_before_each_call, assert_deleted
) -> None:
    def check() -> None:
        assert set(count_labels().values()) == {1}
        delete()
        assert_deleted()

    run_before_each_call(lambda: complete(*LABELS), lambda: complete("Label 3", "Cat"), check)


def test_deletes_only_the_record_that_was_read(
    catalog, clock, record, restarted, complete, fail, fail_as_unavailable, reset, assert_deleted
) -> None:
    reset()
    fail_as_unavailable()
    failed = catalog.get("public", ID)

    def fail_again() -> None:
        clock.advance(seconds=1)
        fail()

    for change in (
        lambda: catalog.acquire_lease("public", ID, "me", 60, reopen=True),
        fail_again,
        lambda: catalog.start(restarted),
        lambda: complete("Cat"),
    ):
        change()
        current = catalog.get("public", ID)
        assert catalog.begin_deletion("public", ID, if_unchanged=failed) is None
        assert catalog.get("public", ID) == current
    catalog.end_deletion(catalog.begin_deletion("public", ID, if_unchanged=current))
    assert_deleted()
    assert catalog.begin_deletion("public", ID, if_unchanged=current) is None
