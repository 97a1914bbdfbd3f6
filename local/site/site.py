"""The page: `web/` from disk, with the headers that CloudFront adds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug import Request, Response

from local.site.media_types import media_type

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


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
        request = Request(environ)
        response = self._answer(request)
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")  # an edit shows at the next reload
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.host != urlsplit(self._page_url).netloc:
            # the API and the buckets answer to the page's one origin only
            asked = urlsplit(request.environ["RAW_URI"])
            target = self._page_url + asked.path + (f"?{asked.query}" if asked.query else "")
            return Response(status=307, headers={"Location": target})
        if request.method not in ("GET", "HEAD"):
            return _text(405, "Only GET and HEAD are answered here.", {"Allow": "GET, HEAD"})
        if request.path == "/config.json":
            return Response(self._config, content_type="application/json")
        return self._file(request.path) or _text(404, "There is no such page.")

    def _file(self, path: str) -> Response | None:
        relative = Path(path.lstrip("/") or "index.html")
        if any(part.startswith(".") for part in relative.parts):
            return None
        try:
            file = (self._folder / relative).resolve(strict=True)
            inside = file.is_relative_to(self._folder)  # a link may lead elsewhere
            return Response(file.read_bytes(), content_type=media_type(file)) if inside else None
        except (OSError, ValueError):  # no file, a folder, or a name that no file can have
            return None


def _text(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(text, status, headers=dict(headers or {}), content_type="text/plain; charset=utf-8")
