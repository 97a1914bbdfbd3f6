"""Sessions at a strict provider: renewal with and without refresh tokens, expiry, sign-out.

Tokens live for 20 seconds. alice gets refresh tokens and bob gets none, see provider.mjs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.strict_provider.support import RENEWAL, advance, duplicate_tab, record_authorizations
from tests.browser.support import (
    INVALID_SIGN_IN,
    UNREACHABLE,
    expect_sign_in_error,
    expect_signed_in,
    forget_token,
    fulfill,
    route_first,
    sign_in,
    sign_out,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.strict_provider.conftest import StrictStack
    from tests.browser.support import OpenPage

EXPIRED = "Your sign-in has expired. Sign in again."
REJECTED = "The service rejected your sign-in. Sign out, then sign in again."
with_and_without_refresh_token = pytest.mark.parametrize("user", ["alice", "bob"])


def end_session_elsewhere(page: Page, stack: StrictStack) -> None:
    other = page.context.new_page()
    other.goto(f"{stack.issuer}/session/end")
    with other.expect_navigation():
        other.get_by_role("button", name="Sign out here too").click()
    other.close()


def expect_expired(page: Page) -> None:
    expect(page.locator("#welcome").get_by_role("alert")).to_have_text(EXPIRED)
    expect(page.locator("#layout")).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0


def test_asks_for_refresh_tokens_but_not_for_consent(open_page: OpenPage, stack: StrictStack) -> None:
    page = open_page(user=None)
    queries = record_authorizations(page, stack)
    sign_in(page, "bob")
    expect_signed_in(page, "bob")
    [query] = queries
    assert query["scope"] == ["openid email offline_access"]
    assert "prompt" not in query
    assert page.evaluate("Object.keys(sessionStorage)") == ["user", "token"]


@with_and_without_refresh_token
def test_stays_signed_in_beyond_three_lifetimes(
    open_clocked: Callable[[str], Page], stack: StrictStack, user: str
) -> None:
    page = open_clocked(user)
    page.evaluate("location.hash = '#/label/Person'")
    queries = record_authorizations(page, stack)
    history = page.evaluate("history.length")

    for _ in range(4):
        with page.expect_response(f"{stack.issuer}/token"):
            advance(page, RENEWAL)
        expect_signed_in(page, user)

    expect(page.get_by_role("heading", name="Person", exact=True)).to_be_visible()
    assert page.url == f"{stack.page_url}/#/label/Person"
    assert page.evaluate("history.length") == history
    assert [query["prompt"] for query in queries] == ([] if user == "alice" else [["none"]] * 4)


@with_and_without_refresh_token
def test_reload_keeps_the_session(open_page: OpenPage, user: str) -> None:
    page = open_page(user=user, at="#/label/Person")
    for _ in range(2):
        forget_token(page)
        page.reload()
        expect_signed_in(page, user)
        expect(page.get_by_role("heading", name="Person", exact=True)).to_be_visible()


def test_reload_during_a_renewal_keeps_the_session(open_page: OpenPage, stack: StrictStack) -> None:
    page = open_page()
    forget_token(page)
    interrupted: list[Route] = []

    def keep_response(route: Route) -> None:
        assert route.fetch().status == 200  # using the old refresh token again would end the authorization
        interrupted.append(route)

    route_first(page, f"{stack.issuer}/token", keep_response)
    page.reload()
    wait_until(page, lambda: len(interrupted) == 1)

    page.reload()
    expect_signed_in(page, "alice")


def test_duplicated_tabs_share_the_refresh_token(
    open_clocked: Callable[[str], Page], stack: StrictStack
) -> None:
    page = open_clocked("alice")
    duplicate = duplicate_tab(page)
    expect_signed_in(duplicate, "alice")
    queries = [record_authorizations(tab, stack) for tab in (page, duplicate)]

    for _ in range(2):
        with (
            page.expect_response(f"{stack.issuer}/token"),
            duplicate.expect_response(f"{stack.issuer}/token"),
        ):
            advance(page, RENEWAL)
        expect_signed_in(page, "alice")
        expect_signed_in(duplicate, "alice")

    assert queries == [[], []]


@with_and_without_refresh_token
def test_sign_out_ends_the_session_of_the_provider(
    open_page: OpenPage, stack: StrictStack, user: str
) -> None:
    page = open_page(user=user)
    with page.expect_request(f"{stack.issuer}/session/end?*") as logout:
        sign_out(page)
    query = parse_qs(urlsplit(logout.value.url).query)
    assert query["post_logout_redirect_uri"] == [f"{stack.page_url}/"]
    assert "id_token_hint" in query

    page.get_by_role("button", name="Sign out here too").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.url == f"{stack.page_url}/"

    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Username")).to_be_visible()


@with_and_without_refresh_token
def test_notices_that_the_session_ended_elsewhere(
    open_clocked: Callable[[str], Page], stack: StrictStack, user: str
) -> None:
    page = open_clocked(user)
    queries = record_authorizations(page, stack)
    end_session_elsewhere(page, stack)

    advance(page, RENEWAL)
    expect_expired(page)
    advance(page, 3)
    page.reload()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert [query["prompt"] for query in queries] == [["none"]]  # no loop


def test_does_not_become_the_user_who_signed_in_elsewhere(
    open_clocked: Callable[[str], Page], stack: StrictStack
) -> None:
    page = open_clocked("bob")
    end_session_elsewhere(page, stack)
    other = page.context.new_page()
    other.goto(stack.page_url)
    sign_in(other, "carol")

    advance(page, RENEWAL)

    expect_sign_in_error(page, INVALID_SIGN_IN)
    expect(page.locator("#layout")).to_be_hidden()


@with_and_without_refresh_token
def test_signs_out_when_the_token_expires_and_the_provider_is_unreachable(
    open_clocked: Callable[[str], Page], stack: StrictStack, user: str
) -> None:
    page = open_clocked(user)
    page.route(f"{stack.issuer}/**", lambda route: route.abort())
    advance(page, RENEWAL)
    expect_signed_in(page, user)

    advance(page, 0.2)
    expect(page.locator("#welcome").get_by_role("alert")).to_have_text(UNREACHABLE)
    expect(page.locator("#layout")).to_be_hidden()

    page.unroute(f"{stack.issuer}/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect_signed_in(page, user)


def test_a_rejected_token_is_renewed(open_clocked: Callable[[str], Page], stack: StrictStack) -> None:
    page = open_clocked("bob")
    queries = record_authorizations(page, stack)
    seen: list[str] = []

    def reject_first(route: Route) -> None:
        seen.append(route.request.headers.get("authorization", ""))
        if seen[-1] == seen[0]:
            fulfill(route, status=401, json={"message": "Unauthorized"})
        else:
            route.continue_()

    page.route(f"{stack.api_url}/**", reject_first)
    page.evaluate("location.hash = '#/label/Unicorn'")
    expect(page.get_by_text("No photos match")).to_be_visible()
    assert [query["prompt"] for query in queries] == [["none"]]
    assert len(set(seen)) == 2


def test_a_renewed_token_that_is_rejected_too_causes_no_loop(
    open_clocked: Callable[[str], Page], stack: StrictStack
) -> None:
    page = open_clocked("bob")
    queries = record_authorizations(page, stack)
    page.route(f"{stack.api_url}/**", lambda route: fulfill(route, status=401, json={}))
    page.evaluate("location.hash = '#/label/Unicorn'")
    expect(page.locator(".gallery-status .error-box p")).to_have_text(REJECTED)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".gallery-status .error-box p")).to_have_text(REJECTED)
    assert [query["prompt"] for query in queries] == [["none"]]
