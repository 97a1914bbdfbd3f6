"""The HTTP API's routes, CORS configuration, and throttling, as the transformed template declares them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.api.authorizer import Expand, JwtAuthorizer, load_authorizers
from local.lambda_.functions import function_ids
from local.template.template import Template, TemplateError

_ANY_METHOD = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_PARAMETER = re.compile(r"\{([^}+]+)(\+?)\}")  # {id}, or the greedy {proxy+}
_ACCOUNT_RATE, _ACCOUNT_BURST = 10_000, 5_000  # API Gateway's default quotas per account
_INTEGRATION_URI = re.compile(r":function:([^/:]+)/invocations$")


@dataclass(frozen=True)
class Route:
    """A method and path of the API, and the function that handles it."""

    key: str  # "GET /images/{id}", as in the event
    method: str  # or "ANY"
    pattern: re.Pattern[str]  # of the raw path, before percent-decoding
    parameters: tuple[str, ...]  # names of the pattern's groups
    specificity: tuple[int, ...]
    function_id: str
    authorizer: JwtAuthorizer | None
    scopes: tuple[str, ...]  # a token needs one of these, if there are any


@dataclass(frozen=True)
class ApiSettings:
    """Everything that the template declares about the API."""

    id: str
    routes: tuple[Route, ...]  # most specific first
    cors: Mapping[str, Any]  # the OpenAPI extension x-amazon-apigateway-cors, or empty
    rate: float  # requests per second
    burst: int


def load_api_settings(template: Template, expand: Expand = list) -> ApiSettings:
    """Read the settings of the template's only HTTP API.

    `expand(audience)` returns the audiences of an authorizer at the time of a request.
    Raises TemplateError if the template has several APIs or uses an unsupported feature.
    """
    apis = template.resources("AWS::ApiGatewayV2::Api")
    if len(apis) != 1:
        raise TemplateError(f"The template must have exactly one HTTP API; it has {len(apis)}.")
    (api_id, api), *_ = apis.items()
    stages = template.resources("AWS::ApiGatewayV2::Stage").values()
    throttling: Mapping[str, Any] = next(
        (stage.get("DefaultRouteSettings", {}) for stage in stages if stage["ApiId"] == api_id), {}
    )
    body = api["Body"]
    functions, authorizers = function_ids(template), load_authorizers(body, expand)
    routes = [
        _route(path, method, operation, functions, authorizers)
        for path, operations in body["paths"].items()
        for method, operation in operations.items()
        if _INTEGRATION in operation
    ]
    return ApiSettings(
        id=api_id,
        routes=tuple(sorted(routes, key=lambda route: route.specificity, reverse=True)),
        cors=body.get("x-amazon-apigateway-cors", {}),
        rate=float(throttling.get("ThrottlingRateLimit", _ACCOUNT_RATE)),
        burst=int(throttling.get("ThrottlingBurstLimit", _ACCOUNT_BURST)),
    )


def _route(
    path: str,
    method: str,
    operation: Mapping[str, Any],
    functions: Mapping[str, str],
    authorizers: Mapping[str, JwtAuthorizer],
) -> Route:
    match = _INTEGRATION_URI.search(operation[_INTEGRATION]["uri"])
    if not match or match[1] not in functions:
        raise TemplateError(f"The integration of {method} {path} must be a function of the template.")
    method = "ANY" if method == _ANY_METHOD else method.upper()
    key = path if path == "$default" else f"{method} {path}"
    authorizer, scopes = _security(operation, authorizers)
    return Route(
        key=key,
        method=method,
        pattern=_pattern(path),
        parameters=tuple(name for name, _ in _PARAMETER.findall(path)),
        specificity=_specificity(path, method),
        function_id=functions[match[1]],
        authorizer=authorizer,
        scopes=scopes,
    )


def _security(
    operation: Mapping[str, Any], authorizers: Mapping[str, JwtAuthorizer]
) -> tuple[JwtAuthorizer | None, tuple[str, ...]]:
    """Return an operation's authorizer and the scopes that it accepts."""
    if not operation.get("security"):
        return None, ()
    [[(name, scopes)]] = [requirement.items() for requirement in operation["security"]]
    return authorizers[name], tuple(scopes)


def _pattern(path: str) -> re.Pattern[str]:
    if path == "$default":
        return re.compile(".*", re.DOTALL)
    parts = _PARAMETER.split(path)
    pattern = re.escape(parts[0])
    for greedy, literal in zip(parts[2::3], parts[3::3], strict=True):
        pattern += ("(.+)" if greedy else "([^/]+)") + re.escape(literal)
    return re.compile(pattern)


def _specificity(path: str, method: str) -> tuple[int, ...]:
    """Return API Gateway's order of precedence: full matches, then greedy ones, then $default."""
    rank = 0 if path == "$default" else 1 if "+}" in path else 2
    return (rank, len(path.split("/")), -path.count("{"), method != "ANY")
