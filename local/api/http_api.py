"""The HTTP API: from a request over routes to a function, and back."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from werkzeug import Request, Response

from local.api.payload import MalformedResponse, to_event, to_response
from local.lambda_.environment import InvocationResult
from local.lambda_.lambdas import PayloadTooLarge
from local.lambda_.logs import Log, log_line
from local.sign_in.authorizer import JwtAuthorizer, Unauthorized
from local.template.template import TemplateError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from local.api.routes import ApiSettings, Cors, Route

_LARGEST_BODY = 10 * 1024 * 1024
_LONGEST_WAIT = 30.0  # seconds; the API's own limit for an integration
_THREADS = 32


class HttpApi:
    """A WSGI application that stands for the API's $default stage."""

    def __init__(
        self,
        settings: ApiSettings,
        invoke: Callable[[str, Any], InvocationResult],
        longest_wait: float = _LONGEST_WAIT,
        log: Log = log_line,
    ) -> None:
        """`invoke(function id, event)` is Lambda. Raises TemplateError for a route with scopes."""
        self._authorizers = {route.key: _authorizer(settings, route) for route in settings.routes}
        self._settings = settings
        self._invoke = invoke
        self._longest_wait = longest_wait
        self._log = log
        self._bucket = _TokenBucket(settings.rate, settings.burst)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="http-api")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        response = self._answer(request)
        response.headers["apigw-requestid"] = uuid4().hex[:16]
        if self._settings.cors:
            _allow_origin(response, self._settings.cors, request)
        return response(environ, start_response)

    def stop(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _answer(self, request: Request) -> Response:
        if self._settings.cors and request.method == "OPTIONS":
            return _preflight(self._settings.cors, request)
        found = self._find(request)
        if found is None:
            return _message(404, "Not Found")
        if not self._bucket.take():
            return _message(429, "Too Many Requests")
        if (request.content_length or 0) > _LARGEST_BODY:
            return _message(413, "Request Entity Too Large")
        body = request.get_data()
        if len(body) > _LARGEST_BODY:  # sent in chunks, so with no length to see before
            return _message(413, "Request Entity Too Large")
        route, parameters = found
        event = to_event(request, body, route.key, parameters)
        if authorizer := self._authorizers[route.key]:
            try:
                claims = authorizer.authorize(event["headers"])
            except Unauthorized as error:
                refused = _message(401, "Unauthorized")
                refused.headers["www-authenticate"] = error.challenge
                return refused
            event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
        return self._integrate(route, event)

    def _find(self, request: Request) -> tuple[Route, Mapping[str, str]] | None:
        path = urlsplit(request.environ["RAW_URI"]).path
        for route in self._settings.routes:
            match = route.pattern.fullmatch(path)
            if match and route.method in ("ANY", request.method):
                return route, dict(zip(route.parameters, map(unquote, match.groups()), strict=True))
        return None

    def _integrate(self, route: Route, event: dict[str, Any]) -> Response:
        waiting = self._threads.submit(self._invoke, route.function_id, event)
        try:
            result = waiting.result(self._longest_wait)
            if not result.failed:
                return to_response(result.payload)
            self._log(route.function_id, result.error)
        except TimeoutError:
            return _message(503, "Service Unavailable")
        except PayloadTooLarge:
            return _message(413, "Request Entity Too Large")
        except MalformedResponse as error:
            self._log(route.function_id, f"The answer cannot be sent on: {error}")
        return _message(500, "Internal Server Error")


class _TokenBucket:
    """API Gateway's throttling: `burst` at once, refilled at `rate` a second."""

    def __init__(self, rate: float | None, burst: int | None) -> None:
        self._rate = rate
        self._burst = float(burst if burst is not None else rate or 0)
        self._tokens = self._burst
        self._filled = time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> bool:
        if self._rate is None:
            return True
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
            self._filled = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


def _authorizer(settings: ApiSettings, route: Route) -> JwtAuthorizer | None:
    if not route.security:
        return None
    [[(name, scopes)]] = [list(alternative.items()) for alternative in route.security]
    if scopes:
        raise TemplateError(f"{route.key} asks for scopes, and the local stack checks none.")
    return settings.authorizers[name]


def _message(status: int, text: str) -> Response:
    return Response(json.dumps({"message": text}), status, content_type="application/json")


def _preflight(cors: Cors, request: Request) -> Response:
    response = Response(status=204)
    if cors.allows(request.headers.get("origin")) and "access-control-request-method" in request.headers:
        response.headers["access-control-allow-methods"] = ",".join(cors.methods)
        response.headers["access-control-allow-headers"] = ",".join(cors.headers)
        if cors.max_age is not None:
            response.headers["access-control-max-age"] = str(cors.max_age)
    return response


def _allow_origin(response: Response, cors: Cors, request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is None or not cors.allows(origin):
        return
    response.headers["access-control-allow-origin"] = "*" if "*" in cors.origins else origin
    if cors.exposed:
        response.headers["access-control-expose-headers"] = ",".join(cors.exposed)
