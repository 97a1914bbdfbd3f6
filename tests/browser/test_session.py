"""The session after sign-in: storage, reloads, renewal, and expiry."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Error, Page, Route, expect

from local.sign_in.user_pool import USERS
from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.support import (
    INVALID_SIGN_IN,
    UNREACHABLE,
    RequestGate,
    axe_violations,
    expect_sign_in_error,
    expect_signed_in,
    expect_upload_phase,
    forget_token,
    fulfill,
    record_requests,
    route_first,
    sign_in,
    sign_out,
    wait_until,
)

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import NewFile

UNEXPECTED = "The service sent an unexpected response. Try again in a moment."
EXPIRED = "Your sign-in has expired. Sign in again."


def change_token_response(token_url: str, page: Page, **changes: Any) -> None:
    """Change fields of the provider's next token response."""

    def respond(route: Route) -> None:
        body = route.fetch().json()
        fulfill(route, json={name: value for name, value in (body | changes).items() if value is not None})

    route_first(page, token_url, respond)


def test_stores_only_the_tokens_and_whose_they_are(page: Page) -> None:
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("Object.keys(sessionStorage).sort()") == ["refresh-token", "token", "user"]
    assert page.evaluate("sessionStorage.getItem('user')") == USERS["alice"].sub
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("document.cookie") == "returning=1"
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


@pytest.mark.parametrize("with_token", [True, False])
def test_reload_keeps_the_session(page: Page, token_url: str, with_token: bool) -> None:
    renewals = record_requests(page, url=token_url)
    if not with_token:
        forget_token(page)
    page.reload()
    expect_signed_in(page)
    assert len(renewals) == (0 if with_token else 1)


@pytest.mark.parametrize(
    ("fragment", "queries", "ids"),
    [
        ("", [{"q": "-status:failed", "limit": "30"}], []),
        (f"#/image/{image_id(1)}", [{"q": "-status:failed", "limit": "30"}], [image_id(1)]),
        ("#/label/Cat", [{"q": "label:Cat -status:failed", "limit": "30"}], []),
    ],
    ids=["gallery", "viewer", "search"],
)
def test_requests_what_is_shown_first_once_and_before_its_modules_arrive(
    page: Page, stack: Stack, fragment: str, queries: list[dict[str, str]], ids: list[str]
) -> None:
    library = FakeLibrary(stack, 3)
    library.serve(page)
    page.goto("about:blank")
    library.list_queries.clear()
    library.requested_ids.clear()
    gate = RequestGate(page, "**/scripts/main.js")
    page.goto(f"{stack.page_url}{fragment}", wait_until="commit")
    gate.wait_for(1)
    if fragment != "#/label/Cat":
        wait_until(page, lambda: [*library.list_queries, *library.requested_ids] != [])
    gate.release()
    expect(page.locator(".tile, .viewer[data-ready]").first).to_be_attached()
    page.wait_for_load_state("networkidle")
    assert (library.list_queries, library.requested_ids[: len(ids)]) == (queries, ids)


def test_a_tab_that_missed_a_sign_out_asks_the_provider(page: Page, stack: Stack, token_url: str) -> None:
    page.goto("about:blank")
    other = page.context.new_page()
    other.goto(stack.page_url)
    expect_signed_in(other)
    sign_out(other)
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    renewals = record_requests(page, url=token_url)
    page.goto(stack.page_url)
    expect_signed_in(page)
    assert len(renewals) == 1


def test_can_retry_when_the_provider_is_unreachable(page: Page, token_url: str) -> None:
    forget_token(page)
    page.route(token_url, lambda route: route.abort())
    page.reload()
    expect(page.locator("#welcome").get_by_role("alert")).to_have_text(UNREACHABLE)

    page.unroute(token_url)
    page.get_by_role("button", name="Try again").click()
    expect_signed_in(page)


def test_asks_to_sign_in_after_the_session_expired(page: Page) -> None:
    forget_token(page)
    page.evaluate("sessionStorage.setItem('refresh-token', 'expired')")
    page.context.clear_cookies()  # ends the session at the provider too
    page.reload()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator("#welcome-error")).to_have_text("")
    expect(page).to_have_title("Glimpse")

    sign_in(page, "alice")
    expect_signed_in(page)


def test_reload_during_a_renewal_keeps_the_session(page: Page, stack: Stack, token_url: str) -> None:
    page.goto(f"{stack.page_url}#/label/Person")
    forget_token(page)
    interrupted: list[Route] = []

    def keep_response(route: Route) -> None:
        assert route.fetch().status == 200  # the old refresh token is invalid now
        interrupted.append(route)

    route_first(page, token_url, keep_response)
    with page.expect_request(token_url):
        page.reload()
    wait_until(page, lambda: len(interrupted) == 1)

    page.reload()
    expect_signed_in(page)
    expect(page.get_by_role("heading", name="Person", exact=True)).to_be_visible()
    assert urlsplit(page.url).query == ""


