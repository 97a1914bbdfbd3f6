"""Actions and checks that several browser tests share."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Locator, Page, Request, Route, expect

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
NewFile = Callable[..., FilePayload]
ReplaceResult = Callable[..., None]
OpenPage = Callable[..., Page]

UNREACHABLE = "Can’t reach the service. Check your connection."
INVALID_SIGN_IN = "Your sign-in couldn’t be verified. Sign in again."
NOT_FOUND = "This picture doesn't exist. It may have been deleted."
REJECTION_REASON = "This file isn't an image. Choose a file in one of these formats: JPEG or PNG."
UPLOAD_COUNT = 5  # more than the number of failures that are announced one by one
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class RequestGate:
    """Holds requests that match `url` and `method` until it is released."""

    def __init__(self, page: Page, url: str, method: str | None = None) -> None:
        self.held: list[Route] = []
        self._page = page
        self._method = method
        self._is_enabled = True
        page.route(url, self._hold)

    def _hold(self, route: Route) -> None:
        if self._is_enabled and self._method in (None, route.request.method):
            self.held.append(route)
        else:
            route.fallback()

    def wait_for(self, count: int) -> None:
        """Wait for exactly `count` requests. The page shows an upload before the browser sends it."""
        wait_until(self._page, lambda: len(self.held) >= count)
        assert len(self.held) == count

    def disable(self) -> None:
        """Let future requests pass. Removing the last route would release held requests too, so it stays."""
        self._is_enabled = False

    def release(self) -> None:
        """Let held and future requests pass."""
        self.disable()
        for route in self.held:
            route.fallback()


def route_first(
    page: Page, url: str | re.Pattern[str], respond: Callable[[Route], object], count: int = 1
) -> None:
    """Let `respond` answer the first `count` requests that match `url`. Later ones pass.

    Unlike `page.route(…, times=count)`, this keeps the route. Chromium may lose events of requests that are
    sent while the last route is being removed.
    """
    remaining = iter(range(count))

    def respond_or_pass(route: Route) -> None:
        if next(remaining, None) is None:
            route.fallback()
        else:
            respond(route)

    page.route(url, respond_or_pass)


def record_requests(page: Page, method: str | None = None, url: str | None = None) -> list[str]:
    """Return a list to which the URL of every matching request is added from now on."""
    urls: list[str] = []

    def record(request: Request) -> None:
        if method in (None, request.method) and url in (None, request.url):
            urls.append(request.url)

    page.on("request", record)
    return urls


def sign_in(page: Page, user: str) -> None:
    """Sign in, and wait until the page has its token: a page that is left before asks for it in vain."""
    submit_user_name(page, user)
    expect(page.locator("body")).to_have_attribute("data-session", "in")


def submit_user_name(page: Page, user: str) -> None:
    """Go to the provider's page and submit its form, which redirects back. In any language of the page."""
    page.locator("#sign-in").click()
    page.get_by_label("Username").fill(user)
    page.get_by_role("button", name="Sign in").click()


def expect_signed_in(page: Page, email: str = "alice@example.com") -> None:
    expect(page.locator("#account-name")).to_have_text(email)
    expect(page.locator("#layout")).to_be_visible()


def open_account(page: Page, name: str = "Account") -> Locator:
    """Open the account's menu and return it."""
    page.locator("#account-button").click()
    return page.get_by_role("region", name=name)


def forget_token(page: Page) -> None:
    """Let the page's next load renew its token, as if it had expired."""
    page.evaluate("sessionStorage.removeItem('token')")


def sign_out(page: Page) -> None:
    open_account(page).get_by_role("button", name="Sign out").click()


def expect_sign_in_error(page: Page, message: str) -> None:
    expect(page.locator("#welcome").get_by_role("alert")).to_have_text(message)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('refresh-token')") is None


def axe_violations(page: Page) -> list[str]:
    """Check WCAG 2.2 AA and axe's own best practices. Its preloading would violate the page's policy."""
    found = Axe().run(page, options={"runOnly": AXE_RULES, "preload": False}).response["violations"]
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def new_files(new_file: NewFile, count: int = UPLOAD_COUNT) -> list[FilePayload]:
    return [new_file("chelsea.jpg") | {"name": f"cat {number}.jpg"} for number in range(count)]


