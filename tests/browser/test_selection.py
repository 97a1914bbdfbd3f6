"""Selecting photos: with the mouse, by touch, and with the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import axe_violations, bounding_box, open_account, scrolls_sideways, tiles

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, OpenPage


def check(page: Page, number: int) -> Locator:
    return page.get_by_role("checkbox", name=f"Select picture-{number}.jpg", exact=True)


def selection_bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Selected photos")


def expect_selected(page: Page, numbers: list[int]) -> None:
    names = [f"picture-{number}.jpg" for number in numbers]
    expect(page.locator(".tile[data-selected] .tile-name")).to_have_text(names)
    if numbers:
        expect(selection_bar(page).locator(".selection-count")).to_have_text(f"{len(numbers)} selected")
    else:
        expect(selection_bar(page)).to_be_hidden()


@pytest.fixture
def library(page: Page, stack: Stack) -> FakeLibrary:
    library = FakeLibrary(stack, 30).serve(page)
    expect(tiles(page).first).to_be_visible()
    return library


def test_selects_with_the_mouse_and_a_range_with_shift(page: Page, library: FakeLibrary) -> None:
    expect(check(page, 1)).to_have_css("opacity", "0")
    tiles(page).nth(1).hover()
    expect(check(page, 1)).to_have_css("opacity", "1")
    check(page, 1).click()
    expect_selected(page, [1])
    expect(check(page, 9)).to_have_css("opacity", "1")  # all of them during a selection
    expect(page.locator("#announcements")).to_contain_text("1 photo selected. Press period for actions.")

    check(page, 4).click(modifiers=["Shift"])
    expect_selected(page, [1, 2, 3, 4])
    expect(check(page, 3)).to_be_checked()
    tiles(page).nth(6).locator(".tile-link").click(modifiers=["Shift"])
    expect_selected(page, [1, 2, 3, 4, 5, 6])
    check(page, 3).click()
    expect_selected(page, [1, 2, 4, 5, 6])
    assert page.evaluate("String(getSelection())") == ""
    selection_bar(page).get_by_role("button", name="Clear selection").click()
    expect_selected(page, [])


def test_selects_with_the_keyboard(page: Page, library: FakeLibrary) -> None:
    page.locator(".tile-link").nth(2).focus()
    page.keyboard.press(" ")
    expect_selected(page, [2])
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect_selected(page, [2, 3, 4])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ ")
    expect_selected(page, [2, 3, 4, 5, 6])
    page.keyboard.press("Control+a")
    expect(selection_bar(page).locator(".selection-count")).to_have_text("30 selected")
    page.keyboard.press(".")
    expect(selection_bar(page).get_by_role("button", name="Tag")).to_be_focused()
    page.keyboard.press("Escape")
    expect_selected(page, [])
    expect(page.locator(".tile-link").first).to_be_focused()


def test_selects_by_clicks_after_select_was_chosen(page: Page, library: FakeLibrary) -> None:
    page.get_by_role("button", name="Select", exact=True).click()
    expect(selection_bar(page)).to_be_visible()
    expect(selection_bar(page).get_by_role("button", name="Tag")).to_have_attribute("aria-disabled", "true")
    tiles(page).nth(2).locator(".tile-link").click()
    tiles(page).nth(4).locator(".tile-link").click(modifiers=["Shift"])
    expect_selected(page, [2, 3, 4])
    page.keyboard.press("Escape")
    expect_selected(page, [])
    tiles(page).nth(2).locator(".tile-link").click()
    expect(page.locator("#viewer")).to_be_visible()


def test_selects_all_that_is_shown(page: Page, library: FakeLibrary) -> None:
    page.evaluate("location.hash = '#/?q=cat'")
    expect(tiles(page)).to_have_count(10)
    page.get_by_role("button", name="Select", exact=True).click()
    page.get_by_role("button", name="Select all").click()
    expect(selection_bar(page).locator(".selection-count")).to_have_text("10 selected")


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)


def test_selects_with_a_rectangle_from_an_empty_place(page: Page, library: FakeLibrary) -> None:
    check(page, 8).click()
    grid, second = bounding_box(page.locator("#grid")), bounding_box(tiles(page).nth(1))
    start = (grid["x"] - 4, second["y"] - 4)
    drag(page, start, (second["x"] + 9, second["y"] + 9))
    expect(page.locator(".rubber-band")).to_be_visible()
    expect_selected(page, [0, 1, 8])
    page.mouse.move(grid["x"] + 9, second["y"] + 9, steps=3)
    expect_selected(page, [0, 8])
    page.mouse.up()
    expect(page.locator(".rubber-band")).to_be_hidden()
    expect_selected(page, [0, 8])
    assert page.evaluate("String(getSelection())") == ""


def test_selects_with_a_rectangle_from_a_circle(page: Page, library: FakeLibrary) -> None:
    tiles(page).nth(1).hover()
    circle, third = bounding_box(check(page, 1)), bounding_box(tiles(page).nth(2))
    drag(page, (circle["x"] + 12, circle["y"] + 12), (third["x"] + 30, third["y"] + 60))
    page.mouse.up()
    expect_selected(page, [1, 2])
    expect(page.locator("#viewer")).to_be_hidden()


def test_a_rectangle_scrolls_the_page_at_the_edge(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(height=500)
    FakeLibrary(stack, 60).serve(page)
    expect(tiles(page).first).to_be_visible()
    grid = bounding_box(page.locator("#grid"))
    drag(page, (grid["x"] - 4, grid["y"] + 50), (grid["x"] + 20, 495))
    expect(page.locator("[aria-posinset='21'][data-selected]")).to_be_attached()
    page.mouse.up()
    position = page.evaluate("scrollY")
    assert position > 300
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("scrollY") == position


def test_a_new_search_and_a_deletion_change_the_selection(page: Page, library: FakeLibrary) -> None:
    check(page, 0).click()
    check(page, 1).click()
    page.locator(".tile-link").first.click()
    expect(page.locator("#viewer")).to_be_visible()  # else the gallery gets the keys
    page.keyboard.press("Delete")
    page.keyboard.press("Escape")
    expect_selected(page, [1])
    page.evaluate("location.hash = '#/?q=picture'")
    expect(page.get_by_role("heading", name="Search results")).to_be_visible()
    expect_selected(page, [])


def test_keys_act_on_the_viewer_while_it_is_open(page: Page, library: FakeLibrary) -> None:
    check(page, 3).click()
    page.locator(".tile-link").first.click()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    expect(selection_bar(page)).to_be_hidden()
    page.keyboard.press("Escape")
    expect_selected(page, [3])


def press_long(page: Page, number: int, moves: bool = False) -> None:
    box = bounding_box(tiles(page).nth(number))
    session = page.context.new_cdp_session(page)
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    if moves:
        moved = {**point, "y": point["y"] - 40}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [moved]})
    page.wait_for_timeout(600)  # as long as the press
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_long_press_selects_and_then_a_tap_does(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    FakeLibrary(stack, 30).serve(page)
    expect(check(page, 1)).to_have_css("opacity", "0")
    press_long(page, 1)
    expect_selected(page, [1])
    expect(page.locator("#viewer")).to_be_hidden()
    tiles(page).nth(2).tap()
    expect_selected(page, [1, 2])
    box = bounding_box(check(page, 2))
    assert min(box["width"], box["height"]) >= 40
    buttons = selection_bar(page).get_by_role("button").all()
    boxes = [bounding_box(button) for button in buttons if button.is_visible()]
    assert min(min(box["width"], box["height"]) for box in boxes) >= 40
    assert len({box["y"] + box["height"] / 2 for box in boxes}) == 1, "one row"
    selection_bar(page).get_by_role("button", name="Clear selection").tap()
    press_long(page, 1, moves=True)
    expect_selected(page, [])


@pytest.mark.parametrize("width", [320, 360])
def test_the_bar_is_one_row_on_a_small_phone(open_page: OpenPage, stack: Stack, width: int) -> None:
    page = open_page(width=width, height=740, has_touch=True, is_mobile=True)
    FakeLibrary(stack, 3).serve(page)
    press_long(page, 1)
    boxes = [
        bounding_box(each) for each in selection_bar(page).get_by_role("button").all() if each.is_visible()
    ]
    assert len({box["y"] + box["height"] / 2 for box in boxes}) == 1
    assert min(box["height"] for box in boxes) >= 40
    assert min(box["width"] for box in boxes) >= 32


def test_a_focused_photo_is_not_behind_the_bar(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=320, height=700)
    FakeLibrary(stack, 40).serve(page)
    page.locator(".tile-link").first.focus()
    page.keyboard.press(" ")
    for key in ["ArrowDown"] * 8 + ["Tab"] * 8:
        page.keyboard.press(key)
        link = bounding_box(page.locator(".tile-link:focus"))
        assert link["y"] + link["height"] <= bounding_box(selection_bar(page))["y"] + 1, key


def test_keys_in_a_menu_or_a_dialog_leave_the_selection(page: Page, library: FakeLibrary) -> None:
    check(page, 1).click()
    account = open_account(page)
    page.keyboard.press("Delete")
    page.keyboard.press("Escape")
    expect(account).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect_selected(page, [1])
    page.keyboard.press("Escape")
    expect_selected(page, [])


def test_a_selection_ends_with_the_review(page: Page, library: FakeLibrary) -> None:
    page.get_by_role("button", name="Select", exact=True).click()
    expect(selection_bar(page)).to_be_visible()
    page.evaluate("location.hash = '#/review'")
    expect(page.get_by_role("heading", name="Review", level=1)).to_be_visible()
    expect(selection_bar(page)).to_be_hidden()


def test_the_selection_has_no_accessibility_violations_and_fits(
    open_page: OpenPage, stack: Stack, appearance: Json
) -> None:
    page = open_page(**appearance)
    library = FakeLibrary(stack, 12)
    library.change(0, favorite=True, tags=["a-very-long-tag-without-a-single-space-" * 2])
    library.change(1, decision={"value": "hidden", "by": "a@b.example", "at": "2026-11-20T12:00:00.000Z"})
    library.serve(page)
    expect(tiles(page).first.locator("img")).to_be_visible()
    page.locator(".tile-link").first.focus()
    page.keyboard.press("Control+a")
    assert axe_violations(page) == [], "selected"
    for name in ("More", "Export"):
        selection_bar(page).get_by_role("button", name=name).click()
        expect(page.get_by_role("menuitem").first).to_be_focused()
        box = bounding_box(page.locator(".menu-items:visible"))
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= appearance["width"], name
        assert axe_violations(page) == [], name
        page.keyboard.press("Escape")
    selection_bar(page).get_by_role("button", name="Tag").click()
    page.keyboard.type("a")
    expect(page.locator(".suggestion").first).to_be_visible()
    assert axe_violations(page) == [], "tag"
    assert not scrolls_sideways(page)
