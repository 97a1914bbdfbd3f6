"""The routes for models: estimates, new models, and the statuses that people ask for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import pytest

from catalog.active_models import ActiveModel
from catalog.model_records import ClassEvaluation, Evaluation, ModelRecord, WrongImage
from images.own_data import MAX_TAG
from models.requests import FIELDS, MAX_NAME
from models.routes import ROUTES
from models.rules import MAX_CLASSES
from tests.contract import SCHEMAS, operations
from tests.unit.models.conftest import ADMINS
from tests.unit.support import IMAGE_ID, NOW, NOW_TEXT
from trainer.evaluation import MAX_WRONG

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog

    Send = Callable[..., tuple[int, Any]]
    Store = Callable[..., str]

REQUEST = {"name": "Parts", "kind": "classification", "classes": ["good", "bad"]}
NEW = {
    "name": "Parts",
    "kind": "classification",
    "classes": ["good", "bad"],
    "scope": "owner",
    "status": "preparing",
    "isActive": False,
    "createdAt": NOW_TEXT,
    "images": {"training": 0, "test": 0},
    "message": None,
    "evaluation": None,
    "runningSince": None,
    "usedAt": None,
    "cost": {"training": 0.0, "running": 0.0},
}


@pytest.fixture
def collected(store: Store) -> None:
    """Two pictures of each class."""
    for name in ("good", "Bad") * 2:
        store(name)


def model(catalog: Catalog, **fields: Any) -> ModelRecord:
    """Create a model of Alice's that is trained."""
    given = {"owner": "alice", "id": "a" * 16, "name": "A", "scope": "owner", "status": "stopped", **fields}
    record = ModelRecord(kind="classification", classes=("good", "bad"), created_at=NOW, **given)
    assert catalog.models.create(record)
    return record


def activate(catalog: Catalog, record: ModelRecord, state: Literal["running", "stopped"] = "running") -> None:
    active = ActiveModel(record.id, "arn", state, int(NOW.timestamp()))
    catalog.active_models.set(record.active_owner, active)


def test_every_route_is_in_the_contract() -> None:
    assert {route for route in operations() if "/models" in route} == set(ROUTES)
    assert SCHEMAS["Model"]["properties"].keys() == {"id", *NEW}
    fields = SCHEMAS["ModelRequest"]["properties"]
    assert (tuple(fields), fields["classes"]["maxItems"]) == (FIELDS, MAX_CLASSES)
    assert SCHEMAS["ModelName"]["maxLength"] == MAX_NAME
    assert SCHEMAS["ModelClass"]["maxLength"] == MAX_TAG
    assert SCHEMAS["ModelEvaluation"]["properties"]["wrong"]["maxItems"] == MAX_WRONG


def test_an_estimate_counts_pictures_and_writes_nothing(send: Send, store: Store) -> None:
    store("good", "bad")
    store("GOOD")
    store("good", owner="bob")
    status, body = send("POST /models", REQUEST)
    assert status == 200
    assert body["estimate"]["classes"] == [
        {"name": "good", "images": 2, "boxes": 0},
        {"name": "bad", "images": 1, "boxes": 0},
    ]
    assert (body["estimate"]["training"], body["estimate"]["test"]) == (1, 1)
    assert [(each["code"], each["class"]) for each in body["estimate"]["problems"]] == [
        ("too-few-images", "bad")
    ]
    assert send("GET /models")[1]["models"] == []


def test_a_detection_counts_pictures_with_boxes(send: Send, store: Store) -> None:
    store("scratch")  # only the tag
    for _ in range(2):
        store(boxes=("scratch", "scratch"))
    _, body = send("POST /models", {"name": "S", "kind": "detection", "classes": ["Scratch"]})
    assert body["estimate"]["classes"] == [{"name": "Scratch", "images": 2, "boxes": 4}]
    assert body["estimate"]["problems"] == []


