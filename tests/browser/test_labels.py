"""What is in the whole collection, as bars that filter; and what the month came to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.collection import Collection
from tests.browser.support import hold_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.stack import Stack
    from tests.browser.support import Fresh


def with_labels(stack: Stack, names: list[str]) -> Collection:
    """The first label is in all pictures, the second in all but one …"""
    collection = Collection(stack, len(names))
    for number in range(len(names)):
        labels = [{"name": name, "confidence": 90.0} for name in names[: len(names) - number]]
        collection.change(number, labels=labels)
    return collection


def test_the_bars_are_buttons_with_counts_the_most_frequent_first(page: Page, stack: Stack) -> None:
    with_labels(stack, ["Person", "Cat", "Sofa"]).serve(page)
    bars = page.locator("#label-list").get_by_role("button")
    expect(bars).to_have_count(3)
    for bar, name in zip(bars.all(), ("Person 3 photos", "Cat 2 photos", "Sofa 1 photo"), strict=True):
        expect(bar).to_have_accessible_name(name)
    widths = [
        bar.evaluate("(bar) => parseFloat(getComputedStyle(bar, '::before').width)")
        for bar in page.locator(".label-bar").all()
    ]
    assert widths == sorted(widths, reverse=True)


def test_a_click_on_a_bar_filters_and_another_shows_all_again(page: Page, stack: Stack) -> None:
    with_labels(stack, ["Person", "Cat", "Sofa"]).serve(page)
    cat = page.get_by_role("button", name="Cat 2 photos")
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


def test_a_long_list_scrolls_by_itself(page: Page, stack: Stack) -> None:
    with_labels(stack, [f"Label {number:02}" for number in range(40)]).serve(page)
    bars = page.locator(".label")
    expect(bars).to_have_count(40)
    expect(bars.last).not_to_be_in_viewport()
    assert page.locator("#label-list").evaluate("(list) => list.offsetHeight < innerHeight")
    bars.last.focus()
    expect(bars.last).to_be_in_viewport()


def test_typing_narrows_the_bars(page: Page, stack: Stack) -> None:
    with_labels(stack, ["Person", "Cat", "Car", "Carpet"]).serve(page)
    bars = page.locator(".label")
    expect(bars).to_have_count(4)
    field = page.get_by_role("searchbox", name="Search your photos")

    field.press_sequentially("cA")
    expect(bars).to_have_text(["Cat 3", "Car 2", "Carpet 1"])
    expect(page.locator("#announcements")).to_contain_text("3 matching labels.")
    field.press_sequentially("r")
    expect(bars).to_have_text(["Car 2", "Carpet 1"])
    field.press_sequentially("p")
    expect(page.locator("#announcements")).to_contain_text("1 matching label.")
    field.fill("carx")
    expect(page.get_by_text("No matching labels")).to_be_visible()
    expect(page.locator("#announcements")).to_contain_text("0 matching labels.")
    field.fill("")
    expect(bars).to_have_count(4)


@pytest.mark.parametrize(
    ("typed", "label"), [("car", "Car"), ("PERSON", "Person"), ("c", "Cat"), ("arp", "Carpet")]
)
def test_enter_takes_what_is_typed_or_else_the_first_that_fits(
    page: Page, stack: Stack, typed: str, label: str
) -> None:
    with_labels(stack, ["Person", "Cat", "Carpet", "Car"]).serve(page)
    expect(page.locator(".label")).to_have_count(4)
    field = page.get_by_role("searchbox")
    field.fill(typed)
    field.press("Enter")
    expect(page).to_have_url(re.compile(f"#/label/{label}$"))
    expect(page.get_by_role("heading", name=f"Photos with {label}", exact=True)).to_be_visible()
    expect(page.locator(".label[aria-pressed=true]")).to_have_attribute("data-name", label)
    expect(page.locator(".label")).to_have_count(4)
    expect(field).to_have_value("")
    expect(field).to_be_focused()


def test_enter_in_an_empty_field_changes_nothing(page: Page, stack: Stack) -> None:
    with_labels(stack, ["Person", "Cat"]).serve(page)
    page.get_by_role("button", name="Cat 1 photo").click()
    expect(page.locator(".tile")).to_have_count(1)
    page.get_by_role("searchbox").fill("  ")
    page.get_by_role("searchbox").press("Enter")
    expect(page).to_have_url(re.compile("#/label/Cat$"))


def test_the_labels_are_counted_anew_after_uploads(page: Page, stack: Stack, fresh: Fresh) -> None:
    headers = {"Authorization": f"Bearer {stack.token('alice')}"}
    answer = page.request.get(f"{stack.api_url.rstrip('/')}/labels", headers=headers).json()
    counts = {label["name"]: label["count"] for label in answer["labels"]}
    page.set_input_files("#files", [fresh(), fresh()])
    expect(page.locator(".label[data-name=Person] .label-count")).to_have_text(
        f"{counts.get('Person', 0) + 2}"
    )


def test_the_labels_are_counted_anew_after_a_deletion(page: Page, stack: Stack) -> None:
    with_labels(stack, ["Person", "Cat"]).serve(page)
    bars = page.locator(".label")
    expect(bars).to_have_text(["Person 2", "Cat 1"])
    page.locator(".tile-link").first.click()
    page.get_by_role("button", name="Delete").click()
    expect(bars).to_have_text(["Person 1"])


def test_while_pictures_come_in_one_by_one_the_labels_do_not_wait_for_the_last(
    page: Page, stack: Stack
) -> None:
    page.clock.install()
    collection = Collection(stack, 1).serve(page)
    expect(page.locator(".label")).to_have_count(2)
    hold_time(page)
    collection.change(0, labels=[])
    counted: list[str] = []
    page.on("request", lambda request: counted.append(request.url) if "/labels" in request.url else None)
    for _ in range(10):
        page.evaluate("document.dispatchEvent(new CustomEvent('labels-changed'))")
        page.clock.run_for(1_000)
    expect(page.locator(".label")).to_have_count(0)
    assert 3 <= len(counted) <= 6


def test_this_month_is_counted_and_its_cost_said_to_be_an_estimate(page: Page, stack: Stack) -> None:
    Collection(stack, 12).serve(page)
    expect(page.locator(".usage")).to_have_text(
        "This month: 12 photos recognized, about $0.048 (48 Amazon Rekognition calls at $0.001 each)."
    )


def test_on_a_phone_the_bars_are_closed_until_asked_for(open_page: Callable[..., Page], stack: Stack) -> None:
    page = open_page(width=320, height=640)
    with_labels(stack, ["Person", "Cat"]).serve(page)
    bars = page.locator(".label")
    expect(bars).to_have_count(2)
    expect(bars.first).to_be_hidden()
    page.get_by_role("heading", name="Labels").click()
    expect(bars.first).to_be_visible()
    bars.first.click()
    expect(page.get_by_role("heading", name="Photos with Person")).to_be_visible()


def test_on_a_phone_typing_opens_the_bars(open_page: Callable[..., Page], stack: Stack) -> None:
    page = open_page(width=320, height=640)
    with_labels(stack, ["Person", "Cat"]).serve(page)
    expect(page.locator(".label").first).to_be_hidden()
    page.get_by_role("searchbox").press_sequentially("c")
    expect(page.get_by_role("button", name="Cat 1 photo")).to_be_visible()


def test_without_labels_the_pictures_are_still_there(page: Page, stack: Stack) -> None:
    collection = Collection(stack, 3).serve(page)
    expect(page.locator(".tile")).to_have_count(3)
    page.route(re.compile("/labels$"), lambda route: route.abort())
    page.reload()
    expect(page.locator(".tile")).to_have_count(3)
    expect(page.locator(".label")).to_have_count(0)
    assert collection.lists
