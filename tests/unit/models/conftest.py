from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from catalog.records import Box, ImageRecord, OwnData
from common.http import handle_errors
from common.settings import Group, ModelsSettings
from models.routes import respond
from models.views import ModelService
from tests.contract import check_response
from tests.unit.support import NOW, TABLE, completion, http_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.catalog import Catalog

ADMINS = "model-admins"
SETTINGS = ModelsSettings(TABLE, model_idle_minutes=30, model_admin_group=Group(ADMINS))


@pytest.fixture
def service(catalog: Catalog) -> ModelService:
    return ModelService(SETTINGS, catalog, clock=lambda: NOW)


@pytest.fixture
def send(service: ModelService) -> Callable[..., tuple[int, Any]]:
    """Send a request to a route. Return the status and the body, which is checked against the contract."""

    def send(
        route: str,
        body: Any = None,
        *,
        model_id: str | None = None,
        owner: str = "alice",
        groups: Any = None,
    ) -> tuple[int, Any]:
        event = http_event(route, owner=owner)
        if groups is not None:
            event["requestContext"]["authorizer"]["jwt"]["claims"]["cognito:groups"] = groups
        if body is not None:
            event["body"] = json.dumps(body)
        if model_id is not None:
            event["pathParameters"] = {"id": model_id}
        handler = handle_errors(lambda event, _: respond(event, service, SETTINGS.model_admin_group))
        response = handler(event, None)
        document = json.loads(response["body"])
        check_response(route, {**response, "body": document})
        return response["statusCode"], document

    return send


@pytest.fixture
def store(catalog: Catalog) -> Callable[..., str]:
    """Create an image that is done, with tags and boxes of classes. Return its id."""
    numbers = iter(range(10_000))

    def store(*tags: str, boxes: tuple[str, ...] = (), owner: str = "alice") -> str:
        image_id = f"{next(numbers):064x}"
        catalog.start(ImageRecord(owner, image_id, "pending", "cat.jpg", "image/jpeg", 1000, NOW))
        assert catalog.complete(owner, image_id, completion())
        own = OwnData(tags=(*tags, *boxes), boxes=tuple(Box(name, 0.1, 0.2, 0.3, 0.4) for name in boxes))
        catalog.annotate(owner, image_id, lambda _: own)
        return image_id

    return store
