"""The page's modules as they are written, for tests that call one. The site serves them in bundles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.site.site import media_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, JSHandle, Page, Route

WEB = Path(__file__).parents[2] / "web"


def serve_sources(context: BrowserContext, page_url: str) -> None:
    """Replace the bundles by their modules. A bundle has the name of the module that it starts with."""
    context.route(f"{page_url}scripts/**", _responder("/"))


def load_module(page: Page, name: str) -> JSHandle:
    """Import a module of `web/scripts`, which doesn't share variables with the page's bundles."""
    origin = page.evaluate("location.origin")
    page.route(f"{origin}/source/**", _responder("/source/"))
    return page.evaluate_handle("(url) => import(url)", f"{origin}/source/scripts/{name}")


def _responder(prefix: str) -> Callable[[Route], None]:
    def respond(route: Route) -> None:
        file = WEB / urlsplit(route.request.url).path.removeprefix(prefix)
        if file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=media_type(file))
        else:
            route.fallback()

    return respond
