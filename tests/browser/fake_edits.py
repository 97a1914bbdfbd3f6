"""What changes the images of a fake library: edits of own data, retries, and the actions of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.support import NOT_FOUND

if TYPE_CHECKING:
    from tests.browser.fake_library import FakeLibrary
    from tests.browser.support import Json

DECIDED = {"by": "alice@example.com", "at": "2026-11-20T12:00:00.000Z"}


def annotate(image: Json, fields: Json) -> None:
    """Apply the fields of a PATCH."""
    image |= fields
    if fields.get("decision"):
        image["decision"] = {"value": fields["decision"], **DECIDED}
    if "boxes" in fields:
        image["tags"] = list(
            dict.fromkeys([*image["tags"], *(box["class"] for box in fields["boxes"] or [])])
        )
    image["revision"] += 1


def reopen(image: Json) -> None:
    """Make an image pending, as a retry does."""
    image.pop("reason", None)
    image |= {"status": "pending", "processedAt": None, "received": True}


def act(library: FakeLibrary, identifier: str, body: Json) -> Json:
    """Perform the action of a batch on one image. Return its result."""
    problem = library.batch_problems.get(identifier)
    if identifier not in library.images:
        problem = (404, "not-found", NOT_FOUND)
    if problem:
        status, code, detail = problem
        return {"id": identifier, "status": status, "code": code, "detail": detail}
    image = library.images[identifier]
    match body["action"]:
        case "get":
            return {"id": identifier, "status": 200, "image": library.listed(image)}
        case "delete":
            library.deleted_ids.append(identifier)
            del library.images[identifier]
            return {"id": identifier, "status": 204}
        case "retry":
            library.retried_ids.append(identifier)
            reopen(image)
            return {"id": identifier, "status": 202, "image": image}
        case "tag":
            annotate(image, {"tags": list(dict.fromkeys([*image["tags"], *body["tags"]]))})
        case "untag":
            annotate(image, {"tags": [tag for tag in image["tags"] if tag not in body["tags"]]})
        case "decide":
            annotate(image, {"decision": body["decision"]})
    return {"id": identifier, "status": 200, "image": image}
