"""The routes: one function each, from the event to the response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.bodies import image_body
from common.auth import get_owner, get_reviewer
from common.errors import NotFound
from common.http import Response, json_response, no_content, operation
from common.logs import add_log_keys
from common.object_keys import is_image_id
from images.batches import ROUTE as BATCH
from images.batches import is_waiting, parse_batch, run_batch
from images.own_data import parse_patch
from images.preconditions import entity_tag, parse_if_match
from images.queries import parse_query, parse_similar_query, parse_terms_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from images.views import ImageService

Event = dict[str, Any]

_RETRY_AFTER = {"retry-after": "1"}  # seconds until the result of a pending image may be there


def respond(event: Event, service: ImageService) -> Response:
    """Call the function of the event's route. Raises NotFound if there is none."""
    route = ROUTES.get(operation(event))
    if route is None:
        raise NotFound("This address doesn't exist.")
    owner = get_owner(event)
    add_log_keys(owner=owner)
    image_id = event.get("pathParameters", {}).get("id", "")
    if is_image_id(image_id):  # otherwise it is whatever the client sent
        add_log_keys(imageId=image_id)
    return route(event, service, owner)


def list_images(event: Event, service: ImageService, owner: str) -> Response:
    """Return a page of images."""
    return json_response(200, service.list_images(owner, parse_query(event)))


def get_image(event: Event, service: ImageService, owner: str) -> Response:
    """Return the image, its result and its links; while it is pending, also when to ask again."""
    view = service.view(owner, event["pathParameters"]["id"])
    body = {"image": image_body(view.image), "result": view.result, "links": view.links}
    headers = {"etag": entity_tag(view.image), **(_RETRY_AFTER if view.image.status == "pending" else {})}
    return json_response(200, body, headers)


def patch_image(event: Event, service: ImageService, owner: str) -> Response:
    """Change what the owner says about the image. Return it as it is then."""
    revisions = parse_if_match(event)
    edit = parse_patch(event, get_reviewer(event), service.clock())
    image = service.annotate(owner, event["pathParameters"]["id"], edit, revisions)
    service.merge_sometimes(owner)
    return json_response(200, {"image": image_body(image)}, {"etag": entity_tag(image)})


def change_images(event: Event, service: ImageService, owner: str) -> Response:
    """Act on several images. Return a result for each, and if one to get is pending, when to ask again."""
    batch = parse_batch(event, get_reviewer(event), service.clock())
    results = run_batch(service, owner, batch)
    return json_response(200, {"results": results}, _RETRY_AFTER if is_waiting(batch, results) else {})


def list_similar(event: Event, service: ImageService, owner: str) -> Response:
    """Return images that look like the image."""
    position = parse_similar_query(event)
    return json_response(200, service.list_similar(owner, event["pathParameters"]["id"], position))


def retry_image(event: Event, service: ImageService, owner: str) -> Response:
    """Return the image, and unless it is already done, when to ask for its result."""
    image = service.retry(owner, event["pathParameters"]["id"])
    body = {"image": image_body(image)}
    return json_response(200, body) if image.status == "done" else json_response(202, body, _RETRY_AFTER)


def delete_image(event: Event, service: ImageService, owner: str) -> Response:
    """Delete the image."""
    service.delete(owner, event["pathParameters"]["id"])
    service.merge_sometimes(owner)
    return no_content()


def list_labels(event: Event, service: ImageService, owner: str) -> Response:
    """Return the counts of all labels, colors, marks and months, the month's totals, and the quota."""
    return json_response(200, service.list_labels(owner))


def list_terms(event: Event, service: ImageService, owner: str) -> Response:
    """Return terms with their counts."""
    return json_response(200, service.list_terms(owner, parse_terms_query(event)))


ROUTES: dict[str, Callable[[Event, ImageService, str], Response]] = {
    "GET /images": list_images,
    "GET /images/{id}": get_image,
    "GET /images/{id}/similar": list_similar,
    "PATCH /images/{id}": patch_image,
    "DELETE /images/{id}": delete_image,
    "POST /images/{id}/retry": retry_image,
    BATCH: change_images,
    "GET /labels": list_labels,
    "GET /terms": list_terms,
}
