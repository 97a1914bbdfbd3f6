"""The HTTP API's payload format 2.0: a request as an event, and a function's answer as a response."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from werkzeug import Request, Response

from local.template.names import ACCOUNT

_TEXT_TYPES = ("application/json", "application/javascript", "application/xml")
_TEXT_SUFFIXES = ("+json", "+xml")


class MalformedResponse(Exception):
    """The function answered with something that the HTTP API cannot send on."""


def to_event(
    request: Request, body: bytes, route_key: str, path_parameters: Mapping[str, str]
) -> dict[str, Any]:
    """Give the event for a request whose body has been read."""
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower() != "cookie"}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": request.path,  # decoded, unlike what the name says and what a function URL does
        "rawQueryString": request.query_string.decode("latin-1"),
        "headers": headers | _forwarded(request),
        "requestContext": _context(request, route_key),
        "isBase64Encoded": bool(body) and not _is_text(request.mimetype),
    }
    if cookies := request.headers.get("cookie"):
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
    if query := _joined_query(event["rawQueryString"]):
        event["queryStringParameters"] = query
    if path_parameters:
        event["pathParameters"] = dict(path_parameters)
    if body:
        encoded = base64.b64encode(body) if event["isBase64Encoded"] else body
        event["body"] = encoded.decode("utf-8", errors="replace")
    return event


def to_response(answer: Any) -> Response:
    """Give the response for a function's answer. Raises MalformedResponse."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return Response(text, 200, content_type="application/json")
    headers = answer.get("headers") or {}
    if not isinstance(headers, dict):
        raise MalformedResponse("headers must be an object.")
    response = Response(_body(answer), _status(answer["statusCode"]))
    response.headers["content-type"] = "text/plain;charset=UTF-8"
    for name, value in headers.items():
        # the API's own CORS settings speak for it; what the function says about CORS is dropped
        if not name.lower().startswith("access-control-"):
            response.headers[name.lower()] = _header(value)
    for cookie in answer.get("cookies") or []:
        response.headers.add("set-cookie", cookie)
    return response


def _status(value: Any) -> int:
    try:
        status = int(value)
    except (TypeError, ValueError) as error:
        raise MalformedResponse(f"statusCode is {value!r}.") from error
    if not 100 <= status <= 599:
        raise MalformedResponse(f"statusCode is {status}.")
    return status


def _body(answer: Mapping[str, Any]) -> bytes:
    body = answer.get("body")
    if body is None:
        return b""
    text = body if isinstance(body, str) else json.dumps(body)
    if not answer.get("isBase64Encoded"):
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise MalformedResponse("The body is not base64, though isBase64Encoded says so.") from error


def _header(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _is_text(media_type: str) -> bool:
    return (
        media_type.startswith("text/") or media_type in _TEXT_TYPES or media_type.endswith(("+json", "+xml"))
    )


def _joined_query(raw: str) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _forwarded(request: Request) -> dict[str, str]:
    return {
        "x-amzn-trace-id": f"Root=1-{int(time.time()):08x}-{uuid4().hex[:24]}",
        "x-forwarded-for": request.remote_addr or "",
        "x-forwarded-port": request.environ["SERVER_PORT"],
        "x-forwarded-proto": request.scheme,
    }


def _context(request: Request, route_key: str) -> dict[str, Any]:
    now = time.time()
    host = request.host.partition(":")[0]
    return {
        "accountId": ACCOUNT,
        "apiId": "local",
        "domainName": host,
        "domainPrefix": host.partition(".")[0],
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": request.environ["SERVER_PROTOCOL"],
            "sourceIp": request.remote_addr or "",
            "userAgent": request.headers.get("user-agent", ""),
        },
        "requestId": uuid4().hex,
        "routeKey": route_key,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }
