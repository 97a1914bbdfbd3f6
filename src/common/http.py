"""HTTP API requests and responses (payload format 2.0)."""

from __future__ import annotations

import base64
import binascii
import functools
import gzip
import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from common.errors import InternalError, InvalidRequest, LimitReached, Problem
from common.logs import get_logger, log_scope
from common.metrics import UPLOADS_REFUSED, emit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Response = dict[str, Any]

_PROGRAMS = "/programs"  # the routes for programs: the same operations with scopes
_MIN_COMPRESSED = 1_400  # bytes: what fits into one packet arrives no sooner if it is smaller
_MAX_QUOTED = 40  # characters of a client's input to repeat in an error message
_REPLACEMENT = "\ufffd"
_log = get_logger(__name__)


def operation(event: Mapping[str, Any]) -> str:
    """Return the route of a request, such as `GET /images`; a program's is that of the same operation."""
    method, _, path = event["routeKey"].partition(" ")
    return f"{method} {path.removeprefix(_PROGRAMS)}"


def body_text(event: Mapping[str, Any]) -> str:
    """Return the request body as text, decoding base64. Raises InvalidRequest if it isn't UTF-8.

    The HTTP API decodes the body of a textual media type, and puts U+FFFD where it isn't UTF-8. So a client
    must write this character as \\ufffd in JSON.
    """
    body = event.get("body") or ""
    try:
        if event.get("isBase64Encoded"):
            return base64.b64decode(body, validate=True).decode()
        if _REPLACEMENT not in str(body):
            return str(body)
    except (binascii.Error, ValueError):
        pass
    raise InvalidRequest("The body must be JSON in UTF-8, with the character U+FFFD written as \\ufffd.")


def json_object(event: Mapping[str, Any]) -> dict[str, Any]:
    """Parse the JSON object in the request body. Raises InvalidRequest if there is none."""
    text = body_text(event)
    if not text.strip():
        raise InvalidRequest("The body is empty. Send a JSON object.")
    try:
        value = json.loads(text, object_pairs_hook=_unique_members, parse_constant=_reject_constant)
    except (ValueError, RecursionError):  # RecursionError: deeply nested brackets
        raise InvalidRequest("The body isn't valid JSON. Send a JSON object.") from None
    if not isinstance(value, dict):
        raise InvalidRequest("The body isn't a JSON object. Send the fields between { and }.")
    return value


def quoted(text: str) -> str:
    """Quote a client's input for an error message: on one line, in ASCII, truncated."""
    return json.dumps(text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}…")


def json_response(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON response. It must not be cached, because results change and links expire."""
    return _response(status, body, {"content-type": "application/json", **(headers or {})})


def no_content() -> Response:
    """Return an empty 204 response."""
    return {"statusCode": 204, "headers": {"cache-control": "no-store"}}


def problem_response(problem: Problem) -> Response:
    """Return the response for a problem."""
    headers = {"content-type": "application/problem+json"}
    if isinstance(problem, LimitReached):
        headers["retry-after"] = str(problem.retry_after)
    return _response(problem.status, problem.body(), headers)


def handle_errors(
    handler: Callable[[dict[str, Any], Any], Response],
) -> Callable[[dict[str, Any], Any], Response]:
    """Decorate a handler: return and log the problems of its errors, and compress long responses."""

    @functools.wraps(handler)
    def wrapper(event: dict[str, Any], context: Any) -> Response:
        with log_scope():
            try:
                return _compress(handler(event, context), event)
            except Exception as error:  # otherwise the API would respond without a problem body
                return problem_response(log_problem(error, event.get("routeKey")))

    return wrapper


def log_problem(error: Exception, route: str | None) -> Problem:
    """Log an error that is being handled, and return its problem: an internal error unless it is one itself.

    A problem is logged without its detail, which may repeat what the client sent. A limit that was
    reached also counts in the metrics.
    """
    if not isinstance(error, Problem):
        _log.exception("request failed", extra={"route": route})
        return InternalError()
    _log.info("request rejected", extra={"route": route, "status": error.status, "code": error.code})
    if isinstance(error, LimitReached):
        emit(UPLOADS_REFUSED, dimension=error.code)
    return error


def _response(status: int, body: Any, headers: Mapping[str, str]) -> Response:
    return {
        "statusCode": status,
        "headers": {**headers, "cache-control": "no-store"},
        # ASCII only: a lone surrogate from a request couldn't be encoded as UTF-8
        "body": json.dumps(body, separators=(",", ":"), allow_nan=False),
        "isBase64Encoded": False,
    }


def _compress(response: Response, event: Mapping[str, Any]) -> Response:
    """Compress a long body for a client that accepts it: the links of a page have much in common."""
    body = response.get("body", "").encode()
    if len(body) < _MIN_COMPRESSED or not _accepts_gzip(event.get("headers", {}).get("accept-encoding", "")):
        return response
    headers = {**response["headers"], "content-encoding": "gzip", "vary": "accept-encoding"}
    encoded = base64.b64encode(gzip.compress(body, mtime=0)).decode()
    return {**response, "headers": headers, "body": encoded, "isBase64Encoded": True}


def _accepts_gzip(accept_encoding: str) -> bool:
    """Return whether a header names gzip without forbidding it by `q=0` (RFC 9110, 12.5.3)."""
    for coding in accept_encoding.lower().split(","):
        name, *parameters = (part.strip() for part in coding.split(";"))
        if name == "gzip":
            return not any(re.fullmatch(r"q=0(\.0*)?", parameter) for parameter in parameters)
    return False


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise InvalidRequest(f"The field {quoted(name)} appears twice. Send each field once.")
        members[name] = value
    return members


def _reject_constant(name: str) -> NoReturn:
    raise InvalidRequest(f"{name} isn't valid JSON. Send a number.")
