"""Reopening a failed image, alone and after another operation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from catalog.transitions.lease import LeaseStatus
from tests.unit.catalog.support import ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord


@pytest.fixture
def failed(
    catalog: Catalog, record: ImageRecord, fail_as_unavailable: Callable[[], bool]
) -> ImageRecord | None:
    catalog.start(record)
    fail_as_unavailable()
    return catalog.get("public", ID)


def test_a_reopened_image_is_pending_and_keeps_its_place_and_expiry(
    catalog, record, failed, read_items, list_ids
) -> None:
    before = read_items()
    reopened = replace(record, is_received=True, is_indexed=True, revision=2)
    assert catalog.reopen(failed) == reopened
    after = read_items()
    assert {item["expiresAt"] for key, item in after.items() if " IMAGE#" in key or "#TERM#" in key} == {
        before[f"OWNER#public IMAGE#{ID}"]["expiresAt"]
    }
    assert after[f"OWNER#public IMAGE#{ID}"].keys() & {"reason", "processedAt", "leaseOwner"} == set()
    assert list_ids() == [ID]
    assert catalog.reopen(failed) == reopened
    assert catalog.acquire_lease("public", ID, "me", 60).status is LeaseStatus.ACQUIRED


def test_keeps_a_record_that_has_changed_since(catalog, clock, failed, restarted, complete, fail) -> None:
    def process_again() -> None:
        catalog.acquire_lease("public", ID, "me", 60, reopen=True)
        clock.advance(seconds=1)
        fail("me")

    for change in (process_again, lambda: catalog.start(restarted), lambda: complete("Cat")):
        change()
        current = catalog.get("public", ID)
        assert current != failed
        assert catalog.reopen(failed) == current
        assert catalog.get("public", ID) == current


def test_a_deleted_image_is_not_reopened(catalog, failed, delete) -> None:
    catalog.begin_deletion("public", ID)
    assert catalog.reopen(failed) is None
    delete()
    assert catalog.reopen(failed) is None


def test_an_expired_image_is_not_reopened(catalog, clock, failed, read_items) -> None:
    clock.advance(days=6)
    expired = read_items()
    assert catalog.reopen(failed) is None
    assert read_items() == expired
