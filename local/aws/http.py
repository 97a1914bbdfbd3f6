"""HTTP requests and responses as the AWS services see them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from moto.core.request import EnvironHeaders
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from local.request_body import RequestBody

BASE_HOST = ".localhost"  # may follow a bucket name
# All x-amz- headers but those of the signature, and those that only announce something about the body. The
# checksums are included on purpose: S3 is reported to ignore them here, which would hide a damaged upload.
_QUERY_HEADER = re.compile(
    "x-amz-(?!(algorithm|content-sha256|credential|date|expires|sdk-checksum-algorithm|security-token|signature"
    "|signedheaders|user-agent)$).+"
)


def parse_json(body: bytes) -> Any:
    """Parse JSON in UTF-8, without guessing another encoding. Raises ValueError, with a sentence to show."""
    try:
        return json.loads(body.decode())
    except UnicodeDecodeError:
        raise ValueError("the body isn't UTF-8 text.") from None
    except (ValueError, RecursionError) as error:  # RecursionError: deeply nested brackets
        raise ValueError(f"the body isn't valid JSON: {error}") from None


@dataclass(frozen=True)
class Response:
    """A response whose body is complete."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""


@dataclass(frozen=True)
class Request:
    """A request whose body has not been read yet."""

    method: str
    path: str  # as sent, still percent-encoded
    query: str  # as sent, still percent-encoded
    headers: Mapping[str, str]  # names in lower case
    body: RequestBody
    source_ip: str

    @classmethod
    def from_environ(cls, environ: WSGIEnvironment) -> Request:
        target = str(environ["local.request_target"])
        if not target.startswith("/"):  # the absolute form, as sent to a proxy
            parts = urlsplit(target)
            target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        path, _, query = target.partition("?")
        headers = {name.lower(): value for name, value in EnvironHeaders(environ)}
        body, source_ip = environ["wsgi.input"], environ["REMOTE_ADDR"]
        return cls(environ["REQUEST_METHOD"], path, query, headers, body, source_ip)

    @cached_property
    def query_pairs(self) -> list[tuple[str, str]]:
        """The decoded query in order. A plus sign stays a plus sign, as in S3's signatures."""
        return parse_qsl(self.query.replace("+", "%2B"), keep_blank_values=True)

    @property
    def host(self) -> str:
        return self.headers.get("host", "")

    def with_query_headers(self) -> Request:
        """Return the request with the headers that S3 also accepts as query parameters of a presigned URL."""
        from_query = {name.lower(): value for name, value in self.query_pairs}
        named = {name: value for name, value in from_query.items() if _QUERY_HEADER.fullmatch(name)}
        return replace(self, headers={**named, **self.headers})


@dataclass(frozen=True)
class S3Resource:
    """The bucket or object that a request addresses; both fields are empty for the service itself."""

    bucket: str = ""
    raw_key: str = ""  # as sent, still percent-encoded

    @classmethod
    def from_request(cls, request: Request) -> S3Resource:
        """Find bucket and key in a virtual-hosted-style or path-style request."""
        host = request.host if request.host.endswith("]") else request.host.rsplit(":", 1)[0]
        if host.endswith(BASE_HOST):
            return cls(host.removesuffix(BASE_HOST), request.path[1:])
        bucket, _, raw_key = request.path[1:].partition("/")
        return cls(unquote(bucket), raw_key)

    @cached_property
    def key(self) -> str:
        """The decoded key. Raises UnicodeDecodeError if it is not UTF-8."""
        return unquote(self.raw_key, errors="strict")

    @property
    def bucket_arn(self) -> str:
        return f"arn:aws:s3:::{self.bucket or '*'}"

    @property
    def arn(self) -> str:
        return f"{self.bucket_arn}/{self.key}" if self.raw_key else self.bucket_arn
