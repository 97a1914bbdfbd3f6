"""API Gateway's HTTP API: routes requests to functions."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from werkzeug import Request, Response

from local.api.authorizer import Forbidden, Unauthorized
from local.api.payload import MalformedResponse, to_event, to_response
from local.lambda_.environment import InvocationResult
from local.lambda_.invoker import PayloadTooLarge
from local.logs import Log, log_line
from local.token_bucket import TokenBucket

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from local.api.routes import ApiSettings, Route

_LOG = logging.getLogger(__name__)
_MAX_BODY_BYTES = 10 * 1024 * 1024  # API Gateway's quotas
_MAX_HEADER_BYTES = 10_240  # of the request line and the values of all headers
_INTEGRATION_TIMEOUT = 30.0  # seconds
_THREADS = 32


class HttpApi:
    """A WSGI application that behaves like the API's $default stage."""

    def __init__(
        self,
        settings: ApiSettings,
        invoke: Callable[[str, Any], InvocationResult],
        log: Log = log_line,
        observe: Callable[[float, int], None] = lambda seconds, status: None,
    ) -> None:
        """Create the API; `invoke(function id, event)` runs a function.

        `observe(seconds, status)` is called after each request.
        """
        self._settings = settings
        self._invoke = invoke
        self._log = log
        self._observe = observe
        self._throttle = TokenBucket(settings.rate, settings.burst)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="http-api")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request, started_at = Request(environ), time.monotonic()
        try:
            response = self._respond(request)
        except Exception:  # the outermost layer for pages, which can't read a response without CORS headers
            _LOG.exception("%s %s failed", request.method, request.path)
            response = _message(500, "Internal Server Error")
        response.headers["apigw-requestid"] = uuid4().hex[:16]
        response.headers.update(_cors_headers(self._settings.cors, request))
        self._observe(time.monotonic() - started_at, response.status_code)
        return response(environ, start_response)

    def stop(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _respond(self, request: Request) -> Response:
        if _header_size(request) > _MAX_HEADER_BYTES:
            return _message(431, "Request Header Fields Too Large")
        if self._settings.cors and request.method == "OPTIONS":
            return Response(status=204)
        match = self._match_route(request)
        if match is None:
            return _message(404, "Not Found")
        if not self._throttle.take():
            return _message(429, "Too Many Requests")
        announced = request.content_length or 0
        if announced > _MAX_BODY_BYTES or len(body := request.get_data()) > _MAX_BODY_BYTES:
            return _message(413, "Request Entity Too Large")
        route, parameters = match
        event = to_event(request, body, route.key, parameters)
        if route.authorizer:
            try:
                authorization = route.authorizer.authorize(event["headers"], route.scopes)
            except (Unauthorized, Forbidden) as error:
                response = _message(error.status, error.message)
                response.headers["www-authenticate"] = error.challenge
                return response
            event["requestContext"]["authorizer"] = {"jwt": vars(authorization)}
        return self._invoke_integration(route.function_id, event)

    def _match_route(self, request: Request) -> tuple[Route, Mapping[str, str]] | None:
        path = urlsplit(request.environ["RAW_URI"]).path
        for route in self._settings.routes:
            match = route.pattern.fullmatch(path)
            if match and route.method in ("ANY", request.method):
                return route, dict(zip(route.parameters, map(unquote, match.groups()), strict=True))
        return None

    def _invoke_integration(self, function_id: str, event: dict[str, Any]) -> Response:
        invocation = self._threads.submit(self._invoke, function_id, event)
        try:
            result = invocation.result(_INTEGRATION_TIMEOUT)
            if not result.failed:
                return to_response(result.payload)
            self._log(function_id, result.error)
            if result.is_throttled:
                return _message(503, "Service Unavailable")
        except TimeoutError:
            return _message(503, "Service Unavailable")
        except PayloadTooLarge:
            return _message(413, "Request Entity Too Large")
        except MalformedResponse as error:
            self._log(function_id, f"The function returned an invalid response: {error}")
        return _message(500, "Internal Server Error")


def _header_size(request: Request) -> int:
    line = f"{request.method} {request.environ['RAW_URI']} {request.environ['SERVER_PROTOCOL']}"
    return len(line) + sum(len(value) for _, value in request.headers.items())


def _message(status: int, text: str) -> Response:
    return Response(json.dumps({"message": text}), status, content_type="application/json")


def _cors_headers(cors: Mapping[str, Any], request: Request) -> dict[str, str]:
    origin = request.headers.get("origin", "")
    origins = cors.get("allowOrigins", ())
    if not origin or ("*" not in origins and origin not in origins):
        return {}
    headers = {"access-control-allow-origin": "*" if "*" in origins else origin}
    if "exposeHeaders" in cors:
        headers["access-control-expose-headers"] = ",".join(cors["exposeHeaders"])
    if request.method == "OPTIONS" and "access-control-request-method" in request.headers:
        headers["access-control-allow-methods"] = ",".join(cors.get("allowMethods", ()))
        headers["access-control-allow-headers"] = ",".join(cors.get("allowHeaders", ()))
        if "maxAge" in cors:
            headers["access-control-max-age"] = str(cors["maxAge"])
    return headers
