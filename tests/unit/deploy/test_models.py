"""`make model`: models are started, stopped, deleted and listed, and a stack isn't deleted before them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from catalog.catalog import Catalog
from catalog.model_records import ModelRecord
from deploy import models
from deploy.errors import DeploymentError
from deploy.stack import find_stack
from tests.cloud import create_catalog_table
from tests.unit.deploy.support import REGION, SESSION, create_stack, make_target
from tests.unit.support import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS, SHAPES = "a" * 16, "b" * 16


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalog]:
    """The catalog of a stack in which people can train models."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        table = create_catalog_table()
        create_stack({"CatalogTableName": table.name}, parameters={"TrainModels": "true"})
        yield Catalog(table)


def add(catalog: Catalog, model_id: str, name: str, **fields: Any) -> None:
    given = {"owner": "alice", "status": "stopped", "created_at": NOW, **fields}
    model = ModelRecord(
        id=model_id, name=name, kind="detection", classes=("scratch",), scope="owner", **given
    )
    assert catalog.models.create(model)


def statuses(catalog: Catalog) -> dict[str, str]:
    return {model.name: model.status for model in catalog.models.all()}


@pytest.mark.parametrize("name", ["Parts", PARTS])
@pytest.mark.parametrize(
    ("action", "before", "after"),
    [("start", "stopped", "starting"), ("stop", "running", "stopping"), ("delete", "failed", "deleting")],
)
def test_a_model_is_asked_for_by_name_or_id(
    catalog: Catalog, action: str, before: str, after: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    add(catalog, PARTS, "Parts", status=before)
    add(catalog, SHAPES, "Shapes", status=before)
    assert models.main(make_target(), action, name) == 0
    assert statuses(catalog) == {"Parts": after, "Shapes": before}
    assert capsys.readouterr().out == f"Parts ({PARTS}): {after}\n"


def test_all_models_are_stopped_at_once(catalog: Catalog) -> None:
    add(catalog, PARTS, "Parts", status="running")
    add(catalog, SHAPES, "Shapes", status="training")
    assert models.main(make_target(), "stop", "all") == 0
    assert statuses(catalog) == {"Parts": "stopping", "Shapes": "training"}


def test_the_table_shows_what_each_model_costs(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    add(catalog, PARTS, "Parts", status="running", training_seconds=5400, running_since=NOW)
    add(catalog, SHAPES, "Shapes", owner="bob", created_at=NOW + timedelta(hours=1))
    assert models.main(make_target(), "status", clock=lambda: NOW + timedelta(minutes=90)) == 0
    assert capsys.readouterr().out == (
        "ID                NAME    OWNER  STATUS   RUNNING SINCE             TRAINING  THIS RUN\n"
        f"{PARTS}  Parts   alice  running  2026-11-22T15:00:00.123Z  $1.50     $6.00\n"
        f"{SHAPES}  Shapes  bob    stopped  -                         $0.00     $0.00\n"
        "What runs has cost $6.00 so far.\n"
    )


@pytest.mark.parametrize(
    ("action", "model", "message"),
    [
        ("start", "Other", "There is no model Other."),
        ("stop", "Parts", "The model Parts is stopped, so you can't stop it."),
        ("start", "all", "There is no model all."),
        (
            "start",
            "Twice",
            f"Several people have a model Twice. Give its id: {'c' * 16} of alice, {'d' * 16} of bob.",
        ),
    ],
)
def test_a_mistake_is_explained(catalog: Catalog, action: str, model: str, message: str) -> None:
    add(catalog, PARTS, "Parts")
    add(catalog, "c" * 16, "Twice")
    add(catalog, "d" * 16, "Twice", owner="bob")
    with pytest.raises(DeploymentError) as caught:
        models.main(make_target(), action, model)
    assert str(caught.value) == message


def test_a_stack_without_models_says_how_to_have_them(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.models.trains_models", lambda _: False)
    with pytest.raises(DeploymentError) as caught:
        models.main(make_target(), "start", "Parts")
    assert str(caught.value) == (
        "People can't train models in the stack pictures. To let them, run "
        'make deploy SET="TrainModels=true".'
    )


def test_a_stack_without_models_lists_none(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("deploy.models.trains_models", lambda _: False)
    assert models.main(make_target(), "status") == 0
    assert capsys.readouterr().out == (
        "ID  NAME  OWNER  STATUS  RUNNING SINCE  TRAINING  THIS RUN\nWhat runs has cost $0.00 so far.\n"
    )


def test_a_stack_is_not_deleted_before_its_models(catalog: Catalog) -> None:
    stack = find_stack(SESSION.client("cloudformation"), "pictures")
    assert stack is not None
    models.require_no_models(make_target(), stack)
    add(catalog, PARTS, "Parts", status="running")
    with pytest.raises(DeploymentError) as caught:
        models.require_no_models(make_target(), stack)
    assert str(caught.value) == (
        "The stack pictures has models in Rekognition, which would stay, and cost $4 an hour while they run: "
        "Parts (running). Delete them with make model ACTION=delete MODEL=all, wait until make model "
        "ACTION=status lists none, then run make delete again."
    )
