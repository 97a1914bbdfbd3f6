"""HTTP: the connections, and how their failures are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from glimpse.errors import UnexpectedResponse, Unreachable

_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_MAX_CONNECTIONS = 100
# The local stack is never behind a proxy.
_WITHOUT_PROXY: dict[str, httpx.BaseTransport | None] = {
    f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")
}


def connect(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Return a client for HTTP that follows no redirects. `transport` replaces the network."""
    limits = httpx.Limits(max_connections=_MAX_CONNECTIONS, max_keepalive_connections=_MAX_CONNECTIONS)
    mounts = None if transport else _WITHOUT_PROXY
    return httpx.Client(timeout=_TIMEOUT, limits=limits, mounts=mounts, transport=transport)


@contextmanager
def explained(server: str, url: str) -> Iterator[None]:
    """Raise Unreachable, with the name of the server, if no response arrives within a `with` block."""
    try:
        yield
    except httpx.InvalidURL as error:
        raise UnexpectedResponse(f"{url} isn't a URL.") from error
    except httpx.UnsupportedProtocol as error:
        raise UnexpectedResponse(f"{url} isn't a URL that starts with http:// or https://.") from error
    except httpx.RequestError as error:
        raise Unreachable(f"{server} can't be reached at {origin(url)}.") from error


def check_busy(server: str, response: httpx.Response) -> None:
    """Raise Unreachable if the server can't respond now, whatever a proxy has sent as its page."""
    if response.status_code == 429 or response.status_code >= 500:
        raise Unreachable(f"{server} is busy ({response.status_code}).")


def origin(url: str) -> str:
    """Return a URL without its path and query, which may be secret."""
    parts = httpx.URL(url)
    return f"{parts.scheme}://{parts.netloc.decode()}"


def json_object(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object of a response. Raises UnexpectedResponse."""
    try:
        document = response.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise UnexpectedResponse(f"{origin(str(response.url))} sent something other than JSON.")
    return document
