"""GET /images/{id}."""

from __future__ import annotations

import functools
import os
from typing import Any

from images.views import Service, view_image
from pipeline.catalog import Catalog
from pipeline.http import Answer, answering, json_response
from pipeline.owners import owner_of
from pipeline.records import image_body
from pipeline.settings import ImagesSettings
from pipeline.storage import Storage


@functools.cache
def service() -> Service:
    """Build the adapters, once for each cold start."""
    settings = ImagesSettings.from_env(os.environ)
    return Service(settings, Storage.from_env(), Catalog.from_env(settings.catalog_table))


@answering
def handler(event: dict[str, Any], context: object) -> Answer:
    """Answer an HTTP API request."""
    return respond(event, service())


def respond(event: dict[str, Any], service: Service) -> Answer:
    """Answer with the image, its result and its links; while it is pending, say when to ask again."""
    view = view_image(service, owner_of(event), (event.get("pathParameters") or {}).get("id", ""))
    body = {"image": image_body(view.image), "result": view.result, "links": view.links}
    return json_response(200, body, {"retry-after": "1"} if view.image.status == "pending" else None)
