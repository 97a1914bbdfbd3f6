"""The sidebar: views, labels by category, colors, and the dialog with all labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.fake_models import set_models
from tests.browser.support import RequestGate, axe_violations, bounding_box, scrolls_sideways, tiles

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, OpenPage

CATEGORIES = {
    "Animals and Pets": ["Cat", "Dog", "Horse", "Bird", "Fish"],
    "Vehicles and Automotive": ["Car", "Motorcycle"],
    "A new category": ["Novelty"],
    None: ["Legacy"],
}


def label(name: str, category: str | None) -> Json:
    return {"name": name, "confidence": 90.0, "category": category}


def make_library(stack: Stack) -> FakeLibrary:
    """The first label of each category is on all 12 images, the next on one less, and so on."""
    library = FakeLibrary(stack, 12)
    for number in range(12):
        labels = [
            label(name, category)
            for category, names in CATEGORIES.items()
            for index, name in enumerate(names)
            if number >= index
        ]
        library.change(number, labels=labels, colors=["red", "olive"] if number % 2 else ["black"])
    library.change(0, favorite=True)
    return library


def with_many_labels(stack: Stack, count: int = 500) -> FakeLibrary:
    library = make_library(stack)
    many = [label(f"Thing {number:03}", f"Category {number % 20}") for number in range(count - 9)]
    for number in range(12):
        library.images[f"{number:064x}"]["labels"] += many[number * 41 : (number + 1) * 41]
    return library


def sidebar(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Filters")


def open_dialog(page: Page) -> Locator:
    page.get_by_role("button", name=re.compile("^All .* labels$")).click()
    return page.get_by_role("dialog", name=re.compile("^All .* labels$"))


def test_shows_views_with_counts(page: Page, stack: Stack) -> None:
    set_models(page, False)
    library = make_library(stack).serve(page)
    views = sidebar(page).get_by_role("link")
    expect(views).to_have_text(["All photos12", "Favorites1"])
    expect(views.first).to_have_attribute("aria-current", "page")

    library.set_failed(1, "This file isn't an image.")
    library.change(
        2, decision={"value": "hidden", "by": "alice@example.com", "at": "2026-11-20T12:00:00.000Z"}
    )
    library.change(3, review={"flags": ["Weapons"], "missing": []})
    page.reload()
    expect(views).to_have_text(["All photos11", "Favorites1", "Review1", "Needs attention1", "Hidden1"])
    expect(views.nth(2)).to_have_attribute("href", "#/review")
    views.last.click()
    expect(page).to_have_url(re.compile("q=is%3Ahidden$"))
    expect(views.last).to_have_attribute("aria-current", "page")
    expect(views.first).not_to_have_attribute("aria-current", "page")
    expect(tiles(page)).to_have_count(1)

    library.change(2, decision=None)
    page.reload()
    expect(views.last).to_have_text("Hidden")  # stays while it is shown
    views.nth(1).click()
    expect(tiles(page)).to_have_count(1)
    expect(views).to_have_text(["All photos11", "Favorites1", "Review1", "Needs attention1"])


def test_groups_labels_by_category(page: Page, stack: Stack) -> None:
    make_library(stack).serve(page)
    headings = page.locator("#label-groups").get_by_role("heading")
    expect(headings).to_have_text(["Animals", "Vehicles", "A new category", "Other"])
    groups = page.locator("#label-groups section")
    expect(groups.first.get_by_role("listitem")).to_have_text(["Cat 12", "Dog 11", "Horse 10"])
    expect(groups.last.get_by_role("listitem")).to_have_text(["Legacy 12"])
    expect(page.get_by_role("button", name="All 9 labels")).to_be_visible()


def test_names_categories_and_colors_in_german(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(locale="de")
    make_library(stack).serve(page)
    headings = page.locator("#label-groups").get_by_role("heading")
    expect(headings).to_have_text(["Tiere", "Fahrzeuge", "A new category", "Sonstige"])
    red = page.get_by_role("button", name="Rot 6 Fotos")
    red.click()
    expect(page.locator("#search-chips")).to_have_text("FarbeRot")
    expect(page).to_have_url(re.compile("q=color%3Ared$"))


def test_excludes_a_label(page: Page, stack: Stack) -> None:
    make_library(stack).serve(page)
    dog = page.get_by_role("button", name="Dog 11 photos")
    dog.hover()
    exclude = page.locator("#label-groups").get_by_role("button", name="Exclude Dog")
    exclude.click()
    expect(page).to_have_url(re.compile("q=-label%3ADog$"))
    expect(tiles(page)).to_have_count(1)
    expect(exclude).to_have_attribute("aria-pressed", "true")
    expect(dog).to_have_accessible_description("excluded")
    assert axe_violations(page) == []
    dog.click()
    expect(tiles(page)).to_have_count(12)

    dog.press("-")
    expect(page).to_have_url(re.compile("q=-label%3ADog$"))
    dog.press("-")
    expect(tiles(page)).to_have_count(12)
    dog.click(modifiers=["Alt"])
    expect(tiles(page)).to_have_count(1)
    page.locator("#search-chips").get_by_role("button", name="Remove excluded Dog").click()
    expect(exclude).to_have_attribute("aria-pressed", "false")


def test_filters_by_color(page: Page, stack: Stack) -> None:
    make_library(stack).serve(page)
    colors = page.locator("#color-filters").get_by_role("button")
    expect(colors).to_have_count(3)
    for color, name in zip(colors.all(), ("Black", "Red", "Olive"), strict=True):
        expect(color).to_have_accessible_name(f"{name} 6 photos")
    colors.nth(1).click()
    expect(page).to_have_url(re.compile("q=color%3Ared$"))
    expect(colors.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(tiles(page)).to_have_count(6)


def test_a_selected_color_is_visible_in_forced_colors(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(forced_colors="active")
    make_library(stack).serve(page)
    red = page.get_by_role("button", name="Red 6 photos")
    red.click()
    page.mouse.move(0, 0)
    expect(red).to_have_css("outline-style", "solid")
    expect(page.get_by_role("button", name="Olive 6 photos")).to_have_css("outline-style", "none")


def test_nothing_moves_when_the_counts_arrive(page: Page, stack: Stack, api_url: str) -> None:
    library = make_library(stack)
    library.set_failed(1, "This file isn't an image.")
    library.serve(page)
    expect(tiles(page).first).to_be_visible()
    gate = RequestGate(page, f"{api_url}/labels")
    page.reload()
    gate.wait_for(1)
    expect(tiles(page).first).to_be_visible()
    page.evaluate("""() => {
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const {sources} of list.getEntries()) {
          window.shifts.push(...sources.map(({node}) => node?.parentElement?.outerHTML));
        }
      }).observe({type: "layout-shift"});
    }""")
    expect(page.locator("#label-groups")).to_be_empty()
    assert bounding_box(page.locator("#sidebar-skeleton"))["height"] > 200
    gate.release()
    expect(page.locator("#label-groups").get_by_role("heading").first).to_be_visible()
    page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
    assert page.evaluate("window.shifts") == []


def test_finds_and_toggles_labels_in_the_dialog(page: Page, stack: Stack) -> None:
    with_many_labels(stack).serve(page)
    opener = page.get_by_role("button", name="All 500 labels")
    dialog = open_dialog(page)
    field = dialog.get_by_role("textbox", name="Find a label")
    expect(field).to_be_focused()
    labels = dialog.locator(".facet-button:visible")
    expect(dialog.get_by_role("heading", level=3).first).to_have_text("Animals")

    field.fill("ing 12")
    expect(labels).to_have_text([f"Thing 12{number} 1" for number in range(10)], use_inner_text=True)
    field.fill("animals")
    expect(labels).to_have_count(5)
    field.fill("nothing like it")
    expect(labels).to_have_count(0)
    expect(dialog.get_by_role("status")).to_have_text("No label “nothing like it”")

    field.fill("o")
    field.press("ArrowDown")
    dog = dialog.get_by_role("button", name="Dog 11 photos")
    expect(dog).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("button", name="Horse 10 photos")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("-")
    expect(page).to_have_url(re.compile(r"q=label%3AHorse\+-label%3ADog$"))
    expect(dog).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    expect(page.locator("#search-chips")).to_have_text("HorseDog")


def test_the_dialog_of_500_labels_is_fast(page: Page, stack: Stack) -> None:
    with_many_labels(stack).serve(page)
    expect(page.get_by_role("button", name="All 500 labels")).to_be_visible()
    page.evaluate("""() => {
      window.tasks = [];
      new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({duration}) => duration)))
        .observe({type: "longtask"});
    }""")
    dialog = open_dialog(page)
    for text in ("t", "th", "thi", "thin"):
        dialog.get_by_role("textbox").fill(text)
    expect(dialog.locator(".facet-button").last).to_be_attached()
    assert max(page.evaluate("window.tasks"), default=0) < 500  # generous, for a busy machine


@pytest.mark.parametrize("width", [320, 1280])
def test_the_sidebar_and_its_dialog_have_no_accessibility_violations(
    open_page: OpenPage, stack: Stack, color_scheme: str, width: int
) -> None:
    page = open_page(width=width, color_scheme=color_scheme, reduced_motion="reduce")
    with_many_labels(stack, 60).serve(page)
    page.evaluate("location.hash = '#/?q=label%3ACat -label%3ADog color%3Ared'")
    expect(page.locator("#search-chips").get_by_role("button")).to_have_count(3)
    assert axe_violations(page) == []
    assert not scrolls_sideways(page)
    page.locator("#all-labels").evaluate("(button) => button.click()")  # in a drawer on phones
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe_violations(page) == []
