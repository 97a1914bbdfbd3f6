"""What several tests of the page do and look for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Locator, Page, Route, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    Fresh = Callable[..., dict[str, Any]]
    Answer = Callable[..., None]
    Document = dict[str, Any]


def show(page: Page, file: dict[str, Any]) -> Locator:
    page.set_input_files("#files", file)
    card = page.locator(".card").first
    expect(card).to_have_attribute("data-drawn", "")
    return card


def within_picture(card: Locator, box: Locator, size: tuple[int, int] = (512, 512)) -> tuple[float, ...]:
    """A box in the picture's own pixels, measured on the screen: left, top, right, bottom."""
    image, drawn = card.locator(".picture-image").bounding_box(), box.bounding_box()
    assert image is not None
    assert drawn is not None
    across, down = size[0] / image["width"], size[1] / image["height"]
    left, top = (drawn["x"] - image["x"]) * across, (drawn["y"] - image["y"]) * down
    return left, top, left + drawn["width"] * across, top + drawn["height"] * down


def set_minimum(page: Page, value: int) -> None:
    page.get_by_label("Sure at least").fill(str(value))


def shows(page: Page, sentence: str, action: str = "Try again") -> None:
    expect(page.locator(".failure p")).to_have_text(sentence)
    expect(page.locator(".failure").get_by_role("button")).to_have_text(action)
    expect(page.locator("#announcements")).to_contain_text(sentence)


def goes_on(page: Page, action: str = "Try again") -> None:
    page.get_by_role("button", name=action).click()
    expect(page.locator(".card")).to_have_attribute("data-phase", "done")
    expect(page.locator(".failure")).to_have_count(0)


def answered(route: Route, **answer: Any) -> None:
    """An answer in place of the real one, which a page of another origin may read."""
    allowed = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
    route.fulfill(headers={**allowed, **answer.pop("headers", {})}, **answer)
