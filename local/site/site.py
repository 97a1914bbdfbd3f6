"""The page: `web/` from disk, with the headers that CloudFront adds."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# Python's own table depends on its version and on the machine, and browsers reject modules of the wrong type.
_MEDIA_TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def media_type(file: Path) -> str:
    """Return the media type for a file's extension, or `application/octet-stream` if unknown."""
    guessed, _ = mimetypes.guess_type(file.name)
    return _MEDIA_TYPES.get(file.suffix.lower(), guessed or "application/octet-stream")


class Site:
    """A WSGI application that serves a folder and `/config.json`."""

    def __init__(
        self, folder: Path, page_url: str, config: Mapping[str, Any], headers: Mapping[str, str]
    ) -> None:
        self._folder = folder.resolve()
        self._page_url = page_url
        self._config = json.dumps(config)
        self._headers = headers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = self._respond(Request(environ))
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")  # a reload shows the latest edit
        return response(environ, start_response)

    def _respond(self, request: Request) -> Response:
        if request.host != urlsplit(self._page_url).netloc:
            # The CORS rules of the API and the buckets allow only the page's own origin.
            requested = urlsplit(request.environ["RAW_URI"])
            target = self._page_url + requested.path + (f"?{requested.query}" if requested.query else "")
            return Response(status=307, headers={"Location": target})
        if request.method not in ("GET", "HEAD"):
            return Response("Only GET and HEAD are supported.", 405, {"Allow": "GET, HEAD"})
        if request.path == "/config.json":
            return Response(self._config, content_type="application/json")
        return self._file(request.path) or Response("This page doesn't exist.", 404)

    def _file(self, path: str) -> Response | None:
        """Return the file's content, or None if it doesn't exist, is hidden, or is outside the folder."""
        relative = Path(path.lstrip("/") or "index.html")
        if any(part.startswith(".") for part in relative.parts):
            return None
        try:
            file = (self._folder / relative).resolve(strict=True)
            is_inside = file.is_relative_to(self._folder)  # a symlink can point to another folder
            return Response(file.read_bytes(), content_type=media_type(file)) if is_inside else None
        except (OSError, ValueError):  # missing, a directory, or not a valid file name
            return None
