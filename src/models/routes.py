"""The routes for models: parse, one call, map the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.auth import get_owner, is_in_group
from common.errors import NotFound
from common.http import Response, json_response
from common.logs import add_log_keys
from models.requests import parse_model
from models.views import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.views import ModelService

Event = dict[str, Any]


def respond(event: Event, service: ModelService, admin_group: str | None) -> Response:
    """Call the function of the event's route. Raises NotFound if there is none."""
    route = ROUTES.get(event["routeKey"])
    if route is None:
        raise NotFound("This address doesn't exist.")
    person = Person(get_owner(event), is_in_group(event, admin_group))
    add_log_keys(owner=person.owner)
    return route(event, service, person)


def list_models(event: Event, service: ModelService, person: Person) -> Response:
    """Return the models that the person sees."""
    return json_response(200, service.list_models(person))


def get_model(event: Event, service: ModelService, person: Person) -> Response:
    """Return a model with the pictures that it got wrong."""
    return json_response(200, {"model": service.view(person, event["pathParameters"]["id"])})


def create_model(event: Event, service: ModelService, person: Person) -> Response:
    """Return an estimate or, if the request is confirmed, the new model."""
    request = parse_model(event)
    if not request.is_confirmed:
        return json_response(200, {"estimate": service.estimate(person, request)})
    return json_response(202, {"model": service.create(person, request)})


def start_model(event: Event, service: ModelService, person: Person) -> Response:
    """Ask for a model to be started."""
    return json_response(202, {"model": service.start(person, event["pathParameters"]["id"])})


def stop_model(event: Event, service: ModelService, person: Person) -> Response:
    """Ask for a model to be stopped."""
    return json_response(202, {"model": service.stop(person, event["pathParameters"]["id"])})


def delete_model(event: Event, service: ModelService, person: Person) -> Response:
    """Ask for a model to be deleted."""
    return json_response(202, {"model": service.delete(person, event["pathParameters"]["id"])})


ROUTES: dict[str, Callable[[Event, ModelService, Person], Response]] = {
    "GET /models": list_models,
    "POST /models": create_model,
    "GET /models/{id}": get_model,
    "DELETE /models/{id}": delete_model,
    "POST /models/{id}/start": start_model,
    "POST /models/{id}/stop": stop_model,
}
