"""HTTP requests and responses as the AWS services see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from moto.core.request import EnvironHeaders

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from local.server import RequestBody

# Host names that may follow a bucket name: this machine, and this machine as seen from a container.
_BASE_HOSTS = ("localhost", "host.docker.internal")


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the value of a header, ignoring case, or None if it is missing."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    def with_headers(self, headers: Mapping[str, str]) -> Response:
        """Return a copy with `headers` added, replacing those of the same name."""
        replaced = {name.lower() for name in headers}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in replaced}
        return Response(self.status, {**kept, **headers}, self.body)


@dataclass(frozen=True)
class Request:
    method: str
    path: str  # as sent, still percent-encoded
    query: str  # as sent, still percent-encoded
    headers: Mapping[str, str]  # names in lower case
    body: RequestBody
    environ: WSGIEnvironment = field(repr=False)

    @classmethod
    def from_environ(cls, environ: WSGIEnvironment) -> Request:
        target = str(environ["local.request_target"])
        if not target.startswith("/"):  # the absolute form, as sent to a proxy
            parts = urlsplit(target)
            target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        path, _, query = target.partition("?")
        headers = {name.lower(): value for name, value in EnvironHeaders(environ)}
        return cls(environ["REQUEST_METHOD"], path, query, headers, environ["wsgi.input"], environ)

    @cached_property
    def query_pairs(self) -> tuple[tuple[str, str], ...]:
        """The decoded query in order. A plus sign stays a plus sign, as in S3's signatures."""
        return tuple((unquote(name), unquote(value)) for name, value in self._raw_pairs())

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The query as S3's operations read it: the first value of each name, a plus sign is a space."""
        found: dict[str, str] = {}
        for name, value in self._raw_pairs():
            found.setdefault(unquote_plus(name), unquote_plus(value))
        return found

    @property
    def host(self) -> str:
        return self.headers.get("host", "")

    @property
    def source_ip(self) -> str:
        return str(self.environ.get("REMOTE_ADDR", "127.0.0.1"))

    def _raw_pairs(self) -> Iterator[tuple[str, str]]:
        for pair in self.query.split("&"):
            if pair:
                name, _, value = pair.partition("=")
                yield name, value


@dataclass(frozen=True)
class S3Resource:
    """The bucket or object that a request addresses; both fields are empty for the service itself."""

    bucket: str = ""
    raw_key: str = ""  # as sent, still percent-encoded

    @classmethod
    def from_key(cls, bucket: str, key: str) -> S3Resource:
        return cls(bucket, quote(key))

    @classmethod
    def from_request(cls, request: Request) -> S3Resource:
        """Find bucket and key in a virtual-hosted-style or path-style request."""
        host = request.host if request.host.endswith("]") else request.host.rsplit(":", 1)[0]
        for base in _BASE_HOSTS:
            if host.endswith(f".{base}"):
                return cls(host.removesuffix(f".{base}"), request.path[1:])
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
