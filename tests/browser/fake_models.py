"""A fake API with the custom models of an owner, and the page's setting that they are on."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from tests.browser.fake_library import fulfill_json, fulfill_problem
from tests.browser.support import fulfill

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from local.stack import Stack
    from tests.browser.support import Json

ADVICE_URL = "https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/limits.html"
NEXT_STATUS = {"start": "starting", "stop": "stopping"}
BUSY = "Another model is running. Stop it first."


def model_id(number: int) -> str:
    return f"{number:016x}"


@dataclass
class FakeModels:
    """Models by id. A request changes the status only; `change` does what the trainer does later."""

    stack: Stack
    models: dict[str, Json] = field(default_factory=dict)
    requests: list[tuple[str, str, Json | None]] = field(default_factory=list)  # method, path, body
    estimate: Json = field(default_factory=lambda: estimate())
    busy: bool = False  # whether another model of the stack is running
    can_use_scope_stack: bool = False
    active_for_everyone: Json | None = None  # the stack's, which isn't listed

    def serve(self, page: Page) -> Self:
        """Turn the models on, and answer for them, from the next time that the page is loaded."""
        api = re.escape(self.stack.api_url.rstrip("/"))
        set_models(page, True)
        page.route(re.compile(rf"{api}/models(/|$)"), self._respond)
        return self

    def add(self, number: int, **fields: Any) -> Json:
        image_counts = {"training": 40, "test": 10}
        model = {
            "id": model_id(number),
            "name": f"Model {number}",
            "kind": "classification",
            "classes": ["cup", "plate"],
            "scope": "owner",
            "status": "stopped",
            "isActive": False,
            "createdAt": "2026-11-20T12:00:00.000Z",
            "images": image_counts,
            "message": None,
            "evaluation": None,
            "runningSince": None,
            "usedAt": None,
            "cost": {"training": 1.5, "running": 0},
        }
        return self.models.setdefault(model_id(number), model | fields)

    def change(self, number: int, **fields: Any) -> None:
        self.models[model_id(number)] |= fields

    def _respond(self, route: Route) -> None:
        method, path = route.request.method, urlsplit(route.request.url).path
        if method == "OPTIONS":
            fulfill(route, status=204)
            return
        body = json.loads(route.request.post_data) if route.request.post_data else None
        self.requests.append((method, path, body))
        _, _, identifier, action, *_ = [*path.split("/"), "", ""]
        model = self.models.get(identifier)
        if not identifier:
            self._collection(route, body)
        elif model is None:
            fulfill_problem(route, 404, "not-found", "This model doesn't exist.")
        elif action and self.busy:
            fulfill_problem(route, 409, "model-busy", BUSY)
        else:
            if method != "GET":
                model["status"] = NEXT_STATUS.get(action, "deleting")
            fulfill_json(route, {"model": model})

    def _collection(self, route: Route, body: Json | None) -> None:
        if body is None:
            prices = {"trainingHour": 1, "runningHour": 4}
            listed = [
                model | {"evaluation": without_wrong(model)} for model in reversed(self.models.values())
            ]
            own = [{"id": each["id"], "name": each["name"]} for each in listed if each["isActive"]]
            more = {
                "idleMinutes": 30,
                "canUseScopeStack": self.can_use_scope_stack,
                "active": own or [*filter(None, [self.active_for_everyone])],
            }
            fulfill_json(route, {"models": listed, "prices": prices, **more})
        elif not body.get("confirm"):
            fulfill_json(route, {"estimate": self.estimate})
        elif any(model["name"] == body["name"] for model in self.models.values()):
            fulfill_problem(route, 409, "model-exists", "You have a model of this name. Choose another.")
        else:
            fields = {name: body[name] for name in ("name", "kind", "classes")}
            cost = {"training": 0, "running": 0}
            number = len(self.models)
            fulfill_json(route, {"model": self.add(number, **fields, status="preparing", cost=cost)})


def without_wrong(model: Json) -> Json | None:
    evaluation = model["evaluation"]
    return evaluation and {name: value for name, value in evaluation.items() if name != "wrong"}


def estimate(*problems: Json) -> Json:
    message = "Rekognition learns better from at least 100 pictures of a class."
    advice = [{"code": "few-images", "class": "plate", "message": message, "url": ADVICE_URL}]
    return {
        "classes": [
            {"name": "cup", "images": 30, "boxes": 41},
            {"name": "plate", "images": 20, "boxes": 20},
        ],
        "training": 40,
        "test": 10,
        "problems": list(problems),
        "advice": advice,
        "cost": {"least": 0.5, "most": 24},
        "hours": {"least": 0.5, "most": 24},
    }


def evaluation(*wrong: Json) -> Json:
    counts = {"training": 20, "test": 5}
    scores = [
        {"name": "cup", "precision": 1, "recall": 0.9, "f1": 0.95, "threshold": 0.62, "images": counts},
        {"name": "plate", "precision": 0.5, "recall": 0.4, "f1": 0.44, "threshold": 0.3, "images": counts},
    ]
    return {"f1": 0.92, "classes": scores, "wrong": list(wrong)}


def set_models(page: Page, are_on: bool) -> None:
    """Turn the models on or off, from the next time that the page is loaded."""

    def respond(route: Route) -> None:
        settings = route.fetch().json()
        del settings["engine"]  # an English sentence of the local stack
        route.fulfill(json=settings | {"models": are_on})

    page.route("**/config.json", respond)