@pytest.mark.usefixtures("collected")
def test_a_confirmed_model_is_prepared(send: Send) -> None:
    status, body = send("POST /models", {**REQUEST, "confirm": True})
    model_id = body["model"]["id"]
    assert (status, body) == (202, {"model": {"id": model_id, **NEW}})
    assert send("GET /models") == (
        200,
        {
            "models": [body["model"]],
            "prices": {"trainingHour": 1.0, "runningHour": 4.0},
            "idleMinutes": 30,
            "canUseScopeStack": False,
            "active": [],
        },
    )
    assert send("GET /models/{id}", model_id=model_id) == (200, body)


@pytest.mark.usefixtures("collected")
def test_a_name_is_taken_once_whatever_its_case(send: Send, store: Store) -> None:
    assert send("POST /models", {**REQUEST, "confirm": True})[0] == 202
    status, body = send("POST /models", {**REQUEST, "name": "PARTS", "confirm": True})
    assert (status, body["code"]) == (409, "model-exists")
    assert body["detail"] == "You have a model “PARTS” already. Choose another name, or delete it."


def test_a_problem_refuses_a_confirmed_model(send: Send) -> None:
    status, body = send("POST /models", {**REQUEST, "confirm": True})
    assert (status, body["code"]) == (400, "invalid-dataset")
    assert body["detail"] == (
        "“good” needs at least 2 pictures with this tag, one to train with and one to test with. It has 0."
    )


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"name": " "}, "name must be a string of 1 to 50 characters, and not only spaces."),
        ({"name": "x" * 51}, "name must be a string of 1 to 50 characters, and not only spaces."),
        ({"kind": "x"}, 'kind must be "classification" or "detection".'),
        ({"classes": []}, "classes must be an array of 1 to 250 tags."),
        ({"classes": ["x"] * 251}, "classes must be an array of 1 to 250 tags."),
        ({"classes": [1]}, "tags must be an array of strings."),
        ({"scope": None}, 'scope must be "owner" or "stack".'),
        ({"confirm": 1}, "confirm must be true or false."),
        ({"size": 1}, 'The field "size" is unknown. Use name, kind, classes, scope, confirm.'),
    ],
)
def test_an_invalid_request_is_explained(send: Send, fields: dict[str, Any], detail: str) -> None:
    status, body = send("POST /models", {**REQUEST, **fields})
    assert (status, body["code"], body["detail"]) == (400, "invalid-request", detail)


def test_a_model_has_its_evaluation_cost_and_use(send: Send, catalog: Catalog) -> None:
    evaluation = Evaluation(0.75, (ClassEvaluation("good", 1.0, 0.5, 0.66, 0.4, training=8, test=2),))
    record = model(
        catalog,
        status="running",
        training_images=8,
        test_images=2,
        evaluation=evaluation,
        training_seconds=1800,
        running_since=NOW - timedelta(minutes=15),
    )
    catalog.models.put_wrong(record, [WrongImage(IMAGE_ID, ("good",), ())])
    activate(catalog, record)
    _, body = send("GET /models/{id}", model_id=record.id)
    found = body["model"]
    assert found["images"] == {"training": 8, "test": 2}
    assert found["cost"] == {"training": 0.5, "running": 1.0}
    assert (found["isActive"], found["usedAt"]) == (True, "2026-11-22T15:00:00.000Z")
    measured = {"precision": 1.0, "recall": 0.5, "f1": 0.66, "threshold": 0.4}
    classes = [{"name": "good", **measured, "images": {"training": 8, "test": 2}}]
    wrong = [{"id": IMAGE_ID, "expected": ["good"], "found": []}]
    assert found["evaluation"] == {"f1": 0.75, "classes": classes, "wrong": wrong}
    (listed,) = send("GET /models")[1]["models"]
    assert listed["evaluation"] == {"f1": 0.75, "classes": classes}


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("start", "stopped", "starting"),
        ("start", "starting", "starting"),
        ("start", "running", "running"),
        ("stop", "running", "stopping"),
        ("stop", "starting", "stopping"),
        ("stop", "stopped", "stopped"),
    ],
)
def test_a_model_is_asked_to_start_or_stop(
    send: Send, catalog: Catalog, action: str, before: str, after: str
) -> None:
    record = model(catalog, status=before)
    status, body = send(f"POST /models/{{id}}/{action}", model_id=record.id)
    assert (status, body["model"]["status"]) == (202, after)


