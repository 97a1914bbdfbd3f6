"""The page's modules as they are written, for tests that call one. The site serves them in bundles."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from local.site.site import media_type

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, JSHandle, Page, Route

WEB = Path(__file__).parents[2] / "web"


# Imports a module of the release that the page has loaded, which shares its variables.
IMPORT_SOURCE = """
  window.importSource = (name) => import(new URL(name, document.querySelector("script[type=module]").src));
"""


def serve_sources(context: BrowserContext, page_url: str) -> None:
    """Replace the bundles of the page's release by the modules of `web/`, for `importSource(name)`."""
    folder = re.compile(rf"{re.escape(page_url)}[0-9a-f]{{16}}/(?=scripts/)")

    def respond(route: Route) -> None:
        _respond(route, folder.sub("", route.request.url))

    context.route(folder, respond)
    context.add_init_script(IMPORT_SOURCE)


def load_module(page: Page, name: str) -> JSHandle:
    """Import a module of `web/scripts`, which doesn't share variables with the page's bundles."""
    source = f"{page.evaluate('location.origin')}/source/"
    page.route(f"{source}**", lambda route: _respond(route, route.request.url.removeprefix(source)))
    return page.evaluate_handle("(url) => import(url)", f"{source}scripts/{name}")


def _respond(route: Route, name: str) -> None:
    file = WEB / name
    if file.is_file():
        route.fulfill(body=file.read_bytes(), content_type=media_type(file))
    else:
        route.fallback()
