"""Compression of responses, by the rules of CloudFront."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import brotli

if TYPE_CHECKING:
    from werkzeug import Request, Response

_BROTLI_QUALITY = 5
_MIN_BYTES, _MAX_BYTES = 1_000, 10_000_000
_MEDIA_TYPES = {
    "application/json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
    "text/markdown",
    "text/plain",
}


def is_compressed(media_type: str, size: int) -> bool:
    """Return whether CloudFront compresses a file, for a browser that accepts it."""
    return media_type.partition(";")[0] in _MEDIA_TYPES and _MIN_BYTES <= size <= _MAX_BYTES


def served_size(media_type: str, body: bytes) -> int:
    """Return how many bytes a browser that accepts Brotli receives for a file."""
    if is_compressed(media_type, len(body)):
        return len(brotli.compress(body, quality=_BROTLI_QUALITY))
    return len(body)


def compress(request: Request, response: Response) -> None:
    """Compress a response with Brotli or gzip, whichever the browser accepts."""
    body = response.get_data()
    if not is_compressed(response.content_type or "", len(body)):
        return
    response.headers["Vary"] = "Accept-Encoding"
    accepted = request.accept_encodings
    if accepted["br"]:
        response.headers["Content-Encoding"] = "br"
        response.set_data(brotli.compress(body, quality=_BROTLI_QUALITY))
    elif accepted["gzip"]:
        response.headers["Content-Encoding"] = "gzip"
        response.set_data(gzip.compress(body, mtime=0))
