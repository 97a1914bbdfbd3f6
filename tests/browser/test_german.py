"""The page in German: no English sentence, and nothing wider than a small phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.support import fulfill, open_account, scrolls_sideways, submit_user_name

if TYPE_CHECKING:
    from tests.browser.support import NewFile, OpenPage

ENGLISH = re.compile(r"\b(the|your|you|and|of|to|is|are|for|with|this|photos?|show|sign)\b", re.IGNORECASE)


def show_keys(page: Page) -> None:
    open_account(page, "Konto").get_by_role("button", name="Tastaturkürzel").click()


def show_offline(page: Page) -> None:
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_have_text(re.compile("^Du bist offline"))


VIEWS: dict[str, Callable[[Page], object]] = {
    "empty": lambda page: expect(page.get_by_text("Noch keine Fotos")).to_be_visible(),
    "account": lambda page: open_account(page, "Konto"),
    "keys": show_keys,
    "offline": show_offline,
}


def english_lines(page: Page, part: str) -> list[str]:
    lines = "\n".join(page.locator(part).all_inner_texts()).splitlines()
    return [line for line in lines if ENGLISH.search(line)]


@pytest.fixture
def german_page(open_page: OpenPage, page_url: str) -> Page:
    page = open_page(width=320, user=None, locale="de-DE")

    def leave_out_the_engine(route: Route) -> None:
        settings = route.fetch().json()
        del settings["engine"]  # an English sentence of the local stack
        route.fulfill(json=settings)

    page.route(f"{page_url}config.json", leave_out_the_engine)
    page.reload()
    return page


def sign_in_german(page: Page) -> None:
    submit_user_name(page, "alice", "Anmelden")
    expect(page.locator("body")).to_have_attribute("data-session", "in")


def test_the_sign_in_page_is_german(german_page: Page) -> None:
    expect(german_page.locator("html")).to_have_attribute("lang", "de")
    expect(german_page.get_by_role("button", name="Anmelden")).to_be_visible()
    assert english_lines(german_page, "#welcome .welcome-text") == []
    assert not scrolls_sideways(german_page)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_german_and_fits_a_small_phone(german_page: Page, view: str) -> None:
    sign_in_german(german_page)
    VIEWS[view](german_page)
    assert english_lines(german_page, ".bar, .empty-state, #offline, dialog") == []
    assert not scrolls_sideways(german_page)


def test_problems_of_the_api_are_german(german_page: Page, uploads_url: str, new_file: NewFile) -> None:
    problem = {"code": "too-large", "detail": "The file is too large. The limit is 25 MB."}
    german_page.route(uploads_url, lambda route: fulfill(route, status=413, json=problem))
    sign_in_german(german_page)
    german_page.set_input_files("#files", new_file())
    expect(german_page.locator(".upload .error-box p")).to_have_text(
        "Die Datei ist zu groß. Verkleinere das Foto und lade es noch einmal hoch."
    )
