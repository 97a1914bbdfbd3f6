"""`make model` without TrainModels: the stack has no trainer, and models can still be stopped and deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from catalog.active_models import ActiveModel
from catalog.catalog import Catalog
from catalog.model_records import ModelRecord
from deploy import models
from deploy.errors import DeploymentError
from deploy.stack import Stack, find_stack
from tests.cloud import create_catalog_table
from tests.unit.deploy.custom_labels import CustomLabels, project_arn
from tests.unit.deploy.support import REGION, SESSION, create_stack, make_target
from tests.unit.support import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS, SHAPES = "a" * 16, "b" * 16


@pytest.fixture
def rekognition() -> Iterator[CustomLabels]:
    custom_labels = CustomLabels()
    events: Any = SESSION.events
    events.register_first("before-call.rekognition", custom_labels)
    yield custom_labels
    events.unregister("before-call.rekognition", custom_labels)


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalog]:
    """The catalog of a stack without TrainModels."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        table = create_catalog_table()
        for bucket in ("input", "output"):
            SESSION.client("s3").create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        outputs = {"CatalogTableName": table.name, "InputBucketName": "input", "OutputBucketName": "output"}
        create_stack(outputs, parameters={"TrainModels": "false"})
        yield Catalog(table)


@pytest.fixture
def stack(catalog: Catalog) -> Stack:
    found = find_stack(SESSION.client("cloudformation"), "pictures")
    assert found is not None
    return found


def add(catalog: Catalog, model_id: str, name: str, status: Any, owner: str = "alice", **fields: Any) -> None:
    project = project_arn(model_id)
    model = ModelRecord(
        *(owner, model_id, name, "detection", ("scratch",), "owner", status, NOW),
        **{"project": project, "version": project, **fields},
    )
    assert catalog.models.create(model)


def statuses(catalog: Catalog) -> dict[str, str]:
    return {model.name: model.status for model in catalog.models.all()}


def make_model(action: str, model: str) -> int:
    return models.main(make_target(), action, model, sleep=lambda _: None)


@pytest.mark.parametrize(
    ("status", "version", "calls"),
    [
        ("running", "RUNNING", [("stop", PARTS)]),
        ("starting", "STARTING", [("stop", PARTS)]),
        ("stopping", "RUNNING", [("stop", PARTS)]),  # the trainer was removed before it stopped it
        ("stopping", "STOPPING", []),
        ("running", "STOPPED", []),
    ],
)
def test_stops_a_model_and_waits_for_it(
    catalog: Catalog,
    rekognition: CustomLabels,
    capsys: pytest.CaptureFixture[str],
    status: str,
    version: str,
    calls: list[tuple[str, str]],
) -> None:
    add(catalog, PARTS, "Parts", status, running_since=NOW)
    catalog.active_models.set("alice", ActiveModel(PARTS, "arn", "running", 0))
    rekognition.versions[project_arn(PARTS)] = version
    assert make_model("stop", "Parts") == 0
    assert (rekognition.calls, rekognition.versions) == (calls, {project_arn(PARTS): "STOPPED"})
    (model,) = catalog.models.all()
    assert (model.status, model.running_since) == ("stopped", None)
    assert catalog.active_models.get("alice") == ActiveModel(PARTS, "arn", "stopped", 0)
    assert capsys.readouterr().out == f"Parts ({PARTS}): stopping\nParts ({PARTS}): stopped\n"


def test_stops_what_runs_of_all(catalog: Catalog, rekognition: CustomLabels) -> None:
    add(catalog, PARTS, "Parts", "running")
    add(catalog, SHAPES, "Shapes", "stopped")
    rekognition.versions = {project_arn(PARTS): "RUNNING", project_arn(SHAPES): "STOPPED"}
    assert make_model("stop", "all") == 0
    assert rekognition.calls == [("stop", PARTS)]
    assert statuses(catalog) == {"Parts": "stopped", "Shapes": "stopped"}


def test_deletes_all_models(
    catalog: Catalog, rekognition: CustomLabels, capsys: pytest.CaptureFixture[str]
) -> None:
    add(catalog, PARTS, "Parts", "running")
    add(catalog, SHAPES, "Shapes", "failed")
    rekognition.versions = {project_arn(PARTS): "RUNNING", project_arn(SHAPES): None}
    s3 = SESSION.client("s3")
    for key in (f"models/alice/{PARTS}/train.manifest", f"models/alice/{'c' * 16}/train.manifest"):
        s3.put_object(Bucket="output", Key=key, Body=b"")
    assert make_model("delete", "all") == 0
    assert rekognition.calls == [
        ("stop", PARTS),
        ("delete", PARTS),
        ("delete project", PARTS),
        ("delete project", SHAPES),
    ]
    assert (statuses(catalog), rekognition.versions) == ({}, {})
    kept = [entry["Key"] for entry in s3.list_objects_v2(Bucket="output")["Contents"]]
    assert kept == [f"models/alice/{'c' * 16}/train.manifest"]
    assert capsys.readouterr().out == (
        f"Parts ({PARTS}): deleting\nShapes ({SHAPES}): deleting\n"
        f"Parts ({PARTS}): deleted\nShapes ({SHAPES}): deleted\n"
    )


