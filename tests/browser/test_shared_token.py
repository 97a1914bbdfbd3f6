"""The newest refresh token: what duplicated tabs tell each other. Each test calls the module in two tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.browser.modules import load_module

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import JSHandle, Page

    from tests.browser.support import OpenPage


@dataclass
class Tab:
    """A tab with its own instance of the module."""

    page: Page
    module: JSHandle

    def set_token(self, token: str) -> None:
        self.page.evaluate("(token) => sessionStorage.setItem('refresh-token', token)", token)

    def replace(self, used: str, token: str) -> None:
        self.set_token(used)
        self.module.evaluate("(module, tokens) => module.replaceRefreshToken(...tokens)", [used, token])

    def newest(self) -> str:
        token: str = self.module.evaluate("(module) => module.newestRefreshToken()")
        return token

    def reload(self) -> None:
        self.page.reload()
        self.module = load_module(self.page, "shared-token.js")


@pytest.fixture
def open_tab(open_page: OpenPage, page_url: str) -> Callable[[], Tab]:
    first = open_page(user=None)

    def open_() -> Tab:
        page = first.context.new_page()
        page.goto(page_url)
        return Tab(page, load_module(page, "shared-token.js"))

    return open_


def test_a_tab_from_the_back_forward_cache_asks_again(open_tab: Callable[[], Tab]) -> None:
    tab, other = open_tab(), open_tab()
    tab.set_token("first")
    assert tab.newest() == "first"
    tab.page.evaluate("sessionStorage.clear()")  # it misses the message
    other.replace("first", "second")
    tab.set_token("first")

    for name in ("pagehide", "pageshow"):
        tab.page.evaluate(
            "(name) => dispatchEvent(new PageTransitionEvent(name, {persisted: true}))",
            name,
        )
    assert tab.newest() == "second"