def upload_and_open(page: Page, file: FilePayload) -> Locator:
    """Upload one file, which the page opens when it is done. Return the viewer."""
    page.set_input_files("#files", file)
    viewer = page.locator("#viewer")
    expect(viewer).to_have_attribute("data-ready", "")
    return viewer


def bounding_box(locator: Locator) -> dict[str, float]:
    box = locator.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def tiles(page: Page) -> Locator:
    return page.locator(".tile")


def show_failed(page: Page) -> None:
    """Go to the photos that need attention. All other views leave them out."""
    page.evaluate("location.hash = '#/?q=status%3Afailed'")


def file_names(page: Page, count: int) -> list[str]:
    expect(tiles(page).nth(count - 1)).to_be_attached()
    return page.locator(".tile-name").all_inner_texts()[:count]


def wait_until(page: Page, condition: Callable[[], bool]) -> None:
    """Wait for something that event handlers of the test record. They run while the page is waited for."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "timed out after 30 seconds"
        page.wait_for_timeout(20)


def freeze_clock(page: Page) -> None:
    """Stop the installed clock, so that only `page.clock` moves it, however slow the machine is."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)


def advance_until(page: Page, condition: Callable[[], bool], step_ms: int = 500) -> None:
    """Move the frozen clock on until something happens.

    The page sets a timer when it has handled an answer, which may be after the test has seen the answer.
    """

    def advance_and_check() -> bool:
        page.clock.run_for(step_ms)
        return condition()

    wait_until(page, advance_and_check)


def wait_for_answers(page: Page) -> None:
    """Wait until the page has handled what it was answered before."""
    page.evaluate("fetch('config.json').then((response) => response.text())")


def set_tab_hidden(page: Page, hidden: bool) -> None:
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def start_drag(page: Page, paths: list[Path]) -> Callable[[str], None]:
    """Drag files over the page as the operating system does. Return a function for the next drag event."""
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)

    def dispatch(kind: str) -> None:
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 200, "y": 200, "data": data})

    dispatch("dragEnter")
    dispatch("dragOver")
    return dispatch


def drop_files(page: Page, paths: list[Path]) -> None:
    start_drag(page, paths)("drop")


def expect_upload_phase(page: Page, phase: str, count: int | None = None) -> None:
    """Wait until `count` uploads are in a phase. Without a count, there must be one upload only."""
    if count is None:
        expect(page.locator(".upload")).to_have_attribute("data-phase", phase)
        return
    expect(page.locator(f'.upload[data-phase="{phase}"]')).to_have_count(count)


def expect_summary(page: Page, text: str, timeout: int = 30_000) -> None:
    expect(page.locator("#upload-summary")).to_have_text(text, timeout=timeout)


def expect_upload_error(page: Page, message: str, action: str | None = "Try again") -> None:
    """Wait for the only upload to fail. With `action` None, nothing can help."""
    expect_upload_phase(page, "failed")
    expect(page.locator(".upload-status")).to_have_text(message)
    expect(page.locator(".upload .link-button:visible")).to_have_text([action] if action else [])
    expect(page.locator("#announcements")).to_contain_text(message)


def retry_succeeds(page: Page, action: str = "Try again") -> None:
    page.locator(".upload").get_by_role("button", name=action).click()
    expect_upload_phase(page, "done")
    expect(page.locator(".upload .link-button:visible")).to_have_count(0)


def fulfill_pending(route: Route, retry_after: str = "1") -> None:
    """Respond to GET /images/{id} as for a pending image."""
    body = {"image": {"id": "0" * 64, "status": "pending"}, "result": None, "links": {}}
    fulfill(route, json=body, headers={"Retry-After": retry_after})


def fulfill(route: Route, **response: Any) -> None:
    """Respond with CORS headers, because the page and the API have different origins."""
    cors = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
    route.fulfill(headers={**cors, **response.pop("headers", {})}, **response)
