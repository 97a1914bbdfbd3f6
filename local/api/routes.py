"""What the transformed template says about the HTTP API: routes, CORS and throttling."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.sign_in.authorizer import JwtAuthorizer, load_authorizers
from local.template.template import Template, TemplateError

_ANY_METHOD = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_PARAMETER = re.compile(r"\{([^}+]+)(\+?)\}")  # {id}, or the greedy {proxy+}
_FUNCTION_IN_URI = re.compile(r":function:([^/:]+)/invocations$")


@dataclass(frozen=True)
class Route:
    """A method and a path of the API, and the function behind it."""

    key: str  # "GET /images/{id}", as the event names it
    method: str  # "ANY" takes all
    pattern: re.Pattern[str]  # for the path as it was sent, still encoded
    parameters: tuple[str, ...]  # the names of the pattern's groups
    specificity: tuple[int, ...]
    function_id: str
    security: tuple[Mapping[str, Sequence[str]], ...]  # the authorizers it asks for, in OpenAPI's words


@dataclass(frozen=True)
class Cors:
    """Which pages may call the API, and how."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed: tuple[str, ...]
    max_age: int | None

    def allows(self, origin: str | None) -> bool:
        return origin is not None and ("*" in self.origins or origin in self.origins)


@dataclass(frozen=True)
class ApiSettings:
    """All that the template says about the API."""

    routes: tuple[Route, ...]
    cors: Cors | None
    authorizers: Mapping[str, JwtAuthorizer]  # by the names that routes ask for them by
    rate: float | None  # requests a second
    burst: int | None


def api_settings(template: Template) -> ApiSettings:
    """Read the template's HTTP API; there is one."""
    apis = template.resources("AWS::ApiGatewayV2::Api")
    if len(apis) != 1:
        raise TemplateError(f"The local stack serves exactly one HTTP API; the template has {len(apis)}.")
    (api_id, api), *_ = apis.items()
    stages = template.resources("AWS::ApiGatewayV2::Stage").values()
    throttling: Mapping[str, Any] = next(
        (stage.get("DefaultRouteSettings", {}) for stage in stages if stage["ApiId"] == api_id), {}
    )
    rate, burst = throttling.get("ThrottlingRateLimit"), throttling.get("ThrottlingBurstLimit")
    body = api["Body"]
    routes = [
        _route(template, path, method, operation)
        for path, operations in body["paths"].items()
        for method, operation in operations.items()
        if _INTEGRATION in operation
    ]
    return ApiSettings(
        routes=tuple(sorted(routes, key=lambda route: route.specificity, reverse=True)),
        cors=_cors(body.get("x-amazon-apigateway-cors")),
        authorizers=load_authorizers(body),
        rate=None if rate is None else float(rate),
        burst=None if burst is None else int(burst),
    )


def _route(template: Template, path: str, method: str, operation: Mapping[str, Any]) -> Route:
    uri = operation[_INTEGRATION]["uri"]
    named = _FUNCTION_IN_URI.search(uri)
    functions = template.resources("AWS::Lambda::Function")
    ids = {properties.get("FunctionName", key): key for key, properties in functions.items()}
    if not named or named[1] not in ids:
        raise TemplateError(f"The route {method} {path} leads to no function of the template.")
    verb = "ANY" if method == _ANY_METHOD else method.upper()
    return Route(
        key="$default" if path == "$default" else f"{verb} {path}",
        method=verb,
        pattern=_pattern(path),
        parameters=tuple(name for name, _ in _PARAMETER.findall(path)),
        specificity=_specificity(path, verb),
        function_id=ids[named[1]],
        security=tuple(operation.get("security", ())),
    )


def _pattern(path: str) -> re.Pattern[str]:
    if path == "$default":
        return re.compile(".*", re.DOTALL)
    parts = _PARAMETER.split(path)
    pattern = re.escape(parts[0])
    for greedy, literal in zip(parts[2::3], parts[3::3], strict=True):
        pattern += ("(.+)" if greedy else "([^/]+)") + re.escape(literal)
    return re.compile(pattern)


def _specificity(path: str, verb: str) -> tuple[int, ...]:
    """Order routes as API Gateway prefers them: whole paths, then greedy ones, then $default."""
    rank = 0 if path == "$default" else 1 if "+}" in path else 2
    return (rank, len(path.split("/")), -path.count("{"), verb != "ANY")


def _cors(settings: Mapping[str, Any] | None) -> Cors | None:
    if settings is None:
        return None
    return Cors(
        origins=tuple(settings.get("allowOrigins", ())),
        methods=tuple(settings.get("allowMethods", ())),
        headers=tuple(settings.get("allowHeaders", ())),
        exposed=tuple(settings.get("exposeHeaders", ())),
        max_age=settings.get("maxAge"),
    )
