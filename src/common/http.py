"""HTTP API requests and answers (payload format 2.0)."""

from __future__ import annotations

import base64
import binascii
import functools
import json
import logging
from typing import TYPE_CHECKING, Any, NoReturn

from common.errors import InternalError, InvalidRequest, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Answer = dict[str, Any]

_log = logging.getLogger(__name__)


def body_text(event: Mapping[str, Any]) -> str:
    """Return the request's body, decoded where the API sent it as base64, as it does by content type."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body)
    try:
        return base64.b64decode(body, validate=True).decode()
    except (binascii.Error, ValueError):
        raise InvalidRequest("The body is not text in UTF-8. Send a JSON object.") from None


def json_object(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON object in the request's body; InvalidRequest where there is none."""
    text = body_text(event)
    if not text.strip():
        raise InvalidRequest("The body is empty. Send a JSON object.")
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # the latter: a body of nothing but brackets
        raise InvalidRequest("The body is not valid JSON. Send a JSON object.") from None
    if not isinstance(value, dict):
        raise InvalidRequest("The body is not a JSON object. Send the fields between { and }.")
    return value


def quoted(text: str) -> str:
    """Quote what a request said for use in a sentence: on one line, in ASCII, not for ever."""
    return json.dumps(text if len(text) <= 40 else f"{text[:40]}…")


def json_response(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with JSON, never to be cached: it changes, and its links run out."""
    return _response(status, body, {"content-type": "application/json", **(headers or {})})


def no_content() -> Answer:
    """Answer that it is done, and that there is nothing to tell."""
    return {"statusCode": 204, "headers": {"cache-control": "no-store"}}


def problem_response(problem: Problem) -> Answer:
    """Answer with a problem."""
    return _response(problem.status, problem.body(), {"content-type": "application/problem+json"})


def answering(handler: Callable[[dict[str, Any], Any], Answer]) -> Callable[[dict[str, Any], Any], Answer]:
    """Let a handler raise problems; whatever else it raises is logged and told as an internal error."""

    @functools.wraps(handler)
    def answer(event: dict[str, Any], context: Any) -> Answer:
        try:
            return handler(event, context)
        except Problem as problem:
            _log.info(
                "refused", extra={"status": problem.status, "code": problem.code, "detail": problem.detail}
            )
            return problem_response(problem)
        except Exception:  # the process boundary: past it the API would say only "Internal Server Error"
            _log.exception("failed")
            return problem_response(InternalError())

    return answer


def _response(status: int, body: Any, headers: Mapping[str, str]) -> Answer:
    return {
        "statusCode": status,
        "headers": {**headers, "cache-control": "no-store"},
        # ASCII only, since half a surrogate pair, if a request sent one, could not be encoded
        "body": json.dumps(body, separators=(",", ":"), allow_nan=False),
        "isBase64Encoded": False,
    }


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise InvalidRequest(f"The field {quoted(name)} is there twice. Send each field once.")
        members[name] = value
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidRequest(f"{name} is not valid JSON. Send a number.")
