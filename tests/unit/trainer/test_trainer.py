"""Models that are trained, started, stopped and deleted, and the leases that keep two runs apart."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from catalog.active_models import ActiveModel
from catalog.model_records import WrongImage
from catalog.records import OwnData, ResultSummary
from catalog.transitions.finish import Completion
from tests.unit.support import IMAGE_ID, LATER, NOW, OUTPUT_BUCKET
from tests.unit.trainer.conftest import IDLE_MINUTES, MODEL_ID
from tests.unit.trainer.fake_projects import VERSION
from trainer import running
from trainer.errors import NotYet, Refused
from trainer.projects import DatasetState, ProjectState, VersionState
from trainer.trainer import NotAdvanced, Summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.trainer.conftest import Stage

PROJECT = f"arn:stack-{MODEL_ID}"
SUMMARY = {
    "AggregatedEvaluationResults": {"F1Score": 0.75, "Precision": 1, "Recall": 0.6},
    "LabelEvaluationResults": [
        {
            "Label": "good",
            "NumberOfTestingImages": 1,
            "Metrics": {"Precision": 1.0, "Recall": 0.5, "F1Score": 0.66, "Threshold": 0.4},
        }
    ],
}


def details(**members: bool) -> dict[str, Any]:
    names = {name.replace("_", "-"): value for name, value in members.items()}
    return {"rekognition-custom-labels-evaluation-details": names}


PREDICTIONS = {
    "source-ref": f"s3://bucket/images/{IMAGE_ID}.jpg",
    "rekognition-custom-labels-evaluation-0": 1,
    "rekognition-custom-labels-evaluation-0-metadata": {
        "class-name": "good",
        **details(is_false_negative=True, is_present_in_ground_truth=True),
    },
    "rekognition-custom-labels-evaluation-1": 1,
    "rekognition-custom-labels-evaluation-1-metadata": {
        "class-name": "bad",
        **details(is_false_positive=True),
    },
}
RIGHT = {
    "source-ref": "s3://bucket/images/other.jpg",
    "evaluation-0": 1,
    "evaluation-0-metadata": {
        "class-name": "bad",
        **details(is_true_positive=True, is_present_in_ground_truth=True),
    },
}


def add(stage: Stage, model_status: str, version_status: str, **fields: Any) -> None:
    """Create a model with a project and a version."""
    stage.add_model(status=model_status, project=PROJECT, version=VERSION, **fields)
    stage.projects.projects[f"stack-{MODEL_ID}"] = ProjectState(
        PROJECT, "CREATED", {"TRAIN": DatasetState(f"{PROJECT}/TRAIN", "CREATE_COMPLETE", "")}
    )
    stage.projects.versions[PROJECT] = VersionState(VERSION, version_status, "It failed.")


def test_a_training_that_ends_well_is_evaluated_and_its_copies_are_deleted(stage: Stage) -> None:
    add(stage, "training", "TRAINING_IN_PROGRESS", training_since=NOW)
    stage.put(f"models/alice/{MODEL_ID}/images/{IMAGE_ID}.jpg", "picture")
    stage.run()
    assert (stage.model().status, len(stage.keys())) == ("training", 1)
    summary = stage.put("models/summary.json", json.dumps(SUMMARY))
    lines = "\n".join(json.dumps(line) for line in (PREDICTIONS, RIGHT))
    stage.projects.set_version(
        status="TRAINING_COMPLETED",
        training_seconds=1800,
        summary=summary,
        predictions=stage.put("models/predictions.json", lines),
    )
    stage.run()
    model = stage.model()
    assert (model.status, model.message, model.training_seconds) == ("stopped", None, 1800)
    assert model.training_since is None
    assert model.evaluation is not None
    assert model.evaluation.f1 == 0.75
    assert [(each.name, each.recall, each.threshold) for each in model.evaluation.classes] == [
        ("good", 0.5, 0.4)
    ]
    assert stage.catalog.models.wrong(model) == [WrongImage(IMAGE_ID, ("good",), ("bad",))]
    assert stage.keys() == ["models/predictions.json", "models/summary.json"]


def without(document: dict[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != member}


@pytest.mark.parametrize(
    ("summary", "predictions"),
    [
        (None, None),
        ("", None),
        ("{", None),
        ("[]", None),
        (json.dumps(without(SUMMARY, "LabelEvaluationResults")), None),
        (json.dumps(SUMMARY | {"AggregatedEvaluationResults": None}), None),
        (json.dumps(SUMMARY), json.dumps(without(PREDICTIONS, "source-ref"))),
        (json.dumps(SUMMARY), "[1]"),
    ],
)
def test_a_model_without_a_readable_evaluation_can_be_used(
    stage: Stage, summary: str | None, predictions: str | None
) -> None:
    add(stage, "training", "TRAINING_COMPLETED", training_since=NOW)
    stage.put(f"models/alice/{MODEL_ID}/images/{IMAGE_ID}.jpg", "picture")
    stage.projects.set_version(
        training_seconds=1800,
        summary=None if summary is None else stage.put("models/summary.json", summary),
        predictions=predictions and stage.put("models/predictions.json", predictions),
    )
    stage.run()
    model = stage.model()
    assert (model.status, model.training_seconds, model.evaluation) == ("stopped", 1800, None)
    assert model.message == "The model is trained, but AWS's evaluation of it can't be read."
    assert [key for key in stage.keys() if key.startswith("images/")] == []  # noqa: SIM118 -- no dict


@pytest.mark.parametrize("gone", ["summary", "predictions"])
def test_a_model_whose_evaluation_is_gone_can_be_used(stage: Stage, gone: str) -> None:
    add(stage, "training", "TRAINING_COMPLETED", training_since=NOW)
    stage.projects.set_version(
        summary=stage.put("models/summary.json", json.dumps(SUMMARY)),
        predictions=stage.put("models/predictions.json", json.dumps(PREDICTIONS)),
    )
    stage.s3.delete_object(Bucket=OUTPUT_BUCKET, Key=f"models/{gone}.json")
    stage.run()
    assert (stage.model().status, stage.model().evaluation) == ("stopped", None)


def test_a_training_that_fails_says_why_and_its_copies_are_deleted(stage: Stage) -> None:
    add(stage, "training", "TRAINING_FAILED", training_since=NOW)
    stage.put(f"models/alice/{MODEL_ID}/images/{IMAGE_ID}.jpg", "picture")
    stage.run()
    assert stage.model().status == "failed"
    assert stage.model().message == "AWS couldn't train the model: It failed."
    assert stage.keys() == []


@pytest.mark.parametrize(("scope", "owner"), [("owner", "alice"), ("stack", None)])
def test_a_model_that_is_started_becomes_the_active_one(stage: Stage, scope: str, owner: str | None) -> None:
    add(stage, "starting", "TRAINING_COMPLETED", scope=scope)
    stage.run()
    stage.run()
    assert stage.projects.calls == [("start", VERSION)]
    assert stage.catalog.active_models.get(owner) is None
    stage.projects.set_version(status="RUNNING")
    stage.run()
    assert (stage.model().status, stage.model().running_since) == ("running", NOW)
    assert stage.catalog.active_models.get(owner) == ActiveModel(
        MODEL_ID, VERSION, "running", int(NOW.timestamp())
    )


def test_a_model_that_cannot_be_started_stays_stopped(stage: Stage) -> None:
    add(stage, "starting", "FAILED")
    stage.run()
    assert stage.model().status == "stopping"  # until AWS says that it has stopped
    stage.run()
    assert (stage.model().status, stage.model().message) == (
        "stopped",
        "AWS couldn't start the model: It failed.",
    )


STARTED = {  # what becomes of a model that shall be started, by its version's status
    **dict.fromkeys(("TRAINING_COMPLETED", "COPYING_COMPLETED", "STOPPED"), ("starting", "start")),
    **dict.fromkeys(("STARTING", "STOPPING"), ("starting", None)),
    "RUNNING": ("running", None),
    **dict.fromkeys(
        (
            "TRAINING_IN_PROGRESS",
            "TRAINING_FAILED",
            "COPYING_IN_PROGRESS",
            "COPYING_FAILED",
            "FAILED",
            "DELETING",
            "DEPRECATED",
            "EXPIRED",
            "A_NEW_ONE",
        ),
        ("stopping", None),
    ),
}


def test_each_status_of_aws_is_known() -> None:
    shape: Any = boto3.client("rekognition").meta.service_model.shape_for("ProjectVersionStatus")
    assert STARTED.keys() - {"A_NEW_ONE"} == set(shape.enum)


@pytest.mark.parametrize("status", STARTED)
def test_a_model_never_stays_starting_for_good(stage: Stage, status: str) -> None:
    add(stage, "starting", status)
    stage.run()
    expected, call = STARTED[status]
    assert stage.model().status == expected
    assert stage.projects.calls == ([(call, VERSION)] if call else [])


def test_a_status_that_prevents_a_start_is_named(stage: Stage) -> None:
    add(stage, "starting", "EXPIRED")
    stage.run()
    assert stage.model().message == (
        "AWS can't start the model, because its status is EXPIRED. Delete it, and train a new one."
    )


def test_of_two_models_that_are_started_at_once_one_runs(stage: Stage) -> None:
    add(stage, "starting", "STOPPED")
    stage.add_model(id="0" * 16, name="First", status="running")
    stage.run()
    assert stage.model().status == "stopping"  # until AWS says that it has stopped
    stage.run()
    assert stage.projects.calls == []
    assert (stage.model().status, stage.model().message) == (
        "stopped",
        "The model “First” is running. Stop it first.",
    )


def run_active(stage: Stage) -> None:
    add(stage, "running", "RUNNING", running_since=NOW)
    active = ActiveModel(MODEL_ID, VERSION, "running", int(NOW.timestamp()))
    stage.catalog.active_models.set("alice", active)


def test_a_model_is_stopped_when_it_is_idle(stage: Stage) -> None:
    run_active(stage)
    stage.pass_time(minutes=20)
    assert stage.catalog.active_models.touch("alice", MODEL_ID)
    stage.pass_time(minutes=IDLE_MINUTES - 1)
    stage.run()
    assert stage.model().status == "running"
    stage.pass_time(minutes=1)
    stage.run()
    assert (stage.model().status, stage.projects.calls) == ("stopping", [("stop", VERSION)])
    active = stage.catalog.active_models.get("alice")
    assert active is not None
    assert active.state == "stopped"
    stage.projects.set_version(status="STOPPED")
    stage.run()
    assert (stage.model().status, stage.model().running_since) == ("stopped", None)
    assert stage.model().message == "It was stopped, because it recognized nothing for 30 minutes."


def test_a_model_that_somebody_else_stopped_is_stopped(stage: Stage) -> None:
    run_active(stage)
    stage.projects.set_version(status="STOPPED")
    stage.run()
    assert (stage.model().status, stage.projects.calls) == ("stopped", [])


def test_a_model_is_stopped_once_it_runs(stage: Stage) -> None:
    add(stage, "stopping", "STARTING")
    stage.run()
    assert stage.projects.calls == []
    stage.projects.set_version(status="RUNNING")
    stage.run()
    assert stage.projects.calls == [("stop", VERSION)]


def test_waiting_images_are_recognized_again(stage: Stage, read_messages: Callable[[], list[Any]]) -> None:
    run_active(stage)
    image_id = stage.store(1, OwnData(), is_waiting=True)
    other = stage.store(2, OwnData())
    stage.run()
    found = stage.catalog.get("alice", image_id)
    assert found is not None
    assert found.status == "pending"
    assert set(stage.catalog.index.records("alice", [other])) == {other}
    assert len(read_messages()) == 1
    stage.run()
    assert len(read_messages()) == 1


def test_everyones_waiting_images_are_recognized_by_the_model_of_the_stack(
    stage: Stage, read_messages: Callable[[], list[Any]]
) -> None:
    add(stage, "running", "RUNNING", running_since=NOW, scope="stack")
    stage.catalog.active_models.set(None, ActiveModel(MODEL_ID, VERSION, "running", int(NOW.timestamp())))
    stage.catalog.active_models.set("carol", ActiveModel("c" * 16, VERSION, "stopped", 0))
    images = {owner: stage.store(1, OwnData(), is_waiting=True, owner=owner) for owner in ("bob", "carol")}
    stage.store(2, OwnData(), owner="dave")

    def statuses() -> dict[str, str]:
        found = {owner: stage.catalog.get(owner, image_id) for owner, image_id in images.items()}
        return {owner: record.status for owner, record in found.items() if record}

    stage.run()
    assert statuses() == {"bob": "pending", "carol": "done"}  # hers waits for her own model
    assert len(read_messages()) == 1
    completion = Completion(ResultSummary(160, 120, ()), 1, NOW, LATER)
    assert stage.catalog.complete("bob", images["bob"], completion)
    stage.run()
    assert {each.owner for each in stage.catalog.waiting_owners.all()} == {"bob", "carol"}  # it's too early
    stage.pass_time(minutes=61)
    stage.catalog.active_models.touch(None, MODEL_ID)
    stage.run()
    assert {each.owner for each in stage.catalog.waiting_owners.all()} == {"carol"}


def test_at_most_a_number_of_waiting_images_is_recognized_in_a_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, read_messages: Callable[[], list[Any]]
) -> None:
    monkeypatch.setattr(running, "MAX_WAITING", 3)
    add(stage, "running", "RUNNING", running_since=NOW, scope="stack")
    for number, owner in enumerate(("bob", "bob", "dave", "dave")):
        stage.store(number, OwnData(), is_waiting=True, owner=owner)
    for expected in (3, 4):
        stage.run()
        assert len(read_messages()) == expected


def test_a_model_is_deleted_step_by_step(stage: Stage) -> None:
    run_active(stage)
    stage.catalog.models.change(stage.model(), status="deleting")
    stage.put(f"models/alice/{MODEL_ID}/train.manifest", "{}")
    stage.run()
    assert stage.catalog.active_models.get("alice") is None
    assert stage.projects.calls == [("stop", VERSION)]
    stage.projects.set_version(status="STOPPED")
    stage.run()
    assert stage.projects.calls[1:] == [
        ("delete_version", VERSION),
        ("delete_dataset", f"{PROJECT}/TRAIN"),
        ("delete_project", PROJECT),
    ]
    assert (stage.catalog.models.all(), stage.keys()) == ([], [])


def test_a_training_is_awaited_before_its_model_is_deleted(stage: Stage) -> None:
    add(stage, "deleting", "TRAINING_IN_PROGRESS")
    stage.run()
    assert stage.projects.calls == []
    assert stage.model().message == (
        "It is deleted when its training has ended. AWS can't cancel a training."
    )


def test_a_model_without_a_project_is_deleted_at_once(stage: Stage) -> None:
    stage.add_model(status="deleting")
    stage.run()
    assert stage.catalog.models.all() == []


def test_models_at_rest_are_left_alone(stage: Stage) -> None:
    for number, status in enumerate(("stopped", "failed")):
        stage.add_model(id=f"{number:016x}", status=status)
    assert stage.run() == Summary(advanced=0, leased=0)


def test_a_leased_model_is_left_alone(stage: Stage) -> None:
    add(stage, "starting", "STOPPED")
    assert stage.catalog.models.lease(stage.model(), "other run", 60)
    assert stage.run() == Summary(advanced=0, leased=1)
    stage.pass_time(seconds=61)
    assert stage.run() == Summary(advanced=1, leased=0)
    assert stage.catalog.models.lease(stage.model(), "other run", 60)  # the run has released it


def test_an_error_does_not_stop_the_other_models(stage: Stage) -> None:
    add(stage, "starting", "STOPPED")
    stage.add_model(id="b" * 16, status="deleting", created_at=NOW + timedelta(seconds=1))
    stage.projects.error = RuntimeError("a bug")
    with pytest.raises(NotAdvanced, match=r"^1 of 2 models$"):
        stage.run()
    assert [model.id for model in stage.catalog.models.all()] == [MODEL_ID]


def test_a_deletion_that_has_to_wait_is_repeated(stage: Stage) -> None:
    add(stage, "deleting", "STOPPED")
    stage.projects.error = NotYet("AWS has reached a limit.")
    stage.run()
    assert (stage.model().status, stage.model().message) == ("deleting", "AWS has reached a limit.")
    stage.run()
    assert stage.catalog.models.all() == []


@pytest.mark.parametrize("error", [NotYet("AWS has reached a limit."), Refused("AWS refused: no.")])
def test_the_reason_to_wait_is_gone_when_a_model_goes_on(stage: Stage, error: Exception) -> None:
    add(stage, "deleting", "RUNNING")
    stage.projects.error = error
    with contextlib.suppress(NotAdvanced):
        stage.run()
    assert stage.model().message == str(error)
    stage.run()
    assert (stage.model().message, stage.projects.calls) == (None, [("stop", VERSION)])


def test_why_a_model_is_stopped_stays_until_it_is(stage: Stage) -> None:
    add(stage, "stopping", "STOPPING", message="It was idle.")
    stage.run()
    assert (stage.model().status, stage.model().message) == ("stopping", "It was idle.")
    stage.projects.set_version(status="STOPPED")
    stage.run()
    assert (stage.model().status, stage.model().message) == ("stopped", "It was idle.")


@pytest.mark.parametrize("status", ["deleting", "stopping"])
def test_a_refusal_that_is_repeated_is_an_error(stage: Stage, status: str) -> None:
    """Otherwise nobody would notice a model that goes on running, for example."""
    add(stage, status, "RUNNING")
    stage.projects.error = Refused("AWS refused: no.")
    with pytest.raises(NotAdvanced, match=r"^1 of 1 models$"):
        stage.run()
    assert (stage.model().status, stage.model().message) == (status, "AWS refused: no.")
    stage.run()
    assert stage.projects.calls == [("stop", VERSION)]
