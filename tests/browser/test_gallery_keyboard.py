"""Moving between the gallery's tiles with the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import tiles

if TYPE_CHECKING:
    from local.stack import Stack

# Of the focused element to the window's edges, in pixels; scroll positions are rounded to whole ones.
FOCUS_MARGINS = """() => {
  const {top, bottom} = document.activeElement.getBoundingClientRect();
  return [top, innerHeight - bottom];
}"""


def focused_file_name(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.closest('.tile')?.querySelector('.tile-name').textContent")
    )


def test_moves_between_tiles_with_the_arrow_keys(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 200).serve(page)
    expect(tiles(page).first).to_be_visible()
    columns = len(
        page.locator(".grid").evaluate("(grid) => getComputedStyle(grid).gridTemplateColumns").split()
    )
    page.locator(".tile-link").first.focus()
    expected = [
        ("ArrowRight", 1),
        ("ArrowDown", 1 + columns),
        ("ArrowLeft", columns),
        ("ArrowLeft", columns - 1),
        ("ArrowDown", 2 * columns - 1),
        ("ArrowUp", columns - 1),
        ("ArrowUp", columns - 1),
    ]
    for key, number in expected:
        page.keyboard.press(key)
        assert focused_file_name(page) == f"picture-{number}.jpg", key
    for step in range(1, 31):
        page.keyboard.press("ArrowDown")
        index = min(columns - 1 + step * columns, 199)
        if index < 199:
            expect(page.locator(f"[aria-posinset='{index + 1}'] .tile-link")).to_be_focused()
        assert min(page.evaluate(FOCUS_MARGINS)) > -1, "the focused tile must be visible"

    page.evaluate("document.documentElement.dir = 'rtl'")
    page.evaluate("scrollTo(0, 0)")
    page.locator("[aria-posinset='1'] .tile-link").focus()
    page.keyboard.press("ArrowLeft")
    assert focused_file_name(page) == "picture-1.jpg"
    page.keyboard.press("ArrowRight")
    assert focused_file_name(page) == "picture-0.jpg"


def test_moves_between_tiles_with_the_tab_key(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 100).serve(page)
    expect(tiles(page).first).to_be_visible()
    page.locator(".tile-link").first.focus()
    for number in range(1, 40):  # beyond the rendered tiles
        page.keyboard.press("Tab")
        assert focused_file_name(page) == f"picture-{number}.jpg"
        assert min(page.evaluate(FOCUS_MARGINS)) > -1, "the focused tile must be visible"
    page.keyboard.press("Shift+Tab")
    assert focused_file_name(page) == "picture-38.jpg"
