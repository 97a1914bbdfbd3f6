"""Payload format 2.0 of the HTTP API: requests as events, and function results as responses."""

from __future__ import annotations

import base64
import binascii
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
    if cookies:
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
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

    Raises MalformedResponse if the status code, headers, or body are invalid.
    """
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else json.dumps(result)
        return Response(text, 200, content_type="application/json")
    headers = result.get("headers") or {}
    if not isinstance(headers, dict):
        raise MalformedResponse("headers must be an object.")
    response = Response(_body(result), _status(result["statusCode"]))
    response.headers["content-type"] = "text/plain;charset=UTF-8"
    for name, value in headers.items():
        # API Gateway drops a function's CORS headers in favor of the API's own configuration.
        if not name.lower().startswith("access-control-"):
            response.headers[name.lower()] = value if isinstance(value, str) else json.dumps(value)
    for cookie in result.get("cookies") or []:
        response.headers.add("set-cookie", cookie)
    return response


def _status(value: Any) -> int:
    try:
        status = int(value)
    except (TypeError, ValueError) as error:
        raise MalformedResponse(f"statusCode must be a number, not {value!r}.") from error
    if not 100 <= status <= 599:
        raise MalformedResponse(f"statusCode must be between 100 and 599, not {status}.")
    return status


def _body(result: Mapping[str, Any]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    text = body if isinstance(body, str) else json.dumps(body)
    if not result.get("isBase64Encoded"):
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise MalformedResponse("body must be Base64 because isBase64Encoded is true.") from error


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
