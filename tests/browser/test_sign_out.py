"""Sign-out: in this tab, in other tabs, and at the provider."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route, expect

from tests.browser.support import RequestGate, expect_signed_in, expect_upload_phase, fulfill

if TYPE_CHECKING:
    from playwright.sync_api import Dialog

    from local.stack import Stack
    from tests.browser.support import NewFile


def test_signing_out_during_uploads_asks_first(page: Page, objects_url: str, new_file: NewFile) -> None:
    RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", [new_file(), new_file()])
    expect_upload_phase(page, "uploading", 2)
    dialogs: list[tuple[str, str]] = []
    sign_out = page.get_by_role("button", name="Sign out")

    def dismiss(dialog: Dialog) -> None:
        dialogs.append((dialog.type, dialog.message))
        dialog.dismiss()

    page.once("dialog", dismiss)
    sign_out.click()
    expect_upload_phase(page, "uploading", 2)
    expect(page.locator("body")).to_have_attribute("data-session", "in")

    page.once("dialog", lambda dialog: dialog.accept())
    sign_out.click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator(".upload")).to_have_count(0)
    question = "2 photos are still uploading. Sign out and cancel?"
    assert dialogs == [("confirm", question)]


def test_signing_out_revokes_the_session_everywhere(
    page: Page, stack: Stack, page_url: str, token_url: str, new_file: NewFile
) -> None:
    page.set_input_files("#files", new_file())
    expect_upload_phase(page, "done")
    page.get_by_role("button", name="Close", exact=True).click()  # the viewer
    refresh = page.evaluate("sessionStorage.getItem('refresh-token')")

    with page.expect_request(re.compile(re.escape(stack.sign_in_url) + "/logout")) as sign_out:
        page.get_by_role("button", name="Sign out").click()

    query = parse_qs(urlsplit(sign_out.value.url).query)
    [hint] = query.pop("id_token_hint")
    assert stack.sign_in.tokens.is_id_token(hint)
    assert query == {
        "client_id": ["local-page"],
        "logout_uri": [page_url],
        "post_logout_redirect_uri": [page_url],
    }
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    expect(page.locator(".upload")).to_have_count(0)
    form = {"grant_type": "refresh_token", "client_id": "local-page", "refresh_token": refresh}
    assert page.request.post(token_url, form=form).json()["error"] == "invalid_grant"

    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Username")).to_be_visible()


def test_signs_out_of_cognito_without_an_end_session_endpoint(
    page: Page, stack: Stack, page_url: str
) -> None:
    def remove_end_session_endpoint(route: Route) -> None:
        metadata = route.fetch().json()
        del metadata["end_session_endpoint"]
        fulfill(route, json=metadata)

    page.route(re.compile("openid-configuration"), remove_end_session_endpoint)
    page.reload()
    expect_signed_in(page)
    with page.expect_request(re.compile("/logout")) as sign_out:
        page.get_by_role("button", name="Sign out").click()
    query = parse_qs(urlsplit(sign_out.value.url).query)
    assert sign_out.value.url.startswith(f"{stack.sign_in_url}/logout?")
    assert query == {
        "client_id": ["local-page"],
        "logout_uri": [page_url],
        "post_logout_redirect_uri": [page_url],
    }


def test_signs_out_other_tabs(page: Page, stack: Stack) -> None:
    other = page.context.new_page()
    other.goto(stack.page_url)
    other.get_by_role("button", name="Sign in").click()
    expect_signed_in(other)

    page.get_by_role("button", name="Sign out").click()

    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    assert other.evaluate("sessionStorage.length") == 0
