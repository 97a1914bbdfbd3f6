"""GET and DELETE /images, GET /labels."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

from catalog.catalog import Catalog
from catalog.records import image_body
from common.auth import owner_of
from common.errors import NotFound
from common.http import Answer, answering, json_response, no_content
from common.settings import ImagesSettings
from common.storage import Storage
from images.deletions import delete_image
from images.lists import view_images, view_labels
from images.queries import parse_query
from images.service import Service
from images.views import view_image

if TYPE_CHECKING:
    from collections.abc import Callable

Event = dict[str, Any]


@functools.cache
def service() -> Service:
    """Build the adapters, once for each cold start."""
    settings = ImagesSettings.from_env(os.environ)
    return Service(settings, Storage.from_env(), Catalog.from_env(settings.catalog_table))


@answering
def handler(event: Event, context: object) -> Answer:
    """Answer an HTTP API request."""
    respond = ROUTES.get(event["routeKey"])
    if respond is None:
        raise NotFound("There is nothing at this address.")
    return respond(event, service(), owner_of(event))


def list_images(event: Event, service: Service, owner: str) -> Answer:
    """Answer with a page of images."""
    return json_response(200, view_images(service, owner, parse_query(event)))


def get_image(event: Event, service: Service, owner: str) -> Answer:
    """Answer with the image, its result and its links; while it is pending, say when to ask again."""
    view = view_image(service, owner, event["pathParameters"]["id"])
    body = {"image": image_body(view.image), "result": view.result, "links": view.links}
    return json_response(200, body, {"retry-after": "1"} if view.image.status == "pending" else None)


def delete(event: Event, service: Service, owner: str) -> Answer:
    """Answer with nothing, once nothing is left."""
    delete_image(service, owner, event["pathParameters"]["id"])
    return no_content()


def list_labels(event: Event, service: Service, owner: str) -> Answer:
    """Answer with all labels."""
    return json_response(200, view_labels(service, owner))


ROUTES: dict[str, Callable[[Event, Service, str], Answer]] = {
    "GET /images": list_images,
    "GET /images/{id}": get_image,
    "DELETE /images/{id}": delete,
    "GET /labels": list_labels,
}
