"""Files that wait while the page is left to renew a session without a refresh token."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.support import (
    UNREACHABLE,
    RequestGate,
    expect_signed_in,
    expect_upload_phase,
    freeze_clock,
    fulfill,
    new_files,
    route_first,
    sign_in,
    tiles,
)

if TYPE_CHECKING:
    from tests.browser.support import NewFile, OpenPage

AUTHORIZE = re.compile("/oauth2/authorize")
EXPIRED = "Your sign-in has expired. Sign in again."
LEAVES_AT = "55:00"  # of an hour
NOT_KEPT = "2 photos couldn’t be kept while your sign-in was renewed. Add your photos again."


@pytest.fixture
def clocked_page(open_page: OpenPage) -> Page:
    """alice's page without a refresh token. Its clock moves only when the test advances it."""
    page = open_page(user=None)
    page.clock.install()
    sign_in(page, "alice")
    page.evaluate("sessionStorage.removeItem('refresh-token')")
    freeze_clock(page)
    return page


def answer_with_error(page: Page, error: str) -> None:
    """Let the provider answer the next authorization request with an error."""

    def respond(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        fields = urlencode({"error": error, "state": query["state"][0]})
        route.fulfill(status=302, headers={"Location": f"{query['redirect_uri'][0]}?{fields}"})

    route_first(page, AUTHORIZE, respond)


def fail_to_renew(page: Page, error: str, message: str) -> None:
    """Let the page leave to renew its session, come back with an error, and show the message."""
    answer_with_error(page, error)
    page.clock.fast_forward(LEAVES_AT)
    expect(page.locator("#welcome").get_by_role("alert")).to_have_text(message)
    page.clock.resume()


@pytest.fixture
def waiting_page(clocked_page: Page, objects_url: str, new_file: NewFile) -> Page:
    """A page with two uploads that stall when its clock advances, so that they wait for another attempt."""
    gate = RequestGate(clocked_page, objects_url, "PUT")
    clocked_page.set_input_files("#files", new_files(new_file, 2))
    gate.wait_for(2)
    gate.disable()
    return clocked_page


@pytest.mark.parametrize(
    ("error", "message", "button"),
    [
        ("temporarily_unavailable", UNREACHABLE, "Try again"),
        ("server_error", "Sign-in wasn’t completed: server_error.", "Sign in"),
    ],
)
def test_files_wait_until_the_provider_is_available(
    waiting_page: Page, error: str, message: str, button: str
) -> None:
    fail_to_renew(waiting_page, error, message)

    waiting_page.get_by_role("button", name=button).click()

    expect_signed_in(waiting_page)
    expect_upload_phase(waiting_page, "done", 2)
    expect(tiles(waiting_page)).to_have_count(2)
    assert waiting_page.evaluate("caches.keys()") == []


def test_files_wait_until_the_user_signs_in_again(waiting_page: Page) -> None:
    fail_to_renew(waiting_page, "login_required", EXPIRED)
    expect(waiting_page.locator(".upload")).to_have_count(0)

    waiting_page.get_by_role("button", name="Sign in").click()

    expect_signed_in(waiting_page)
    expect_upload_phase(waiting_page, "done", 2)
    expect(tiles(waiting_page)).to_have_count(2)


def test_files_wait_when_a_second_renewal_fails_too(waiting_page: Page) -> None:
    fail_to_renew(waiting_page, "temporarily_unavailable", UNREACHABLE)
    answer_with_error(waiting_page, "login_required")
    waiting_page.get_by_role("button", name="Try again").click()

    waiting_page.get_by_role("button", name="Sign in").click()

    expect_signed_in(waiting_page)
    expect_upload_phase(waiting_page, "done", 2)
    expect(tiles(waiting_page)).to_have_count(2)


def test_another_user_gets_none_of_the_files(waiting_page: Page) -> None:
    fail_to_renew(waiting_page, "login_required", EXPIRED)
    waiting_page.context.clear_cookies()  # ends the session at the provider

    sign_in(waiting_page, "bob")

    expect(waiting_page.locator("#notice")).to_have_text("")
    expect(waiting_page.locator(".upload")).to_have_count(0)
    assert waiting_page.evaluate("caches.keys()") == []


def test_files_are_kept_for_ten_minutes(waiting_page: Page) -> None:
    fail_to_renew(waiting_page, "login_required", EXPIRED)
    waiting_page.wait_for_function("async () => (await caches.keys()).length === 1")
    waiting_page.clock.fast_forward("12:00")
    waiting_page.wait_for_function("async () => (await caches.keys()).length === 0")
    waiting_page.clock.set_system_time(time.time())  # the provider's time, or the token seems to be expired

    waiting_page.get_by_role("button", name="Sign in").click()

    expect(waiting_page.locator("#notice")).to_have_text(NOT_KEPT)
    expect(waiting_page.locator(".upload")).to_have_count(0)


def test_failed_uploads_survive_a_renewal(clocked_page: Page, objects_url: str, new_file: NewFile) -> None:
    route_first(clocked_page, objects_url, lambda route: fulfill(route, status=400, body="<Error/>"), 2)
    clocked_page.set_input_files("#files", new_files(new_file, 2))
    expect_upload_phase(clocked_page, "failed", 2)

    with clocked_page.expect_response(re.compile("/oauth2/token")):
        clocked_page.clock.fast_forward(LEAVES_AT)

    clocked_page.clock.resume()
    expect_upload_phase(clocked_page, "done", 2)
