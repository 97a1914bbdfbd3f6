"""What comes in over HTTP and what goes out, as the services here see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from moto.core.request import EnvironHeaders

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from local.server import RequestBody

# Host names that a bucket's name can stand in front of: this machine, and this machine seen from a container.
_BASE_HOSTS = ("localhost", "host.docker.internal")


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    def with_headers(self, more: Mapping[str, str]) -> Response:
        replaced = {name.lower() for name in more}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in replaced}
        return Response(self.status, {**kept, **more}, self.body)


@dataclass(frozen=True)
class Request:
    method: str
    path: str  # as it was sent, percent signs and all
    query: str  # likewise
    headers: Mapping[str, str]  # names in lower case
    body: RequestBody
    environ: WSGIEnvironment = field(repr=False)

    @classmethod
    def of(cls, environ: WSGIEnvironment) -> Request:
        target = str(environ["local.request_target"])
        if not target.startswith("/"):  # a proxy's form of the request line: the whole address
            parts = urlsplit(target)
            target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        path, _, query = target.partition("?")
        headers = {name.lower(): value for name, value in EnvironHeaders(environ)}
        return cls(environ["REQUEST_METHOD"], path, query, headers, environ["wsgi.input"], environ)

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The query in order, decoded; a plus sign stays one, as S3's signatures see it."""
        return tuple(
            (unquote(name), unquote(value))
            for name, _, value in (pair.partition("=") for pair in self.query.split("&") if pair)
        )

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The query as S3's operations read it: the first of each name, a plus sign is a space."""
        found: dict[str, str] = {}
        for name, _, value in (pair.partition("=") for pair in self.query.split("&") if pair):
            found.setdefault(unquote_plus(name), unquote_plus(value))
        return found

    @property
    def host(self) -> str:
        return self.headers.get("host", "")

    @property
    def source_ip(self) -> str:
        return str(self.environ.get("REMOTE_ADDR", "127.0.0.1"))


@dataclass(frozen=True)
class S3Resource:
    """What a request to S3 is about: everything, a bucket, or an object."""

    bucket: str = ""
    raw_key: str = ""  # as it was sent

    @classmethod
    def from_key(cls, bucket: str, key: str) -> S3Resource:
        return cls(bucket, quote(key))

    @cached_property
    def key(self) -> str:
        """The key itself. Raises UnicodeDecodeError, which S3 calls InvalidURI."""
        return unquote(self.raw_key, errors="strict")

    @property
    def bucket_arn(self) -> str:
        return f"arn:aws:s3:::{self.bucket or '*'}"

    @property
    def arn(self) -> str:
        return f"{self.bucket_arn}/{self.key}" if self.raw_key else self.bucket_arn


def find_s3_resource(request: Request) -> S3Resource:
    """Find bucket and key, whether the bucket is in the path or in front of the host name."""
    name = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    for base in _BASE_HOSTS:
        if name.endswith(f".{base}"):
            return S3Resource(name.removesuffix(f".{base}"), request.path[1:])
    bucket, _, raw_key = request.path[1:].partition("/")
    return S3Resource(unquote(bucket), raw_key)
