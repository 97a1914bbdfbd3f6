"""The clock, tabs and requests of the tests at the strict provider. Its tokens live for 20 seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

    from tests.browser.strict_provider.conftest import StrictStack

LIFETIME_MS = 20_000
RENEWAL = 0.9  # of a lifetime: then the page leaves even if it is in use


def advance(page: Page, lifetimes: float) -> None:
    page.clock.fast_forward(int(lifetimes * LIFETIME_MS))


def duplicate_tab(page: Page) -> Page:
    """Open the page again with a copy of its session storage, as browsers duplicate a tab."""
    with page.expect_popup() as popup:
        page.evaluate("window.open(location.href)")
    return popup.value


def record_authorizations(page: Page, stack: StrictStack) -> list[dict[str, list[str]]]:
    """Return a list to which the query of every authorization request is added from now on."""
    queries: list[dict[str, list[str]]] = []

    def record(request: Request) -> None:
        url = urlsplit(request.url)
        if request.url.startswith(f"{stack.issuer}/auth?"):
            queries.append(parse_qs(url.query))

    page.on("request", record)
    return queries
