"""The page: the published files of `web/`, as CloudFront sends them."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug import Request, Response

from local.site.bundle.publication import INDEX
from local.site.bundle.release import IMMUTABLE, REVALIDATED, UNCACHED
from local.site.bundle.syntax import PageError
from local.site.compression import compress
from local.site.published_page import PublishedPage

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
    """A WSGI application that serves the page of a folder, and `/config.json`."""

    def __init__(
        self,
        folder: Path,
        page_url: str,
        config: Mapping[str, Any],
        headers: Mapping[str, str],
        pictures: str,
    ) -> None:
        """`pictures` is the URL of the bucket with the thumbnails."""
        self._page = PublishedPage(folder, (config["apiUrl"], config["signIn"]["issuer"]), pictures)
        self._page_url = page_url
        self._config = json.dumps(config)
        self._headers = headers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        response = self._respond(request)
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", UNCACHED)
        compress(request, response)
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
        return self._file(request.path.removeprefix("/") or INDEX)

    def _file(self, path: str) -> Response:
        try:
            releases = self._page.read()
        except PageError as error:  # of an edit: the next one can correct it
            return Response(str(error), 500)
        if path == INDEX:
            return _response(path, releases[0].index, REVALIDATED)
        for page in releases:
            if path in page.files:
                return _response(path, page.files[path], IMMUTABLE)
        return Response("This page doesn't exist.", 404)


def _response(path: str, body: bytes, cache_control: str) -> Response:
    return Response(body, content_type=media_type(Path(path)), headers={"Cache-Control": cache_control})