def test_reload_during_the_silent_sign_in_keeps_the_session(page: Page) -> None:
    forget_token(page)
    page.evaluate("sessionStorage.setItem('refresh-token', 'expired')")
    authorize = re.compile("/oauth2/authorize")
    route_first(page, authorize, lambda route: route.abort("aborted"))
    with page.expect_event("requestfailed", lambda request: bool(authorize.search(request.url))):
        page.reload(wait_until="commit")

    page.reload()

    expect_signed_in(page)


def test_tries_the_refresh_token_of_an_interrupted_renewal_last(page: Page) -> None:
    page.evaluate("sessionStorage.setItem('renewing', 'yes')")  # the provider may have replaced the token
    page.context.clear_cookies()  # ends the session at the provider
    with page.expect_request(re.compile("/oauth2/authorize")) as authorization:
        page.reload()
    assert parse_qs(urlsplit(authorization.value.url).query)["prompt"] == ["none"]
    expect_signed_in(page)
    assert page.evaluate("sessionStorage.getItem('renewing')") is None


def test_an_unexpected_response_of_the_provider_keeps_the_session(page: Page) -> None:
    forget_token(page)
    route_first(page, re.compile("openid-configuration"), lambda route: fulfill(route, body="<html>"))
    page.reload()
    expect(page.locator("#welcome").get_by_role("alert")).to_have_text(UNEXPECTED)

    page.reload()
    expect_signed_in(page)


def test_asks_the_provider_when_the_refresh_token_is_rejected(page: Page) -> None:
    forget_token(page)
    page.evaluate("sessionStorage.setItem('refresh-token', 'revoked')")
    page.reload()
    expect_signed_in(page)


def test_repeated_reloads_keep_the_session(page: Page) -> None:
    for _ in range(5):
        with suppress(Error):  # interrupted by the navigation before
            forget_token(page)
            page.reload(wait_until="commit")
    expect_signed_in(page)
    expect(page.get_by_role("heading", name="All photos", exact=True)).to_be_visible()


def test_renews_the_token_before_it_expires(page: Page, token_url: str) -> None:
    page.clock.install()
    page.reload()
    expect_signed_in(page)

    with page.expect_response(token_url) as renewal:
        page.clock.fast_forward("50:00")

    assert "grant_type=refresh_token" in (renewal.value.request.post_data or "")
    assert renewal.value.status == 200


def test_keeps_a_refresh_token_that_is_not_rotated(page: Page, token_url: str) -> None:
    forget_token(page)
    change_token_response(token_url, page, refresh_token=None)
    kept = page.evaluate("sessionStorage.getItem('refresh-token')")
    page.reload()
    expect_signed_in(page)
    assert page.evaluate("sessionStorage.getItem('refresh-token')") == kept


def test_rejects_a_renewed_token_of_another_user(
    page: Page, stack: Stack, token_url: str, new_file: NewFile, api_url: str
) -> None:
    change_token_response(token_url, page, id_token=stack.token("bob"))
    route_first(page, f"{api_url}/uploads", lambda route: fulfill(route, status=401))
    page.set_input_files("#files", new_file())
    expect(page.locator(".upload-status")).to_have_text(INVALID_SIGN_IN)


def reject_current_token(page: Page, stack: Stack) -> list[str]:
    """Let the API reject the page's current token. Return the list of tokens that it receives."""
    seen: list[str] = []

    def respond(route: Route) -> None:
        token = route.request.headers.get("authorization", "")
        seen.append(token)
        if token == seen[0]:
            fulfill(route, status=401, json={"message": "Unauthorized"})
        else:
            route.continue_()

    page.route(f"{stack.api_url.rstrip('/')}/**", respond)
    return seen


def test_renews_a_rejected_token_once_for_all_requests(
    page: Page, stack: Stack, token_url: str, new_file: NewFile
) -> None:
    seen = reject_current_token(page, stack)
    renewals = record_requests(page, url=token_url)

    page.set_input_files("#files", [new_file() for _ in range(3)])

    expect_upload_phase(page, "done", 3)
    assert len(renewals) == 1
    assert len(set(seen)) == 2
    assert all(token.startswith("Bearer ey") for token in seen)


def test_shows_that_the_session_expired_and_signs_in_again(
    page: Page, stack: Stack, new_file: NewFile
) -> None:
    page.goto(f"{stack.page_url}#/label/Person")
    expect(page.get_by_role("heading", name="Person", exact=True)).to_be_visible()
    page.evaluate("sessionStorage.setItem('refresh-token', 'expired')")
    page.context.clear_cookies()  # ends the session at the provider too
    reject_current_token(page, stack)
    page.set_input_files("#files", new_file())
    expect_sign_in_error(page, EXPIRED)
    expect(page.locator(".upload")).to_have_count(0)
    expect(page.get_by_role("heading", name="Person", exact=True)).to_be_hidden()
    assert axe_violations(page) == []

    sign_in(page, "alice")
    expect_signed_in(page)
    expect(page.get_by_role("heading", name="Person", exact=True)).to_be_visible()
