"""CORS rules of buckets, matched as S3 does: the first matching rule applies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers

from local.aws.http import Request, Response
from local.aws.s3_errors import S3Error
from local.template.names import resources_by_name

if TYPE_CHECKING:
    from local.template.template import Template

_VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
_NOT_ALLOWED = (  # S3's own spelling
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin,"
    " request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted"
    " by the resource's CORS spec."
)


@dataclass(frozen=True)
class CorsRule:
    """One rule of a bucket's CORS configuration."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]  # in lower case
    exposed_headers: tuple[str, ...]
    max_age: int | None  # seconds

    @classmethod
    def from_template(cls, rule: Mapping[str, Any]) -> CorsRule:
        max_age = rule.get("MaxAge")
        return cls(
            origins=tuple(rule["AllowedOrigins"]),
            methods=tuple(rule["AllowedMethods"]),
            headers=tuple(name.lower() for name in rule.get("AllowedHeaders", [])),
            exposed_headers=tuple(rule.get("ExposedHeaders", [])),
            max_age=None if max_age is None else int(max_age),
        )

    def matches(self, origin: str, method: str, headers: Sequence[str] = ()) -> bool:
        return (
            any(_matches_wildcard(pattern, origin) for pattern in self.origins)
            and method in self.methods
            and all(any(_matches_wildcard(pattern, name) for pattern in self.headers) for name in headers)
        )

    def response_headers(self, origin: str, requested: Sequence[str] = ()) -> dict[str, str]:
        """Return the response headers for an origin, with the request headers that a preflight asks for."""
        any_origin = "*" in self.origins
        headers = {
            "Access-Control-Allow-Origin": "*" if any_origin else origin,
            "Access-Control-Allow-Methods": ", ".join(self.methods),
            "Vary": _VARY,
        }
        if not any_origin:
            headers["Access-Control-Allow-Credentials"] = "true"
        if requested:
            headers["Access-Control-Allow-Headers"] = ", ".join(requested)
        if self.exposed_headers:
            headers["Access-Control-Expose-Headers"] = ", ".join(self.exposed_headers)
        if self.max_age is not None:
            headers["Access-Control-Max-Age"] = str(self.max_age)
        return headers


class BucketCors:
    """The CORS rules of every bucket in the template."""

    def __init__(self, template: Template) -> None:
        self._rules = {
            bucket: [
                CorsRule.from_template(rule)
                for rule in properties.get("CorsConfiguration", {}).get("CorsRules", [])
            ]
            for bucket, properties in resources_by_name(template, "AWS::S3::Bucket").items()
        }

    def preflight(self, request: Request, bucket: str) -> Response:
        """Respond to a preflight request. Raises S3Error if no rule allows it."""
        origin = request.headers.get("origin")
        method = request.headers.get("access-control-request-method")
        names = request.headers.get("access-control-request-headers", "").split(",")
        requested = [name.strip().lower() for name in names if name.strip()]
        if not origin:
            raise S3Error("BadRequest", "Insufficient information. Origin request header needed.")
        if not method:
            raise S3Error("BadRequest", "Invalid Access-Control-Request-Method: null")
        rules = self._rules.get(bucket, ())
        if not rules:
            raise _forbidden("CORSResponse: CORS is not enabled for this bucket.", method)
        for rule in rules:
            if rule.matches(origin, method, requested):
                return Response(200, Headers(rule.response_headers(origin, requested)))
        raise _forbidden(_NOT_ALLOWED, method)

    def headers_for(self, request: Request, bucket: str) -> dict[str, str]:
        """Return the headers for any response but a preflight's, so that a page can read errors too."""
        rules = self._rules.get(bucket, ())
        origin = request.headers.get("origin")
        for rule in rules:
            if origin and rule.matches(origin, request.method):
                return rule.response_headers(origin)
        return {"Vary": _VARY} if rules else {}


def _forbidden(message: str, method: str) -> S3Error:
    return S3Error("AccessForbidden", message, Method=method, ResourceType="OBJECT")


def _matches_wildcard(pattern: str, text: str) -> bool:
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text))
