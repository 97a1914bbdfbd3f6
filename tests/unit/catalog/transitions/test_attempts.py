"""Attempts that a lease counts, renewals, and the leases of direct uploads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from catalog.transitions.lease import Lease, LeaseStatus
from tests.unit.catalog.support import ID, first_answers_are_lost

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord

UNTIL = 1796569200  # two weeks after the test's time


@pytest.fixture(params=["record", "direct"])
def acquire(catalog: Catalog, record: ImageRecord, request: pytest.FixtureRequest) -> Callable[..., Lease]:
    """Lease a pending image, or a direct upload."""
    if request.param == "direct":
        return lambda lease_owner="me": catalog.acquire_direct_lease("a/b.jpg", lease_owner, 60)
    catalog.start(record)
    return lambda lease_owner="me": catalog.acquire_lease("public", ID, lease_owner, 60)


def test_counts_the_attempts_that_never_ended(clock, acquire) -> None:
    assert acquire().interrupted == 0
    for lease_owner in ("me", "another"):
        busy = acquire(lease_owner)
        assert (busy.status, busy.interrupted) == (LeaseStatus.BUSY, 0)
    clock.advance(seconds=60)
    assert acquire("another").interrupted == 1
    clock.advance(seconds=60)
    assert acquire("a third").interrupted == 2


def test_a_released_lease_is_no_interrupted_attempt(catalog, clock, acquire) -> None:
    acquire()
    clock.advance(seconds=60)
    lease = acquire("another")
    assert (lease.status, lease.interrupted) == (LeaseStatus.ACQUIRED, 1)
    catalog.release_lease(lease)
    assert acquire().interrupted == 0


def test_only_its_owner_releases_a_lease(catalog, acquire) -> None:
    acquire()
    catalog.release_lease(acquire("another"))
    assert acquire("another").status is LeaseStatus.BUSY


def test_a_renewed_lease_lasts_from_then_on(catalog, clock, acquire) -> None:
    lease = acquire()
    clock.advance(seconds=59)
    assert catalog.renew_lease(lease, 60) is True
    clock.advance(seconds=59)
    assert acquire("another").status is LeaseStatus.BUSY
    clock.advance(seconds=1)
    assert acquire("another").interrupted == 1


def test_an_expired_lease_that_nobody_took_can_be_renewed(catalog, clock, acquire) -> None:
    lease = acquire()
    clock.advance(seconds=90)
    assert catalog.renew_lease(lease, 60) is True
    assert acquire("another").status is LeaseStatus.BUSY


def test_a_lost_or_released_lease_is_not_renewed(catalog, clock, acquire, read_items) -> None:
    lease = acquire()
    clock.advance(seconds=60)
    other = acquire("another")
    assert catalog.renew_lease(lease, 60) is False
    catalog.release_lease(other)
    items = read_items()
    assert catalog.renew_lease(lease, 60) is False
    assert catalog.renew_lease(other, 60) is False
    assert read_items() == items


def test_the_first_lease_of_a_record_is_known(catalog, record, clock) -> None:
    catalog.start(record)
    lease = catalog.acquire_lease("public", ID, "me", 60)
    assert lease.is_first
    catalog.release_lease(lease)
    assert not catalog.acquire_lease("public", ID, "another", 60).is_first
    assert not catalog.acquire_direct_lease("a/b.jpg", "me", 60).is_first


def test_one_of_many_concurrent_attempts_acquires_the_lease(acquire) -> None:
    with ThreadPoolExecutor(8) as threads:
        leases = list(threads.map(lambda name: acquire(str(name)), range(8)))
    assert sorted(lease.status.name for lease in leases) == ["ACQUIRED"] + ["BUSY"] * 7
    assert [lease.interrupted for lease in leases] == [0] * 8


def test_an_attempt_whose_answer_was_lost_counts_once(table, acquire) -> None:
    """The SDK repeats the update, which has already been made."""
    with first_answers_are_lost(table, "UpdateItem") as bodies:
        lease = acquire()
    assert len(bodies) == 2
    assert (lease.status, lease.interrupted) == (LeaseStatus.ACQUIRED, 0)
    assert acquire("another").status is LeaseStatus.BUSY


@pytest.mark.parametrize(
    "end",
    [
        lambda catalog, **_: catalog.mark_queued("public", ID, UNTIL, lease_owner="me"),
        lambda fail_as_unavailable, **_: fail_as_unavailable(),
        lambda catalog, clock, restarted, **_: [clock.advance(seconds=60), catalog.start(restarted)],
        lambda catalog, record, delete, **_: [delete(), catalog.start(record)],
    ],
    ids=["queued", "failed", "restarted", "deleted"],
)
def test_an_attempt_that_ended_counts_no_more(
    catalog, clock, record, restarted, fail_as_unavailable, delete, end: Callable[..., object]
) -> None:
    catalog.start(record)
    lease = catalog.acquire_lease("public", ID, "me", 60)
    end(
        catalog=catalog,
        clock=clock,
        record=record,
        restarted=restarted,
        fail_as_unavailable=fail_as_unavailable,
        delete=delete,
    )
    assert catalog.renew_lease(lease, 60) is False
    lease = catalog.acquire_lease("public", ID, "another", 60, reopen=True)
    assert (lease.status, lease.interrupted) == (LeaseStatus.ACQUIRED, 0)


def test_a_finished_or_marked_image_has_no_lease_to_renew(catalog, record, complete, read_items) -> None:
    catalog.start(record)
    lease = catalog.acquire_lease("public", ID, "me", 60)
    complete("Cat", lease_owner="me")
    assert catalog.renew_lease(lease, 60) is False
    catalog.begin_deletion("public", ID)
    marked = read_items()
    assert catalog.renew_lease(lease, 60) is False
    assert read_items() == marked


def test_renewing_while_an_image_is_deleted_leaves_nothing(
    catalog, delete, run_before_each_call, assert_deleted
) -> None:
    leases: list[Lease] = []
    renewed: list[bool] = []
    calls = run_before_each_call(
        delete,
        lambda: renewed.append(catalog.renew_lease(leases[-1], 60)),
        assert_deleted,
        lambda: leases.append(catalog.acquire_lease("public", ID, "me", 60)),
    )
    before_mark = 2
    assert renewed == [True] * before_mark + [False] * (calls - before_mark)


def test_renewing_while_an_image_is_completed_loses_nothing(
    catalog, complete, run_before_each_call, count_labels
) -> None:
    leases: list[Lease] = []
    outcomes: list[bool] = []

    def check() -> None:
        assert outcomes[-1] is True
        assert count_labels() == {"Cat": 1}

    run_before_each_call(
        lambda: outcomes.append(complete("Cat", lease_owner="me")),
        lambda: catalog.renew_lease(leases[-1], 60),
        check,
        lambda: leases.append(catalog.acquire_lease("public", ID, "me", 60)),
    )


def test_each_key_of_a_direct_upload_has_its_own_lease(catalog) -> None:
    leases = [catalog.acquire_direct_lease(key, "me", 60) for key in ("a.jpg", "b.jpg")]
    assert [lease.status for lease in leases] == [LeaseStatus.ACQUIRED] * 2
    assert len({lease.key["pk"] for lease in leases}) == 2


def test_the_lease_of_a_direct_upload_expires_within_a_day(catalog, clock, read_items: Any) -> None:
    lease = catalog.acquire_direct_lease("a.jpg", "me", 60)
    (item,) = read_items().values()
    now = int(clock.now.timestamp())
    kept = {"expiresAt": now + 86400}
    assert {name: item[name] for name in item.keys() - {"leaseToken"}} == {
        "leaseOwner": "me",
        "leaseExpiresAt": now + 60,
        "attempts": 1,
        **kept,
    }
    catalog.release_lease(lease)
    assert list(read_items().values()) == [kept]
