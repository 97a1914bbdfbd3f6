"""Sessions at a strict provider: renewal with and without refresh tokens, expiry, sign-out.

Tokens live for 20 seconds. alice gets refresh tokens and bob gets none, see provider.mjs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.support import (
    UNREACHABLE,
    RequestGate,
    expect_signed_in,
    expect_upload_phase,
    freeze_clock,
    fulfill,
    sign_in,
    tiles,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Dialog

    from tests.browser.strict_provider.conftest import StrictStack
    from tests.browser.support import NewFile, OpenPage

EXPIRED = "Your sign-in has expired. Sign in again."
REJECTED = "The service rejected your sign-in. Sign out, then sign in again."
LIFETIME_MS = 20_000
RENEWAL = 0.9  # of a lifetime: then the page leaves even if it is in use
with_and_without_refresh_token = pytest.mark.parametrize("user", ["alice", "bob"])


@pytest.fixture
def open_clocked(open_page: OpenPage) -> Callable[[str], Page]:
    """Sign in on a page whose clock moves only when the test advances it."""

    def open_(user: str) -> Page:
        page = open_page(user=None)
        page.clock.install()
        sign_in(page, user)
        freeze_clock(page)
        return page

    return open_


def advance(page: Page, lifetimes: float) -> None:
    page.clock.fast_forward(int(lifetimes * LIFETIME_MS))


def record_authorizations(page: Page, stack: StrictStack) -> list[dict[str, list[str]]]:
    """Return a list to which the query of every authorization request is added from now on."""
    queries: list[dict[str, list[str]]] = []

    def record(request: Request) -> None:
        url = urlsplit(request.url)
        if request.url.startswith(f"{stack.issuer}/auth?"):
            queries.append(parse_qs(url.query))

    page.on("request", record)
    return queries


def end_session_elsewhere(page: Page, stack: StrictStack) -> None:
    other = page.context.new_page()
    other.goto(f"{stack.issuer}/session/end")
    with other.expect_navigation():
        other.get_by_role("button", name="Sign out here too").click()
    other.close()


def expect_expired(page: Page) -> None:
    expect(page.get_by_role("alert")).to_have_text(EXPIRED)
    expect(page.locator("#account-name")).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0


def test_asks_for_refresh_tokens_but_not_for_consent(open_page: OpenPage, stack: StrictStack) -> None:
    page = open_page(user=None)
    queries = record_authorizations(page, stack)
    sign_in(page, "bob")
    expect_signed_in(page, "bob")
    [query] = queries
    assert query["scope"] == ["openid email offline_access"]
    assert "prompt" not in query
    assert page.evaluate("Object.keys(sessionStorage)") == ["user"]


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

    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()
    assert page.url == f"{stack.page_url}/#/label/Person"
    assert page.evaluate("history.length") == history
    assert [query["prompt"] for query in queries] == ([] if user == "alice" else [["none"]] * 4)


@with_and_without_refresh_token
def test_reload_keeps_the_session(open_page: OpenPage, user: str) -> None:
    page = open_page(user=user, at="#/label/Person")
    for _ in range(2):
        page.reload()
        expect_signed_in(page, user)
        expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()


def test_reload_during_a_renewal_keeps_the_session(open_page: OpenPage, stack: StrictStack) -> None:
    page = open_page()
    interrupted: list[Route] = []

    def keep_response(route: Route) -> None:
        assert route.fetch().status == 200  # using the old refresh token again would end the authorization
        interrupted.append(route)

    page.route(f"{stack.issuer}/token", keep_response, times=1)
    page.reload()
    wait_until(page, lambda: len(interrupted) == 1)

    page.reload()
    expect_signed_in(page, "alice")


def test_duplicated_tabs_share_the_refresh_token(
    open_clocked: Callable[[str], Page], stack: StrictStack
) -> None:
    page = open_clocked("alice")
    with page.expect_popup() as popup:
        page.evaluate("window.open(location.href)")  # copies the session storage, like duplicating the tab
    duplicate = popup.value
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
    with page.expect_request(f"{stack.issuer}/session/end?*") as sign_out:
        page.get_by_role("button", name="Sign out").click()
    query = parse_qs(urlsplit(sign_out.value.url).query)
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

    expect(page.get_by_role("alert")).to_have_text("Your sign-in couldn't be verified. Sign in again.")
    expect(page.locator("#account-name")).to_be_hidden()


@with_and_without_refresh_token
def test_signs_out_when_the_token_expires_and_the_provider_is_unreachable(
    open_clocked: Callable[[str], Page], stack: StrictStack, user: str
) -> None:
    page = open_clocked(user)
    page.route(f"{stack.issuer}/**", lambda route: route.abort())
    advance(page, RENEWAL)
    expect_signed_in(page, user)

    advance(page, 0.2)
    expect(page.get_by_role("alert")).to_have_text(UNREACHABLE)
    expect(page.locator("#account-name")).to_be_hidden()

    page.unroute(f"{stack.issuer}/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect_signed_in(page, user)


def test_waits_until_the_page_is_not_in_use(open_clocked: Callable[[str], Page], stack: StrictStack) -> None:
    page = open_clocked("bob")
    queries = record_authorizations(page, stack)
    page.get_by_role("heading", name="Your photos", exact=True).click()

    advance(page, RENEWAL - 0.1)
    expect_signed_in(page, "bob")
    assert queries == []

    with page.expect_response(f"{stack.issuer}/token"):
        advance(page, 0.1)
    expect_signed_in(page, "bob")


def test_uploads_in_progress_survive_a_renewal(
    open_clocked: Callable[[str], Page], stack: StrictStack, objects_url: str, new_file: NewFile
) -> None:
    page = open_clocked("bob")
    page.get_by_role(
        "heading", name="Your photos", exact=True
    ).click()  # browsers confirm leaving only after a click
    dialogs: list[Dialog] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog))
    stored: list[int] = []
    page.on("response", lambda it: stored.append(it.status) if it.request.method == "PUT" else None)
    gate = RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", [new_file() | {"name": f"survivor {n}.jpg"} for n in range(8)])
    gate.wait_for(6)  # two are waiting
    queries = record_authorizations(page, stack)

    advance(page, 1.1)
    expect_upload_phase(page, "uploading", 6)
    assert queries == []

    gate.release()
    page.clock.resume()
    expect(page.locator(".upload")).to_have_count(2)
    assert [query["prompt"] for query in queries] == [["none"]]
    assert dialogs == []
    assert page.evaluate("caches.keys()") == []
    expect(tiles(page).filter(has_text="survivor")).to_have_count(8)
    wait_until(page, lambda: stored == [200] * 8)


def test_says_which_uploads_did_not_survive(
    open_clocked: Callable[[str], Page], objects_url: str, new_file: NewFile
) -> None:
    page = open_clocked("bob")
    page.evaluate("void (caches.open = () => Promise.reject(new DOMException('', 'SecurityError')))")
    gate = RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", [new_file() for _ in range(7)])
    gate.wait_for(6)
    advance(page, RENEWAL)
    gate.release()
    expect(page.locator("#notice")).to_have_text(
        "1 photo couldn't be kept while your sign-in was renewed. Add your photos again."
    )
    assert page.evaluate("Object.keys(sessionStorage)") == ["user"]


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
    expect(page.get_by_text("No photos with")).to_be_visible()
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