@pytest.mark.parametrize(("action", "needed"), [("start", "stopped"), ("stop", "running")])
@pytest.mark.parametrize("before", ["preparing", "training", "failed", "deleting"])
def test_a_model_that_is_not_ready_refuses(
    send: Send, catalog: Catalog, action: str, needed: str, before: str
) -> None:
    record = model(catalog, status=before)
    status, body = send(f"POST /models/{{id}}/{action}", model_id=record.id)
    assert (status, body["code"]) == (409, "model-busy")
    assert body["detail"] == f"The model is {before}. You can {action} it when it is {needed}."


def test_one_model_of_a_scope_runs_at_a_time(send: Send, catalog: Catalog) -> None:
    mine = model(catalog)
    model(catalog, id="b" * 16, name="B", status="running", scope="stack", owner="bob")
    model(catalog, id="c" * 16, name="C", status="running", owner="carol")
    assert send("POST /models/{id}/start", model_id=mine.id)[0] == 202
    other = model(catalog, id="d" * 16, name="D")
    status, body = send("POST /models/{id}/start", model_id=other.id)
    assert (status, body["detail"]) == (409, "The model “A” is running. Stop it first.")


@pytest.mark.parametrize("before", ["preparing", "running", "failed", "deleting"])
def test_any_model_is_deleted(send: Send, catalog: Catalog, before: str) -> None:
    record = model(catalog, status=before)
    status, body = send("DELETE /models/{id}", model_id=record.id)
    assert (status, body["model"]["status"]) == (202, "deleting")


@pytest.mark.parametrize(
    "route", ["GET /models/{id}", "DELETE /models/{id}", "POST /models/{id}/start", "POST /models/{id}/stop"]
)
def test_other_peoples_models_do_not_exist(send: Send, catalog: Catalog, route: str) -> None:
    record = model(catalog)
    for owner, groups, model_id in (
        ("bob", None, record.id),
        ("bob", [ADMINS], record.id),
        ("alice", None, "f" * 16),
        ("alice", None, "x"),
    ):
        status, body = send(route, model_id=model_id, owner=owner, groups=groups)
        assert (status, body["code"]) == (404, "not-found")
    assert send("GET /models", owner="bob")[1]["models"] == []


def test_everyone_knows_whose_labels_their_pictures_get(send: Send, catalog: Catalog) -> None:
    def active(owner: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = send("GET /models", owner=owner)[1]["active"]
        return found

    assert active("bob") == []
    everyones = model(catalog, id="e" * 16, name="Everyone's", scope="stack", status="running")
    activate(catalog, everyones)
    own = model(catalog, status="running")
    activate(catalog, own)
    assert active("bob") == [{"id": everyones.id, "name": "Everyone's"}]
    assert active("alice") == [{"id": own.id, "name": "A"}]
    activate(catalog, own, "stopped")  # it still is her active model: the other one isn't asked
    assert active("alice") == []
    catalog.active_models.remove("alice", own.id)
    assert active("alice") == [{"id": everyones.id, "name": "Everyone's"}]


@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize("groups", [[ADMINS], f"[{ADMINS}]", f"[others {ADMINS}]"])
def test_administrators_share_the_models_of_the_stack(send: Send, groups: Any) -> None:
    request = {**REQUEST, "scope": "stack", "confirm": True}
    refused, problem = send("POST /models", request)
    assert (refused, problem["code"]) == (403, "not-permitted")
    status, body = send("POST /models", request, groups=groups)
    assert (status, body["model"]["scope"]) == (202, "stack")
    model_id = body["model"]["id"]
    listed = send("GET /models", owner="bob", groups=groups)[1]
    assert ([each["id"] for each in listed["models"]], listed["canUseScopeStack"]) == ([model_id], True)
    for route in ("POST /models/{id}/start", "POST /models/{id}/stop", "DELETE /models/{id}"):
        refused, problem = send(route, model_id=model_id)  # its maker has left the group
        assert (refused, problem["code"]) == (403, "not-permitted")
    assert send("DELETE /models/{id}", model_id=model_id, owner="bob", groups=groups)[0] == 202
