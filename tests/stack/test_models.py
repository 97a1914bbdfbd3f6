"""A person trains a model with their own pictures, runs it, and deletes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.object_keys import model_images_prefix, owner_models_prefix
from tests.stack.client import wait_until
from tests.stack.trained_models import KINDS, ask, collect, file, run_trainer, wait_for, wait_until_gone

if TYPE_CHECKING:
    from tests.stack.client import Client


@pytest.fixture
def collected(user: Client) -> Client:
    """A user with ten pictures of each kind, tagged."""
    collect(user, 10)
    return user


def stored(user: Client, prefix: str) -> list[str]:
    found = user.s3.list_objects_v2(Bucket=user.output, Prefix=prefix)
    return [each["Key"] for each in found.get("Contents", [])]


def test_a_model_is_trained_run_and_deleted(collected: Client, bob: Client) -> None:
    user = collected
    estimate = ask(user).document["estimate"]
    assert estimate["classes"] == [{"name": kind, "images": 10, "boxes": 0} for kind in KINDS]
    assert (estimate["training"], estimate["test"], estimate["problems"]) == (16, 4, [])
    assert user.call("GET", "/models").document["models"] == []

    created = ask(user, confirm=True)
    model = created.document["model"]
    assert (created.status, model["status"]) == (202, "preparing")
    again = ask(user, name="shapes", confirm=True)
    assert (again.status, again.document["code"]) == (409, "model-exists")
    early = user.call("POST", f"/models/{model['id']}/start")
    assert (early.status, early.document["code"]) == (409, "model-busy")

    trained = wait_for(user, model["id"], "stopped")
    assert trained["images"] == {"training": 16, "test": 4}
    assert trained["evaluation"]["f1"] > 0.5
    assert [each["images"] for each in trained["evaluation"]["classes"]] == [{"training": 8, "test": 2}] * 2
    assert stored(user, model_images_prefix(user.owner, model["id"])) == []

    assert user.call("POST", f"/models/{model['id']}/start").document["model"]["status"] == "starting"
    running = wait_for(user, model["id"], "running")
    assert (running["isActive"], running["runningSince"] is None) == (True, False)
    assert user.call("GET", "/models").document["active"] == [{"id": model["id"], "name": model["name"]}]
    image = file("circle", 100)
    result = user.recognize(image)["result"]
    assert [label["Name"] for label in result["CustomLabels"]] == ["circle"]
    assert user.image_ids(q="label:circle") == [image.id]

    assert bob.call("GET", f"/models/{model['id']}").status == 404
    assert user.call("POST", f"/models/{model['id']}/stop").document["model"]["status"] == "stopping"
    assert wait_for(user, model["id"], "stopped")["isActive"]

    waiting = file("triangle", 100)
    user.recognize(waiting)
    assert user.image_ids(q="is:waiting") == [waiting.id]
    user.call("POST", f"/models/{model['id']}/start")
    wait_for(user, model["id"], "running")
    run_trainer(user)
    wait_until(lambda: user.image_ids(q="-is:waiting label:triangle") == [waiting.id] or None)

    assert user.call("DELETE", f"/models/{model['id']}").document["model"]["status"] == "deleting"

    wait_until_gone(user, model["id"])
    assert stored(user, owner_models_prefix(user.owner)) == []
    assert user.call("GET", "/models").document["models"] == []


def test_the_routes_check_what_people_send(user: Client) -> None:
    invalid = ask(user, confirm=True)
    assert (invalid.status, invalid.document["code"]) == (400, "invalid-dataset")
    everyone = ask(user, scope="stack")
    assert (everyone.status, everyone.document["code"]) == (403, "not-permitted")
    assert user.call("GET", "/models/0123456789abcdef").status == 404
