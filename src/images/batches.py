"""POST /images/batch: one action on up to 100 images, with a result for each."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from catalog.bodies import image_body
from common.errors import InvalidRequest, NotFinished
from common.http import json_object, log_problem, quoted
from common.logs import add_log_keys, with_log_keys
from common.object_keys import is_image_id
from images.own_data import (
    Edit,
    check_visible,
    decision_edit,
    parse_decision,
    parse_tags,
    tag_edit,
    untag_edit,
)
from images.views import image_not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from catalog.records import ImageRecord
    from common.errors import Problem
    from images.views import ImageService

ROUTE = "POST /images/batch"
MAX_IDS = 100
SECONDS = 20.0  # then the response says what isn't finished; the template's timeout leaves time to write it
_THREADS = 8  # half of the connections of the SDK's clients
GET = "get"
# The actions, each with the field that it needs
ACTIONS: dict[str, str | None] = {
    GET: None,
    "delete": None,
    "tag": "tags",
    "untag": "tags",
    "decide": "decision",
    "retry": None,
}


@dataclass(frozen=True)
class Batch:
    """An action on images, each named once; `edit` is that of an action that edits own data."""

    ids: tuple[str, ...]
    action: str
    edit: Edit | None


def parse_batch(event: Mapping[str, Any], reviewer: str, time: datetime) -> Batch:
    """Parse and validate the request. Raises InvalidRequest about the first thing that is wrong with it."""
    fields = json_object(event)
    action = fields.get("action")
    if not isinstance(action, str) or action not in ACTIONS:
        raise InvalidRequest(f"action must be one of {', '.join(ACTIONS)}.")
    needed = ACTIONS[action]
    allowed = ("ids", "action", *([needed] if needed else []))
    for name in fields:
        if name not in allowed:
            raise InvalidRequest(f"The field {quoted(name)} isn't for {action}. Use {', '.join(allowed)}.")
    if needed and needed not in fields:
        raise InvalidRequest(f"The action {action} needs the field {needed}.")
    return Batch(_parse_ids(fields.get("ids")), action, _parse_edit(action, fields, reviewer, time))


def run_batch(
    service: ImageService, owner: str, batch: Batch, seconds: float = SECONDS
) -> list[dict[str, Any]]:
    """Act on each image, and return the results in the order of the ids.

    An image whose action isn't finished after these seconds gets a result that says so. Actions that haven't
    begun by then never do. One that has may still finish: each is safe to interrupt and to repeat.
    """
    started = time.monotonic()
    if batch.action == GET:
        act = partial(_show, service, service.get_many(owner, batch.ids))
    else:
        act = partial(_change, service, owner, batch)
    executor = ThreadPoolExecutor(_THREADS)
    futures = {image_id: executor.submit(with_log_keys(_act), act, image_id) for image_id in batch.ids}
    wait(futures.values(), seconds)
    executor.shutdown(wait=False, cancel_futures=True)
    results = [_result(image_id, future) for image_id, future in futures.items()]
    if batch.action != GET and time.monotonic() - started < seconds / 2:  # otherwise a later change merges
        service.merge_sometimes(owner, sum(result["status"] < 300 for result in results))
    return results


def is_waiting(batch: Batch, results: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether a batch got an image that is pending."""
    images = [result["image"] for result in results if "image" in result]
    return batch.action == GET and any(image["status"] == "pending" for image in images)


def _parse_ids(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_IDS:
        raise InvalidRequest(f"ids must be an array of 1 to {MAX_IDS} image ids.")
    if not all(isinstance(image_id, str) and is_image_id(image_id) for image_id in value):
        raise InvalidRequest("Each of ids must be 64 lowercase hexadecimal digits.")
    return tuple(dict.fromkeys(value))


def _parse_edit(action: str, fields: Mapping[str, Any], reviewer: str, time: datetime) -> Edit | None:
    if action == "decide":
        return decision_edit(parse_decision(fields["decision"]), reviewer, time)
    if action in ("tag", "untag"):
        tags = parse_tags(fields["tags"])
        if not fields["tags"]:
            raise InvalidRequest("tags must have at least one tag.")
        check_visible(fields["tags"])
        return tag_edit(tags) if action == "tag" else untag_edit(tags)
    return None


def _act(act: Callable[[str], dict[str, Any]], image_id: str) -> dict[str, Any]:
    add_log_keys(imageId=image_id)
    try:
        return act(image_id)
    except Exception as error:  # whatever it is, the others go on, and this one gets its result
        return _failure(log_problem(error, ROUTE))


def _show(service: ImageService, records: Mapping[str, ImageRecord], image_id: str) -> dict[str, Any]:
    if image_id not in records:
        raise image_not_found()
    return _success(200, service.listed(service.recover_if_overdue(records[image_id])))


def _change(service: ImageService, owner: str, batch: Batch, image_id: str) -> dict[str, Any]:
    if batch.edit:
        return _success(200, image_body(service.annotate(owner, image_id, batch.edit)))
    if batch.action == "retry":
        image = service.retry(owner, image_id)
        return _success(202 if image.status == "pending" else 200, image_body(image))
    service.delete(owner, image_id)
    return {"status": 204}


def _success(status: int, image: Mapping[str, Any]) -> dict[str, Any]:
    return {"status": status, "image": image}


def _failure(problem: Problem) -> dict[str, Any]:
    return {"status": problem.status, "code": problem.code, "detail": problem.detail}


def _result(image_id: str, future: Future[dict[str, Any]]) -> dict[str, Any]:
    is_finished = future.done() and not future.cancelled()
    return {"id": image_id, **(future.result() if is_finished else _failure(NotFinished()))}
