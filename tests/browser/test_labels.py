"""What is in the whole collection, as bars that filter; and what the month came to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.collection import Collection

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack


def with_labels(stack: Stack, names: list[str]) -> Collection:
    """The first label is in all pictures, the second in all but one …"""
    collection = Collection(stack, len(names))
    for number in range(len(names)):
        labels = [{"name": name, "confidence": 90.0} for name in names[: len(names) - number]]
        collection.change(number, labels=labels)
    return collection


def test_the_bars_are_buttons_with_counts_the_most_frequent_first(page: Page, stack: Stack) -> None:
    with_labels(stack, ["Person", "Cat", "Sofa"]).serve(page)
    bars = page.locator(".bars").get_by_role("button")
    expect(bars).to_have_count(3)
    for bar, name in zip(bars.all(), ("Person 3 pictures", "Cat 2 pictures", "Sofa 1 picture"), strict=True):
        expect(bar).to_have_accessible_name(name)
    widths = [
        bar.evaluate("(bar) => parseFloat(getComputedStyle(bar, '::before').width)")
        for bar in page.locator(".bar-line").all()
    ]
    assert widths == sorted(widths, reverse=True)


def test_a_click_on_a_bar_filters_and_another_shows_all_again(page: Page, stack: Stack) -> None:
    with_labels(stack, ["Person", "Cat", "Sofa"]).serve(page)
    cat = page.get_by_role("button", name="Cat 2 pictures")
    expect(cat).to_have_attribute("aria-pressed", "false")

    cat.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#/label/Cat$"))
    expect(page.locator(".tile")).to_have_count(2)
    expect(cat).to_have_attribute("aria-pressed", "true")
    expect(cat).to_be_focused()

    cat.click()
    expect(page.locator(".tile")).to_have_count(3)
    expect(cat).to_have_attribute("aria-pressed", "false")


def test_a_long_list_is_cut_until_asked_for(page: Page, stack: Stack) -> None:
    with_labels(stack, [f"Label {number:02}" for number in range(20)]).serve(page)
    bars = page.locator(".bar")
    expect(bars).to_have_count(12)
    page.get_by_role("button", name="Show all 20 labels").click()
    expect(bars).to_have_count(20)
    page.get_by_role("button", name="Show fewer").click()
    expect(bars).to_have_count(12)


def test_this_month_is_counted_and_its_cost_said_to_be_an_estimate(page: Page, stack: Stack) -> None:
    Collection(stack, 12).serve(page)
    expect(page.locator(".month")).to_have_text(
        "This month: 12 pictures recognised, about $0.048. "
        "An estimate of Amazon Rekognition’s price, at $0.001 for each of 48 calls."
    )


def test_on_a_phone_the_bars_are_closed_until_asked_for(open_page: Callable[..., Page], stack: Stack) -> None:
    page = open_page(width=320, height=640)
    with_labels(stack, ["Person", "Cat"]).serve(page)
    bars = page.locator(".bar")
    expect(bars).to_have_count(2)
    expect(bars.first).to_be_hidden()
    page.get_by_role("heading", name="What is in them").click()
    expect(bars.first).to_be_visible()
    bars.first.click()
    expect(page.get_by_role("heading", name="Pictures with Person")).to_be_visible()


def test_without_labels_the_pictures_are_still_there(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 3).serve(page)
    expect(page.locator(".tile")).to_have_count(3)
    page.route(re.compile("/labels$"), lambda route: route.abort())
    page.reload()
    expect(page.locator(".tile")).to_have_count(3)
    expect(page.locator(".bar")).to_have_count(0)
    assert collection.lists
