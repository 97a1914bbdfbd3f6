from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from catalog.keys import PENDING_INDEX
from catalog.records import Reason
from tests.unit.catalog.support import Interruption, interrupt

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog
    from catalog.records import ImageRecord
    from tests.unit.catalog.support import CallLog


@pytest.fixture
def reset(table: Any, catalog: Catalog, calls: CallLog, record: ImageRecord) -> Callable[[], None]:
    """Empty the table except for a pending image."""

    def reset() -> None:
        for item in table.scan()["Items"]:
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
        catalog.start(record)
        calls.clear()

    return reset


@pytest.fixture
def assert_indexed(table: Any) -> Callable[[], None]:
    """Assert that the pending records, and no others, are in their index and may have what is theirs."""

    def assert_indexed() -> None:
        records = [item for item in table.scan()["Items"] if item["sk"].startswith("IMAGE#")]
        for item in records:
            assert item.get("pendingShard") == ("pending#a" if item["status"] == "pending" else None)
            names = {"leaseOwner", "leaseExpiresAt", "leaseToken", "attempts", "queuedUntil"} & item.keys()
            assert item["status"] == "pending" or names == set()
        indexed = table.scan(IndexName=PENDING_INDEX)["Items"]
        assert {item["sk"] for item in indexed} == {
            item["sk"] for item in records if item["status"] == "pending"
        }

    return assert_indexed


@pytest.fixture
def run_before_each_call(
    calls: CallLog, reset: Callable[[], None], assert_indexed: Callable[[], None]
) -> Callable[..., int]:
    """Run an operation once for each of its calls, with another action just before that call.

    After each run, `check` asserts the outcome, and the index has exactly the pending records. Return the
    number of calls.
    """

    def run_before_each_call(
        operation: Callable[[], object],
        action: Callable[[], object],
        check: Callable[[], None],
        prepare: Callable[[], object] = lambda: None,
    ) -> int:
        index = 0
        while True:
            reset()
            prepare()
            calls.clear()
            calls.run_before(index, action)
            operation()
            has_run = calls.has_run
            calls.clear()
            if not has_run:
                return index
            assert_indexed()
            check()
            assert_indexed()
            index += 1

    return run_before_each_call


@pytest.fixture
def interrupt_each_call(run_before_each_call: Callable[..., int]) -> Callable[..., int]:
    """Interrupt an operation before each of its calls in turn, as `run_before_each_call` does."""

    def interrupt_each_call(
        operation: Callable[[], object],
        check: Callable[[], None],
        prepare: Callable[[], object] = lambda: None,
    ) -> int:
        def interruptible() -> None:
            with suppress(Interruption):
                operation()

        return run_before_each_call(interruptible, interrupt, check, prepare)

    return interrupt_each_call


@pytest.fixture
def fail_as_unavailable(fail: Callable[..., bool]) -> Callable[[], bool]:
    """Record the failure that a retry can overcome."""
    return lambda: fail(reason=Reason("unavailable", "Try again later."))


@pytest.fixture
def restarted(record: ImageRecord) -> ImageRecord:
    """The same image, started a few minutes later."""
    return replace(record, uploaded_at=record.uploaded_at.replace(minute=7))


@pytest.fixture
def assert_deleted(
    read_items: Callable[[], dict[str, dict[str, Any]]],
    count_labels: Callable[..., dict[str, int]],
    list_ids: Callable[..., list[str]],
) -> Callable[[], None]:
    """Assert that the log is left, and perhaps entries that don't count, of an interrupted try."""

    def assert_deleted() -> None:
        assert count_labels() == {}
        left = {
            key.partition(" ")[0].split("#")[2:3][0]
            for key in read_items()
            if "#" in key.partition(" ")[0][7:]
        }
        assert left <= {"LOG", "TERM", "TAKEN"}
        assert not any(" IMAGE#" in key for key in read_items())
        assert [list_ids(label) for label in ("Label 1", "Label 2", "Label 3", "Cat")] == [[]] * 4

    return assert_deleted
