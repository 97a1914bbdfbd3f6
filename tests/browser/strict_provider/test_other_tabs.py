"""Tabs of one browser at the strict provider: they renew their sessions without disturbing each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.strict_provider.support import RENEWAL, advance, duplicate_tab, record_authorizations
from tests.browser.support import expect_signed_in, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.strict_provider.conftest import StrictStack
    from tests.browser.support import OpenPage

LINK = "#/label/Person"


def submit_form(page: Page, user: str) -> None:
    """Sign in at the provider's page, where the tab is already."""
    page.get_by_label("Username").fill(user)
    page.get_by_role("button", name="Sign in").click()


def test_tabs_without_refresh_tokens_renew_at_the_same_time(
    open_clocked: Callable[[str], Page], stack: StrictStack
) -> None:
    page = open_clocked("bob")
    other = page.context.new_page()
    other.goto(f"{stack.page_url}/{LINK}")
    expect_signed_in(other, "bob")
    queries = [record_authorizations(tab, stack) for tab in (page, other)]

    for _ in range(2):
        with page.expect_response(f"{stack.issuer}/token"), other.expect_response(f"{stack.issuer}/token"):
            advance(page, RENEWAL)
        expect_signed_in(page, "bob")
        expect_signed_in(other, "bob")

    assert other.url == f"{stack.page_url}/{LINK}"
    assert [[query["prompt"] for query in tab] for tab in queries] == [[["none"]] * 2] * 2


def test_a_tab_at_the_sign_in_page_of_the_provider_does_not_disturb_a_renewal(
    open_clocked: Callable[[str], Page], stack: StrictStack
) -> None:
    page = open_clocked("bob")
    other = page.context.new_page()
    page.context.clear_cookies(name="returning")
    other.goto(f"{stack.page_url}/{LINK}")
    other.route(
        f"{stack.issuer}/auth?**", lambda route: route.continue_(url=f"{route.request.url}&prompt=login")
    )
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_label("Username")).to_be_visible()
    other.unroute_all()

    with page.expect_response(f"{stack.issuer}/token"):
        advance(page, RENEWAL)
    expect_signed_in(page, "bob")

    submit_form(other, "bob")
    expect_signed_in(other, "bob")
    assert other.url == f"{stack.page_url}/{LINK}"

    with page.expect_response(f"{stack.issuer}/token"), other.expect_response(f"{stack.issuer}/token"):
        advance(page, RENEWAL)
    expect_signed_in(page, "bob")
    expect_signed_in(other, "bob")


def test_a_sign_in_that_was_left_is_finished_after_that_of_another_tab(
    open_page: OpenPage, stack: StrictStack
) -> None:
    page = open_page(user=None)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Username")).to_be_visible()
    other = page.context.new_page()
    other.goto(stack.page_url)
    sign_in(other, "bob")
    expect_signed_in(other, "bob")

    submit_form(page, "bob")
    expect_signed_in(page, "bob")


def test_a_duplicated_tab_that_was_away_during_a_renewal_keeps_all_sessions(
    open_clocked: Callable[[str], Page], stack: StrictStack
) -> None:
    page = open_clocked("alice")
    duplicate = duplicate_tab(page)
    expect_signed_in(duplicate, "alice")
    page.goto("about:blank")
    with duplicate.expect_response(f"{stack.issuer}/token"):
        advance(duplicate, RENEWAL)
    expect_signed_in(duplicate, "alice")

    page.goto(stack.page_url)
    expect_signed_in(page, "alice")
    with duplicate.expect_response(f"{stack.issuer}/token"):
        advance(duplicate, RENEWAL)
    expect_signed_in(duplicate, "alice")
    expect_signed_in(page, "alice")
