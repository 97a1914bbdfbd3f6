"""Payload format 2.0 of the HTTP API: requests as events, and function results as responses."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from werkzeug import Request, Response

from local.template.names import ACCOUNT

_TEXT_TYPE = re.compile(r"text/.*|.*\+(json|xml)|application/(json|javascript|xml)")

# RFC 9110, 5.1 and 5.5. Control characters but the tab would end or change the header.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
# Headers about one connection, which no gateway passes on (RFC 9110, 7.6.1)
_HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}


class MalformedResponse(Exception):
    """The function's result can't be converted to an HTTP response."""


def to_event(
    request: Request, body: bytes, route_key: str, path_parameters: Mapping[str, str]
) -> dict[str, Any]:
    """Return the event for a request whose body has already been read."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    cookies = headers.pop("cookie", "")
    headers |= {
        "x-amzn-trace-id": f"Root=1-{int(time.time()):08x}-{uuid4().hex[:24]}",
        "x-forwarded-for": request.remote_addr or "",
        "x-forwarded-port": request.environ["SERVER_PORT"],
        "x-forwarded-proto": request.scheme,
    }
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": request.path,  # percent-decoded, despite its name and unlike in function URLs
        "rawQueryString": request.query_string.decode("latin-1"),
        "headers": headers,
        "requestContext": _request_context(request, route_key),
        "isBase64Encoded": bool(body) and not _TEXT_TYPE.fullmatch(request.mimetype),
    }
    if names := [cookie.strip() for cookie in cookies.split(";") if cookie.strip()]:
        event["cookies"] = names
    if query := parse_qs(event["rawQueryString"], keep_blank_values=True):
        event["queryStringParameters"] = {name: ",".join(values) for name, values in query.items()}
    if path_parameters:
        event["pathParameters"] = dict(path_parameters)
    if body:
        content = base64.b64encode(body) if event["isBase64Encoded"] else body
        event["body"] = content.decode("utf-8", errors="replace")
    return event


def to_response(result: Any) -> Response:
    """Return the response for a function's result.

    Raises MalformedResponse if any part of it has the wrong type or can't be sent.
    """
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else json.dumps(result)
        return Response(_encode(text), 200, content_type="application/json")
    body = _body(result)
    response = Response(body, _status(result["statusCode"]))
    response.headers["content-type"] = "text/plain;charset=UTF-8"
    for name, value in _headers(result).items():
        response.headers[name] = value
    if response.headers["content-length"] != str(len(body)):
        raise MalformedResponse(f"content-length must be {len(body)}, the size of the body in bytes.")
    for cookie in _cookies(result):
        response.headers.add("set-cookie", cookie)
    return response


def _status(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch("[0-9]{3}", value):
        value = int(value)
    if type(value) is not int:  # a boolean is an int, too
        raise MalformedResponse(f"statusCode must be an integer, not {value!r}.")
    if not 200 <= value <= 599:  # a 1xx response isn't final: the client would wait for another one
        raise MalformedResponse(f"statusCode must be between 200 and 599, not {value}.")
    return value


def _headers(result: Mapping[str, Any]) -> dict[str, str]:
    headers = result.get("headers") or {}
    if not isinstance(headers, dict):
        raise MalformedResponse("headers must be an object.")
    converted = {}
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise MalformedResponse(f"{name!r} isn't a valid name for a header.")
        if not isinstance(value, str | int | float):
            raise MalformedResponse(f"The header {name} must be a string, not {value!r}.")
        # API Gateway drops a function's CORS headers in favor of the API's own configuration.
        if name.lower() not in _HOP_BY_HOP and not name.lower().startswith("access-control-"):
            text = value if isinstance(value, str) else json.dumps(value)
            converted[name.lower()] = _header_value(name, text)
    return converted


def _cookies(result: Mapping[str, Any]) -> list[str]:
    cookies = result.get("cookies") or []
    if not isinstance(cookies, list) or not all(isinstance(cookie, str) for cookie in cookies):
        raise MalformedResponse("cookies must be a list of strings.")
    return [_header_value("set-cookie", cookie) for cookie in cookies]


def _header_value(name: str, value: str) -> str:
    if not _HEADER_VALUE.fullmatch(value):
        raise MalformedResponse(f"The header {name} has a character that headers can't have: {value!r}.")
    return value


def _body(result: Mapping[str, Any]) -> bytes:
    body, is_encoded = result.get("body"), result.get("isBase64Encoded", False)
    if body is None:
        body = ""
    if not isinstance(body, str):
        raise MalformedResponse(f"body must be a string, not {type(body).__name__}.")
    if is_encoded not in (True, False, None):
        raise MalformedResponse(f"isBase64Encoded must be a boolean, not {is_encoded!r}.")
    if not is_encoded:
        return _encode(body)
    try:
        return base64.b64decode(body, validate=True)
    except ValueError as error:
        raise MalformedResponse("body must be Base64 because isBase64Encoded is true.") from error


def _encode(text: str) -> bytes:
    return text.encode(errors="replace")  # JSON may contain half of a surrogate pair, which UTF-8 can't


def _request_context(request: Request, route_key: str) -> dict[str, Any]:
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
