"""Own data: edits of it, and that nothing but its owner and a deletion changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from catalog.contention import TableBusy
from catalog.records import Decision, ImageRecord, OwnData
from catalog.transitions.annotate import RecordChanged
from tests.unit.catalog.support import ID, OTHER_ID, CallLog, Clock

if TYPE_CHECKING:
    from catalog.catalog import Catalog

Annotate = Callable[..., ImageRecord | None]


@pytest.fixture
def own(clock: Clock) -> OwnData:
    return OwnData(("Sale", "Räuber"), True, "A cat.", Decision("approved", "ann@example.com", clock.now))


@pytest.fixture
def annotate(catalog: Catalog) -> Annotate:
    """Set the own data of an image."""
    return lambda own, revisions=None, image_id=ID: catalog.annotate(
        "public", image_id, lambda _: own, revisions=revisions
    )


@pytest.fixture
def read(catalog: Catalog) -> Callable[[], ImageRecord]:
    def read() -> ImageRecord:
        record = catalog.get("public", ID)
        assert record
        return record

    return read


@pytest.mark.parametrize("state", ["pending", "done", "failed"])
def test_changes_own_data_and_nothing_else(
    state: str, catalog, record, complete, fail, annotate: Annotate, read, own: OwnData
) -> None:
    catalog.start(record)
    if state == "done":
        complete("Person")
    if state == "failed":
        fail()
    before = read()
    assert before.status == state
    edited = replace(before, own=own, revision=before.revision + 1)
    assert annotate(own) == edited
    assert read() == edited
    assert annotate(OwnData()) == replace(before, revision=before.revision + 2)
    assert read().own == OwnData()


def test_an_edit_that_changes_nothing_writes_nothing(catalog, record, annotate, calls: CallLog, own) -> None:
    catalog.start(record)
    annotate(own)
    calls.clear()
    assert annotate(own).own == own
    assert calls.clear() == ["GetItem"]


def test_an_expected_revision_is_required(catalog, record, annotate, read, own) -> None:
    catalog.start(record)
    revision = read().revision
    with pytest.raises(RecordChanged):
        annotate(own, revisions={revision + 1})
    with pytest.raises(RecordChanged):
        annotate(own, revisions=set())
    assert read().own == OwnData()
    assert annotate(own, revisions={revision, 99}).own == own


@pytest.mark.parametrize("image_id", [ID, OTHER_ID])
def test_there_must_be_a_record(catalog, record, clock, delete, annotate, own, image_id: str) -> None:
    catalog.start(record)
    catalog.begin_deletion("public", ID)
    assert annotate(own, image_id=image_id) is None


def test_an_expired_record_is_gone(catalog, record, clock: Clock, annotate, own) -> None:
    catalog.start(record)
    clock.advance(days=2)
    assert annotate(own) is None


def test_edits_at_the_same_time_are_both_kept(catalog, record, calls: CallLog, read) -> None:
    catalog.start(record)
    calls.clear()
    calls.run_before(1, lambda: catalog.annotate("public", ID, lambda own: replace(own, caption="one")))
    catalog.annotate("public", ID, lambda own: replace(own, favorite=True))
    assert calls.has_run
    assert read().own == OwnData(caption="one", favorite=True)


def test_the_second_of_two_edits_of_the_same_revision_is_refused(
    catalog, record, calls: CallLog, annotate, read, own
) -> None:
    catalog.start(record)
    revision = read().revision
    calls.clear()
    calls.run_before(1, lambda: annotate(own, revisions={revision}))
    with pytest.raises(RecordChanged):
        annotate(OwnData(caption="late"), revisions={revision})
    assert read().own == own


def test_gives_up_if_the_record_changes_all_the_time(catalog, record, delays: list[float]) -> None:
    catalog.start(record)
    numbers = iter(range(100))

    def edit(own: OwnData) -> OwnData:
        catalog._table.update(  # another process is always faster
            {"pk": "OWNER#public", "sk": f"IMAGE#{ID}"}, "SET revision = :n", {":n": 1000 + next(numbers)}
        )
        return replace(own, favorite=True)

    with pytest.raises(TableBusy):
        catalog.annotate("public", ID, edit)
    assert len(delays) == 5


def test_an_error_of_the_edit_changes_nothing(catalog, record, read) -> None:
    catalog.start(record)

    def refuse(own: OwnData) -> OwnData:
        raise KeyError

    with pytest.raises(KeyError):
        catalog.annotate("public", ID, refuse)
    assert (read().own, read().revision) == (OwnData(), 0)
