"""What several tests of the page do and look for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Fresh = Callable[..., dict[str, Any]]
    Answer = Callable[..., None]
    Document = dict[str, Any]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def sign_in(page: Page, user: str) -> None:
    """The whole way, by the provider's own page."""
    give_name(page, user)
    expect(page.locator("body")).to_have_attribute("data-session", "in")


def give_name(page: Page, user: str) -> None:
    """To the provider, which sends the page an answer."""
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("User name").fill(user)
    page.get_by_role("button", name="Sign in").click()


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its own best practices."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]


def show(page: Page, file: dict[str, Any]) -> Locator:
    """Uploads a picture, whose result is then shown by itself."""
    page.set_input_files("#files", file)
    viewer = page.locator("#viewer")
    expect(viewer).to_have_attribute("data-ready", "")
    return viewer


def within_picture(viewer: Locator, box: Locator, size: tuple[int, int] = (512, 512)) -> tuple[float, ...]:
    """A box in the picture's own pixels, measured on the screen: left, top, right, bottom."""
    image, drawn = viewer.locator(".image-view-img").bounding_box(), box.bounding_box()
    assert image is not None
    assert drawn is not None
    across, down = size[0] / image["width"], size[1] / image["height"]
    left, top = (drawn["x"] - image["x"]) * across, (drawn["y"] - image["y"]) * down
    return left, top, left + drawn["width"] * across, top + drawn["height"] * down


def set_minimum(page: Page, value: int) -> None:
    page.get_by_label("Minimum confidence").fill(str(value))


def until(page: Page, met: Callable[[], bool]) -> None:
    """Waits for what the handlers of this side note; they run while the page is waited for."""
    deadline = time.monotonic() + 30
    while not met():
        assert time.monotonic() < deadline, "waited in vain"
        page.wait_for_timeout(20)


def hold_time(page: Page) -> None:
    """From now on the installed clock moves only as it is told to, however slow this machine is."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)


def look_away(page: Page, away: bool = True) -> None:
    """To another tab, or back."""
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        away,
    )


def drag(page: Page, paths: list[Path]) -> Callable[[str], None]:
    """Drags files over the page as the operating system does, and gives what else it can do: "drop" them."""
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)

    def act(kind: str) -> None:
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 200, "y": 200, "data": data})

    act("dragEnter")
    act("dragOver")
    return act


def drop(page: Page, paths: list[Path]) -> None:
    """Drops files; the page cannot tell the difference to a person."""
    drag(page, paths)("drop")


def shows(page: Page, sentence: str, action: str = "Try again") -> None:
    expect(page.locator(".upload .error-box p")).to_have_text(sentence)
    expect(page.locator(".upload .error-box").get_by_role("button")).to_have_text(action)
    expect(page.locator("#announcements")).to_contain_text(sentence)


def goes_on(page: Page, action: str = "Try again") -> None:
    page.locator(".upload").get_by_role("button", name=action).click()
    expect(page.locator(".upload")).to_have_attribute("data-phase", "done")
    expect(page.locator(".upload .error-box")).to_have_count(0)


def pending(route: Route, retry_after: str = "1") -> None:
    """GET /images/{id} while the picture is in work."""
    body = {"image": {"id": "0" * 64, "status": "pending"}, "result": None, "links": {}}
    answered(route, json=body, headers={"Retry-After": retry_after})


def answered(route: Route, **answer: Any) -> None:
    """An answer in place of the real one, which a page of another origin may read."""
    allowed = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
    route.fulfill(headers={**allowed, **answer.pop("headers", {})}, **answer)
