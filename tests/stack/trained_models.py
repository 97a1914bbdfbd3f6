"""What a person does to train a model, and what the trainer's schedule does every minute."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.shapes import draw
from tests.stack.client import ImageFile, wait_until

if TYPE_CHECKING:
    from tests.stack.client import Client, Response

KINDS = ("circle", "triangle")
REQUEST = {"name": "Shapes", "kind": "classification", "classes": [*KINDS]}


def file(kind: str, seed: int) -> ImageFile:
    return ImageFile(draw(kind, seed)[0], f"{kind}-{seed}.png", "image/png")


def collect(user: Client, number: int) -> list[ImageFile]:
    """Upload and tag so many pictures of each kind."""
    found = []
    for kind in KINDS:
        images = [file(kind, seed) for seed in range(number)]
        for image in images:
            user.upload(image)
        for image in images:
            assert user.wait_until_processed(image)["image"]["status"] == "done"
        user.batch("tag", *(image.id for image in images), tags=[kind])
        found += images
    return found


def ask(user: Client, **fields: Any) -> Response:
    return user.call("POST", "/models", json.dumps({**REQUEST, **fields}).encode())


def run_trainer(user: Client) -> None:
    result = user.stack.functions.invoke("TrainerFunction", {})
    assert not result.failed, result.error


def wait_for(user: Client, model_id: str, status: str) -> dict[str, Any]:
    """Run the trainer, as the schedule does every minute, until a model has a status."""

    def attempt() -> dict[str, Any] | None:
        run_trainer(user)
        model: dict[str, Any] = user.call("GET", f"/models/{model_id}").document["model"]
        assert model["status"] != "failed", model["message"]
        return model if model["status"] == status else None

    return wait_until(attempt)


def wait_until_gone(user: Client, model_id: str) -> None:
    """Run the trainer until a model that is being deleted is gone."""

    def is_gone() -> bool | None:
        run_trainer(user)
        return user.call("GET", f"/models/{model_id}").status == 404 or None

    wait_until(is_gone)
