"""A renewal by a visit to the strict provider waits for a page in use, and loses no upload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.strict_provider.support import RENEWAL, advance, record_authorizations
from tests.browser.support import RequestGate, expect_signed_in, expect_upload_phase, tiles, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Dialog

    from tests.browser.strict_provider.conftest import StrictStack
    from tests.browser.support import NewFile


def test_waits_until_the_page_is_not_in_use(open_clocked: Callable[[str], Page], stack: StrictStack) -> None:
    page = open_clocked("bob")
    queries = record_authorizations(page, stack)
    page.get_by_role("heading", name="All photos", exact=True).click()

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
    # browsers confirm leaving only after a click
    page.get_by_role("heading", name="All photos", exact=True).click()
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
        "1 photo couldn’t be kept while your sign-in was renewed. Add your photos again."
    )
    assert page.evaluate("Object.keys(sessionStorage)") == ["token", "user"]