@pytest.mark.parametrize(
    ("action", "version", "message"),
    [
        (
            "delete",
            "TRAINING_IN_PROGRESS",
            "It is being trained, which AWS can't cancel. Run the command again when its training has ended.",
        ),
        ("stop", "gone", "AWS has no such model. Delete it."),
        ("stop", "DELETING FOREVER", "Rekognition hasn't finished after 30 minutes. Run the command again."),
    ],
)
def test_says_what_it_cannot_finish(
    catalog: Catalog,
    rekognition: CustomLabels,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    version: str,
    message: str,
) -> None:
    add(catalog, PARTS, "Parts", "running")
    if version == "DELETING FOREVER":
        monkeypatch.setattr("tests.unit.deploy.custom_labels._NEXT", {})
        version = "STOPPING"
    if version != "gone":
        rekognition.versions[project_arn(PARTS)] = version
    with pytest.raises(DeploymentError) as caught:
        make_model(action, "Parts")
    assert str(caught.value) == f"Parts ({PARTS}): {message}"


def test_a_model_in_training_does_not_keep_the_others(catalog: Catalog, rekognition: CustomLabels) -> None:
    add(catalog, PARTS, "Parts", "training")
    add(catalog, SHAPES, "Shapes", "running")
    rekognition.versions = {project_arn(PARTS): "TRAINING_IN_PROGRESS", project_arn(SHAPES): "RUNNING"}
    with pytest.raises(DeploymentError) as caught:
        make_model("delete", "all")
    assert str(caught.value) == (
        f"Parts ({PARTS}): It is being trained, which AWS can't cancel. "
        "Run the command again when its training has ended."
    )
    assert statuses(catalog) == {"Parts": "deleting"}


def test_a_missing_permission_is_named(catalog: Catalog, rekognition: CustomLabels) -> None:
    add(catalog, PARTS, "Parts", "running")
    rekognition.error = "AccessDeniedException"
    with pytest.raises(DeploymentError) as caught:
        make_model("stop", "Parts")
    assert str(caught.value) == (
        f"Parts ({PARTS}): The permission rekognition:DescribeProjectVersions is missing. "
        "The administrator has to add it."
    )


def test_cannot_start_a_model(catalog: Catalog, rekognition: CustomLabels) -> None:
    add(catalog, PARTS, "Parts", "stopped")
    with pytest.raises(DeploymentError) as caught:
        make_model("start", "Parts")
    assert str(caught.value) == (
        "People can't train models in the stack pictures. To let them, run "
        'make deploy SET="TrainModels=true".'
    )
    assert statuses(catalog) == {"Parts": "stopped"}


def test_lists_the_models(
    catalog: Catalog, rekognition: CustomLabels, capsys: pytest.CaptureFixture[str]
) -> None:
    add(catalog, PARTS, "Parts", "stopped")
    assert models.main(make_target(), "status", clock=lambda: NOW) == 0
    assert f"\n{PARTS}  Parts  alice  stopped" in capsys.readouterr().out


def test_deletes_the_models_of_one_owner(catalog: Catalog, rekognition: CustomLabels, stack: Stack) -> None:
    add(catalog, PARTS, "Parts", "stopped")
    add(catalog, SHAPES, "Shapes", "stopped", owner="bob")
    rekognition.versions = {project_arn(PARTS): "STOPPED", project_arn(SHAPES): "STOPPED"}
    assert models.delete_owned_models(make_target(), stack, "alice") == 1
    assert (statuses(catalog), [*rekognition.versions]) == ({"Shapes": "stopped"}, [project_arn(SHAPES)])


def test_a_stack_is_not_deleted_or_deployed_before_its_models(
    catalog: Catalog, rekognition: CustomLabels, stack: Stack
) -> None:
    models.require_no_models(make_target(), stack)
    add(catalog, PARTS, "Parts", "running")
    with pytest.raises(DeploymentError, match=r"has models in Rekognition, .*: Parts \(running\)\. Delete"):
        models.require_no_models(make_target(), stack, "deploy")


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_project_without_a_record_is_found(
    catalog: Catalog, rekognition: CustomLabels, stack: Stack, is_deleted: bool
) -> None:
    rekognition.versions = {
        project_arn(PARTS, "other"): "RUNNING",
        project_arn(PARTS, "pictures-2"): "RUNNING",
        project_arn("by-hand"): "RUNNING",
    }
    models.require_no_models(make_target(), None if is_deleted else stack)
    rekognition.versions[project_arn(SHAPES)] = "RUNNING"
    with pytest.raises(DeploymentError) as caught:
        models.require_no_models(make_target(), None if is_deleted else stack)
    assert str(caught.value) == (
        "Rekognition has projects of the stack pictures of which it has no record, and whose models cost $4 "
        f"an hour while they run: pictures-{SHAPES}. Delete them in the console of Rekognition Custom "
        "Labels, then run make delete again."
    )


def test_without_the_permission_only_the_records_count(
    catalog: Catalog, rekognition: CustomLabels, stack: Stack
) -> None:
    rekognition.error = "AccessDeniedException"
    models.require_no_models(make_target(), stack)
    rekognition.error = "ThrottlingException"
    with pytest.raises(ClientError):
        models.require_no_models(make_target(), stack)
    rekognition.error = "AccessDeniedException"
    with pytest.raises(ClientError):
        models.require_no_models(make_target(), replace(stack, parameters={"TrainModels": "true"}))


def test_a_table_that_is_gone_has_no_models(
    catalog: Catalog, rekognition: CustomLabels, stack: Stack
) -> None:
    SESSION.client("dynamodb").delete_table(TableName=stack.outputs["CatalogTableName"])
    models.require_no_models(make_target(), stack)
