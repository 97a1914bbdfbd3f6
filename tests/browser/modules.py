"""The page's modules as they are written, for tests that call one. The site serves them in bundles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.site.bundle.publication import INDEX
from local.site.site import media_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, JSHandle, Page, Route

WEB = Path(__file__).parents[2] / "web"
_KEPT = ("content-security-policy", "x-content-type-options", "cache-control")


def serve_sources(context: BrowserContext, page_url: str) -> None:
    """Replace the bundles by their modules, with the headers of the site."""
    sent = context.request.get(page_url).headers
    context.route(f"{page_url}**", _responder("/", {name: sent[name] for name in _KEPT}))


def load_module(page: Page, name: str) -> JSHandle:
    """Import a module of `web/scripts`, which doesn't share variables with the page's bundles."""
    origin = page.evaluate("location.origin")
    page.route(f"{origin}/source/**", _responder("/source/", {}))
    return page.evaluate_handle("(url) => import(url)", f"{origin}/source/scripts/{name}")


def _responder(prefix: str, headers: dict[str, str]) -> Callable[[Route], None]:
    def respond(route: Route) -> None:
        file = WEB / (urlsplit(route.request.url).path.removeprefix(prefix) or INDEX)
        if file.is_file():
            route.fulfill(body=file.read_bytes(), headers={**headers, "Content-Type": media_type(file)})
        else:
            route.fallback()

    return respond
