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
    context = open_page(user=None).context
    blank_url = f"{page_url}blank"  # without the page's own instance, which ends the session

    def open_() -> Tab:
        page = context.new_page()
        page.route(blank_url, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.goto(blank_url)
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


def test_a_tab_that_has_reloaded_still_knows_which_token_it_has_replaced(
    open_tab: Callable[[], Tab],
) -> None:
    tab, other = open_tab(), open_tab()
    other.replace("first", "second")
    other.reload()
    tab.set_token("first")
    assert tab.newest() == "second"


def test_an_answer_of_a_tab_that_was_away_itself_is_not_the_last(open_tab: Callable[[], Tab]) -> None:
    tab, away, other = open_tab(), open_tab(), open_tab()
    away.replace("first", "second")
    other.replace("second", "third")
    away.set_token("second")  # it has missed the message
    tab.set_token("first")
    assert tab.newest() == "third"


def test_keeps_the_last_replaced_tokens_until_all_are_forgotten(open_tab: Callable[[], Tab]) -> None:
    tab = open_tab()
    for number in range(12):
        tab.replace(str(number), str(number + 1))
    tab.replace("12", "12")
    kept = "JSON.parse(sessionStorage.getItem('replaced-tokens'))"
    assert tab.page.evaluate(kept) == [str(number) for number in range(2, 12)]
    tab.module.evaluate("(module) => module.forgetRefreshTokens()")
    assert tab.page.evaluate("Object.keys(sessionStorage)") == []
