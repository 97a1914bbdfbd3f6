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


# The number of the tile in the next (1) or previous (-1) row that is nearest to the focused one.
NEAREST = """(step) => {
  const center = (tile) => tile.getBoundingClientRect().x + tile.getBoundingClientRect().width / 2;
  const from = document.activeElement.closest(".tile");
  const tops = [...new Set([...document.querySelectorAll(".tile")].map((tile) => tile.offsetTop))];
  const top = tops[tops.indexOf(from.offsetTop) + step];
  const row = [...document.querySelectorAll(".tile")].filter((tile) => tile.offsetTop === top);
  row.sort((a, b) => Math.abs(center(a) - center(from)) - Math.abs(center(b) - center(from)));
  return row[0].querySelector(".tile-name").textContent;
}"""


def test_moves_between_tiles_with_the_arrow_keys(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 200)
    for number in range(200):
        library.change(number, width=(400, 300, 700, 500)[number % 4])
    library.serve(page)
    expect(tiles(page).first).to_be_visible()
    page.locator(".tile-link").first.focus()
    for key, number in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)]:
        page.keyboard.press(key)
        assert focused_file_name(page) == f"picture-{number}.jpg", key
    for key, step in [("ArrowDown", 1), ("ArrowDown", 1), ("ArrowUp", -1)]:
        expected = page.evaluate(NEAREST, step)
        page.keyboard.press(key)
        assert focused_file_name(page) == expected, key
    for _ in range(60):
        page.keyboard.press("ArrowDown")
        page.evaluate("new Promise(requestAnimationFrame)")
        assert min(page.evaluate(FOCUS_MARGINS)) > -1, "the focused tile must be visible"
    expect(page.locator("[aria-posinset='200']")).to_be_visible()

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
