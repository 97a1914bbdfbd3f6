"""A link that is opened in a new tab: signed in by itself, if this browser has signed in before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.support import expect_signed_in, record_requests, sign_in, sign_out

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import OpenPage

LINK = "#/?q=label%3ACat"


def prompts(urls: list[str]) -> list[list[str]]:
    """Return the `prompt` of each visit to the provider."""
    return [parse_qs(urlsplit(url).query).get("prompt", []) for url in urls if "/oauth2/authorize" in url]


def test_a_new_tab_is_signed_in_and_keeps_its_link(page: Page, page_url: str) -> None:
    tab = page.context.new_page()
    urls = record_requests(tab)
    tab.goto(page_url + LINK)
    expect_signed_in(tab)
    assert tab.url == page_url + LINK
    assert prompts(urls) == [["none"]]


def test_a_new_tab_shows_the_sign_in_page_once_the_session_of_the_provider_is_over(
    page: Page, page_url: str, stack: Stack
) -> None:
    page.request.get(f"{stack.sign_in_url}/logout?client_id=local-page&logout_uri={page_url}")
    tab = page.context.new_page()
    urls = record_requests(tab)
    tab.goto(page_url + LINK)
    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    expect(tab.locator("#welcome-error")).to_be_empty()
    expect(tab).to_have_url(page_url + LINK)
    assert prompts(urls) == [["none"]]

    tab.reload()
    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    assert prompts(urls) == [["none"]]  # it isn't asked again

    sign_in(tab, "alice")
    assert tab.url == page_url + LINK


def test_signing_out_forgets_that_this_browser_has_signed_in(page: Page, page_url: str) -> None:
    sign_out(page)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("document.cookie") == ""
    tab = page.context.new_page()
    urls = record_requests(tab)
    tab.goto(page_url)
    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    assert prompts(urls) == []


def test_the_sign_in_page_needs_no_settings(open_page: OpenPage, page_url: str) -> None:
    page = open_page(user=None)
    page.route(re.compile("config.json"), lambda route: None)  # never arrives
    page.goto(page_url, wait_until="commit")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_sign_in_page_is_never_shown_to_people_who_have_a_session(page: Page) -> None:
    page.add_init_script("""
      addEventListener("DOMContentLoaded", () => {
        const note = () => (window.flashed ||= document.querySelector("#welcome").checkVisibility());
        const watch = () => (note(), requestAnimationFrame(watch));
        watch();
      });
    """)
    page.reload()
    expect_signed_in(page)
    assert page.evaluate("window.flashed") is False
