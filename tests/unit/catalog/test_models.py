"""Models in the table: one of each name, changed only as long as their status is as expected, and leased."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from catalog.model_records import ClassEvaluation, Evaluation, ModelRecord, WrongImage, new_model_id
from tests.unit.support import IMAGE_ID, NOW

if TYPE_CHECKING:
    from catalog.catalog import Catalog
    from tests.unit.catalog.support import Clock


@pytest.fixture
def model(catalog: Catalog) -> ModelRecord:
    model_id, classes = new_model_id("alice", "Parts"), ("a", "b")
    record = ModelRecord("alice", model_id, "Parts", "classification", classes, "owner", "stopped", NOW)
    assert catalog.models.create(record)
    return record


def test_a_model_is_read_as_it_was_written(catalog: Catalog, model: ModelRecord) -> None:
    assert catalog.models.get("alice", model.id) == model
    changes: dict[str, Any] = {
        "training_images": 8,
        "test_images": 2,
        "message": "It waits.",
        "evaluation": Evaluation(0.5, (ClassEvaluation("a", 1.0, 0.25, 0.4, 0.9, training=8, test=2),)),
        "training_since": NOW,
        "training_seconds": 60,
        "running_since": NOW,
        "project": "arn:p",
        "version": "arn:v",
    }
    changed = catalog.models.change(model, **changes)
    assert changed == replace(model, **changes)
    assert catalog.models.all() == catalog.models.of_owner("alice") == [changed]
    assert catalog.models.of_owner("ali") == []


def test_none_removes_a_value(catalog: Catalog, model: ModelRecord) -> None:
    catalog.models.change(model, message="It waits.", running_since=NOW)
    assert catalog.models.change(model, message=None, running_since=None, training_seconds=0) == model


def test_a_name_has_one_model(catalog: Catalog, model: ModelRecord) -> None:
    assert new_model_id("alice", "PARTS") == model.id
    assert new_model_id("bob", "Parts") != model.id
    assert not catalog.models.create(replace(model, status="failed"))
    assert catalog.models.get("alice", model.id) == model


def test_a_model_with_another_status_is_not_changed(catalog: Catalog, model: ModelRecord) -> None:
    assert catalog.models.change(model, if_status=("running", "starting"), status="stopping") is None
    assert catalog.models.change(model, if_status=("running", "stopped"), status="starting") is not None


def test_a_model_that_is_gone_is_not_changed(catalog: Catalog, model: ModelRecord) -> None:
    catalog.models.put_wrong(model, [WrongImage(IMAGE_ID, ("a",), ())])
    catalog.models.delete(model)
    assert catalog.models.change(model, status="stopped") is None
    assert catalog.models.lease(model, "run", 60) is None
    assert (catalog.models.all(), catalog.models.wrong(model)) == ([], [])


def test_a_lease_keeps_others_away_until_it_ends(catalog: Catalog, model: ModelRecord, clock: Clock) -> None:
    assert catalog.models.lease(model, "one", 60) == model
    assert catalog.models.lease(model, "two", 60) is None
    clock.advance(seconds=59)
    assert catalog.models.lease(model, "one", 60) == model  # renewed
    clock.advance(seconds=59)
    assert catalog.models.lease(model, "two", 60) is None
    clock.advance(seconds=1)
    assert catalog.models.lease(model, "two", 60) == model
    catalog.models.release(model, "one")
    assert catalog.models.lease(model, "one", 60) is None
    catalog.models.release(model, "two")
    assert catalog.models.lease(model, "one", 60) == model


def test_what_a_model_got_wrong_is_kept_apart(catalog: Catalog, model: ModelRecord) -> None:
    wrong = [WrongImage(IMAGE_ID, ("a",), ("b",))]
    assert catalog.models.wrong(model) == []
    catalog.models.put_wrong(model, wrong)
    assert catalog.models.wrong(model) == wrong
