"""Own data survives all but the deletion and the expiry of its image, and never returns after these."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from catalog.records import Box, Decision, ImageRecord, OwnData
from tests.unit.catalog.support import ID, CallLog, Clock, Interruption, interrupt

if TYPE_CHECKING:
    from catalog.catalog import Catalog

Action = Callable[[], object]


@pytest.fixture
def own(clock: Clock) -> OwnData:
    decision = Decision("approved", "ann@example.com", clock.now)
    return OwnData(("Sale", "Räuber"), True, "A cat.", decision, (Box("Räuber", 0.1, 0.00001, 0.3, 1.0),))


@pytest.fixture
def annotate(catalog: Catalog, own: OwnData) -> Callable[..., ImageRecord | None]:
    """Set the own data of the image."""
    return lambda to=own: catalog.annotate("public", ID, lambda _: to)


@pytest.fixture
def found_by(catalog: Catalog, count_labels: Callable[[], dict[str, int]]) -> Callable[[], set[str]]:
    """Return the keys of the terms of own data in the index, after checking all its counts."""

    def found_by() -> set[str]:
        count_labels()
        return {each.term.key for each in catalog.index.vocabulary("public").terms(["tag", "is"])}

    return found_by


OWN_TERMS = {"tag:sale", "tag:räuber", "is:favorite", "is:approved"}


@pytest.fixture
def actions(
    catalog: Catalog,
    clock: Clock,
    record: ImageRecord,
    complete: Callable[..., bool],
    fail: Callable[..., bool],
    fail_as_unavailable: Action,
    restarted: ImageRecord,
) -> dict[str, Action]:
    """Everything that processing does to a record, by name."""
    until = int(clock.now.timestamp()) + 1000

    def current() -> ImageRecord:
        read = catalog.get("public", ID)
        assert read
        return read

    return {
        "complete": lambda: complete("Cat", "Animal"),
        "fail": fail,
        "fail as unavailable": fail_as_unavailable,
        "reopen": lambda: catalog.reopen(current()),
        "lease": lambda: catalog.acquire_lease("public", ID, "me", 60, reopen=True),
        "mark": lambda: catalog.mark_queued("public", ID, until),
        "count calls": lambda: catalog.count_calls("public", ID, 3),
        "restart": lambda: catalog.start(restarted),
    }


SEQUENCES = [
    ("complete",),
    ("fail",),
    ("mark",),
    ("lease",),
    ("count calls",),
    ("restart",),
    ("fail", "restart"),
    ("fail", "restart", "complete"),
    ("fail as unavailable", "reopen"),
    ("fail as unavailable", "reopen", "mark", "complete"),
    ("fail as unavailable", "lease", "fail"),
]


@pytest.mark.parametrize("names", SEQUENCES, ids=", ".join)
def test_no_processing_changes_it(
    names: tuple[str, ...], catalog, record, annotate, actions, own, found_by
) -> None:
    catalog.start(record)
    annotate()
    for name in names:
        actions[name]()
        current = catalog.get("public", ID)
        assert current.own == own
        assert found_by() == (OWN_TERMS if current.is_indexed else set())


def test_a_finished_image_is_found_by_it_at_once(catalog, record, complete, annotate, found_by, own) -> None:
    catalog.start(record)
    assert annotate() is not None
    assert found_by() == set()  # nothing is known of the image yet
    complete("Cat")
    assert found_by() == OWN_TERMS
    annotate(replace(own, tags=("räuber", "New"), favorite=False, decision=None))
    assert found_by() == {"tag:räuber", "tag:new"}
    annotate(OwnData())
    assert found_by() == set()


@pytest.mark.parametrize("first", ["complete", "fail"])
def test_a_deletion_takes_it_along(first: str, catalog, record, annotate, actions, delete, found_by) -> None:
    catalog.start(record)
    actions[first]()
    annotate()
    delete()
    assert found_by() == set()
    catalog.start(record)
    assert catalog.get("public", ID).own == OwnData()
    actions["complete"]()
    assert found_by() == set()


def test_an_interrupted_deletion_takes_it_along(
    catalog, clock: Clock, record, complete, annotate, found_by
) -> None:
    catalog.start(record)
    complete("Cat")
    annotate()
    catalog.begin_deletion("public", ID)
    clock.advance(minutes=2)
    catalog.start(record)
    assert catalog.get("public", ID).own == OwnData()
    complete("Cat")
    assert found_by() == set()


def test_it_expires_with_its_image(catalog, clock: Clock, record, complete, annotate, found_by) -> None:
    catalog.start(record)
    complete("Cat")
    annotate()
    clock.advance(days=7)  # DynamoDB hasn't deleted the item yet
    assert catalog.get("public", ID) is None
    catalog.start(replace(record, uploaded_at=clock.now))
    assert catalog.get("public", ID).own == OwnData()
    complete("Cat")
    assert found_by() == set()


@pytest.fixture
def before_each_call(table: Any, calls: CallLog, catalog: Catalog, record: ImageRecord) -> Callable[..., int]:
    """Run an operation once for each of its calls, with an action before it. Return the number of calls."""

    def before_each_call(prepare: Action, operation: Action, action: Action, check: Action) -> int:
        index = 0
        while True:
            for item in table.scan()["Items"]:
                table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
            catalog.start(record)
            prepare()
            calls.clear()
            calls.run_before(index, action)
            with suppress(Interruption):
                operation()
            has_run = calls.has_run
            calls.clear()
            if not has_run:
                return index
            check()
            index += 1

    return before_each_call


@pytest.mark.parametrize(
    ("first", "name"),
    [
        (None, "complete"),
        (None, "fail"),
        (None, "mark"),
        (None, "restart"),
        ("fail as unavailable", "lease"),
        ("fail as unavailable", "reopen"),
        ("fail", "restart"),
    ],
)
def test_no_processing_loses_a_change_at_the_same_time(
    first: str | None, name: str, catalog, annotate, actions, own, found_by, before_each_call
) -> None:
    def prepare() -> None:
        if first:
            actions[first]()

    def check() -> None:
        current = catalog.get("public", ID)
        assert current.own == own
        assert found_by() == (OWN_TERMS if current.is_indexed else set())
        actions["complete"]()
        assert found_by() == OWN_TERMS

    assert before_each_call(prepare, actions[name], annotate, check) > 0


@pytest.mark.parametrize("name", ["complete", "fail", "restart"])
def test_no_change_undoes_processing_at_the_same_time(
    name: str, catalog, annotate, actions, own, found_by, before_each_call
) -> None:
    def check() -> None:
        current = catalog.get("public", ID)
        statuses = {"complete": "done", "fail": "failed", "restart": "pending"}
        assert (current.own, current.status) == (own, statuses[name])
        assert found_by() == (OWN_TERMS if current.is_indexed else set())

    assert before_each_call(lambda: None, annotate, actions[name], check) > 0


def test_no_change_undoes_a_deletion_at_the_same_time(
    catalog, annotate, actions, delete, found_by, before_each_call
) -> None:
    def check() -> None:
        assert catalog.get("public", ID) is None
        assert found_by() == set()

    assert before_each_call(actions["complete"], annotate, delete, check) > 0
    assert before_each_call(actions["complete"], lambda: annotate() and delete(), lambda: None, check) > 0


def test_an_interrupted_change_can_be_repeated(
    catalog, annotate, actions, own, found_by, before_each_call
) -> None:
    def check() -> None:
        assert found_by() in (set(), OWN_TERMS)
        assert annotate().own == own
        assert found_by() == OWN_TERMS

    assert before_each_call(actions["complete"], annotate, interrupt, check) == 3  # get, entries, record


def test_an_interrupted_removal_can_be_repeated(
    catalog, annotate, actions, own, found_by, before_each_call
) -> None:
    def prepare() -> None:
        actions["complete"]()
        annotate()

    def check() -> None:
        assert found_by() in (set(), OWN_TERMS)
        annotate(OwnData())
        assert found_by() == set()

    before_each_call(prepare, lambda: annotate(OwnData()), interrupt, check)
