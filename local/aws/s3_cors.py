"""A bucket's CORS rules, matched as S3 does: the first rule that fits decides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.aws.http import Request, Response
from local.aws.resources import Template, resources
from local.aws.s3_errors import S3Error

_VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
_NOT_ALLOWED = (  # the spelling is S3's
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin,"
    " request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted"
    " by the resource's CORS spec."
)


@dataclass(frozen=True)
class CorsRule:
    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed: tuple[str, ...]
    max_age: int | None

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> CorsRule:
        age = written.get("MaxAge")
        return cls(
            origins=tuple(written["AllowedOrigins"]),
            methods=tuple(written["AllowedMethods"]),
            headers=tuple(name.lower() for name in written.get("AllowedHeaders", [])),
            exposed=tuple(written.get("ExposedHeaders", [])),
            max_age=None if age is None else int(age),
        )

    def fits(self, origin: str, method: str, headers: Sequence[str] = ()) -> bool:
        return (
            any(_like(pattern, origin) for pattern in self.origins)
            and method in self.methods
            and all(any(_like(pattern, name) for pattern in self.headers) for name in headers)
        )

    def response_headers(self, origin: str, asked: Sequence[str] = ()) -> dict[str, str]:
        anyone = "*" in self.origins
        headers = {
            "Access-Control-Allow-Origin": "*" if anyone else origin,
            "Access-Control-Allow-Methods": ", ".join(self.methods),
            "Vary": _VARY,
        }
        if not anyone:
            headers["Access-Control-Allow-Credentials"] = "true"
        if asked:
            headers["Access-Control-Allow-Headers"] = ", ".join(asked)
        if self.exposed:
            headers["Access-Control-Expose-Headers"] = ", ".join(self.exposed)
        if self.max_age is not None:
            headers["Access-Control-Max-Age"] = str(self.max_age)
        return headers


class BucketCors:
    """The CORS rules of all buckets in the template."""

    def __init__(self, template: Template) -> None:
        self._rules = {
            bucket.name: tuple(
                CorsRule.of(rule)
                for rule in bucket.properties.get("CorsConfiguration", {}).get("CorsRules", [])
            )
            for bucket in resources(template, "AWS::S3::Bucket")
        }

    def preflight(self, request: Request, bucket: str) -> Response:
        """Respond to a preflight request. Raises S3Error."""
        origin = request.headers.get("origin")
        method = request.headers.get("access-control-request-method")
        asked = [
            name.strip().lower()
            for name in request.headers.get("access-control-request-headers", "").split(",")
            if name.strip()
        ]
        if not origin:
            raise S3Error("BadRequest", "Insufficient information. Origin request header needed.")
        if not method:
            raise S3Error("BadRequest", "Invalid Access-Control-Request-Method: null")
        rules = self._rules.get(bucket, ())
        if not rules:
            raise _forbidden("CORSResponse: CORS is not enabled for this bucket.", method)
        for rule in rules:
            if rule.fits(origin, method, asked):
                return Response(200, rule.response_headers(origin, asked))
        raise _forbidden(_NOT_ALLOWED, method)

    def headers_for(self, request: Request, bucket: str) -> dict[str, str]:
        """Give what an actual answer carries, a refusal too: without it a page cannot even read why."""
        rules = self._rules.get(bucket, ())
        origin = request.headers.get("origin")
        for rule in rules:
            if origin and rule.fits(origin, request.method):
                return rule.response_headers(origin)
        return {"Vary": _VARY} if rules else {}


def _forbidden(message: str, method: str) -> S3Error:
    return S3Error("AccessForbidden", message, Method=method, ResourceType="OBJECT")


def _like(pattern: str, text: str) -> bool:
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text))
