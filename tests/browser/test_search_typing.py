"""Results while a query is typed: requests, the history, and errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.support import RequestGate, advance_until, freeze_clock, tiles, wait_for_answers

if TYPE_CHECKING:
    from local.stack import Stack


def test_shows_results_while_typing(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 6).serve(page)
    expect(tiles(page)).to_have_count(6)
    page.locator("#search").focus()
    page.keyboard.type("cat")
    expect(tiles(page)).to_have_count(2)
    expect(page).to_have_url(re.compile(r"#/\?q=cat$"))
    expect(page.locator("#search")).to_be_focused()
    count = len(library.list_queries)
    page.keyboard.press("Enter")  # the results are there
    page.keyboard.type(" -person")
    expect(tiles(page)).to_have_count(1)
    assert library.list_queries[count:] == [library.list_queries[-1]]


def test_searches_for_what_was_typed_before_the_page_could(page: Page, stack: Stack) -> None:
    gate = RequestGate(page, "**/scripts/app*.js")
    FakeLibrary(stack, 6).serve(page)
    gate.wait_for(1)
    field = page.locator("#search")
    field.fill("cat")
    field.press("Enter")
    gate.release()
    expect(tiles(page)).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/#/\?q=cat$"))
    expect(field).to_have_value("cat")


def test_requests_once_for_what_is_typed_fast(page: Page, stack: Stack) -> None:
    page.clock.install()
    library = FakeLibrary(stack, 6).serve(page)
    expect(tiles(page)).to_have_count(6)
    freeze_clock(page)
    library.list_queries.clear()
    for typed in ("c", "ca", "cat"):
        page.locator("#search").fill(typed)
        page.clock.run_for(240)
    assert library.list_queries == []
    page.clock.run_for(10)
    expect(tiles(page)).to_have_count(2)
    assert [query["q"] for query in library.list_queries] == ["cat -status:failed"]


def test_each_finished_search_is_one_entry_of_the_history(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 11).serve(page)
    expect(tiles(page)).to_have_count(11)
    field = page.locator("#search")
    field.fill("cat")
    expect(tiles(page)).to_have_count(4)
    field.fill("cat person")
    expect(tiles(page)).to_have_count(1)
    field.press("Enter")
    field.fill("person")
    expect(tiles(page)).to_have_count(2)
    field.press("Enter")

    page.go_back()
    expect(tiles(page)).to_have_count(1)
    expect(field).to_have_value("cat person")
    page.go_back()
    expect(tiles(page)).to_have_count(11)
    expect(field).to_have_value("")
    page.go_forward()
    expect(field).to_have_value("cat person")


def test_a_label_chosen_while_typing_keeps_what_was_typed_in_the_history(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 11).serve(page)
    page.locator("#search").fill("picture")
    expect(page).to_have_url(re.compile("q=picture$"))
    page.get_by_role("button", name="Cat 4 photos").click()
    expect(page).to_have_url(re.compile("q=picture.label%3ACat$"))
    page.go_back()
    expect(page).to_have_url(re.compile("q=picture$"))
    expect(page.get_by_role("button", name="Cat 4 photos")).to_have_attribute("aria-pressed", "false")


def test_a_space_after_a_term_makes_it_a_chip(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 11).serve(page)
    expect(tiles(page)).to_have_count(11)
    field = page.locator("#search")
    field.press_sequentially('-label:Person tag:"for sale" picture')
    expect(page.locator("#search-chips")).to_have_text("PersonTagfor sale")
    expect(field).to_have_value("picture")
    expect(page).to_have_url(re.compile(r"q=-label%3APerson\+tag%3A%22for\+sale%22\+picture$"))


def test_an_error_is_shown_after_a_pause(page: Page, stack: Stack) -> None:
    page.clock.install()
    library = FakeLibrary(stack, 6).serve(page)
    expect(tiles(page)).to_have_count(6)
    freeze_clock(page)
    library.list_queries.clear()
    field = page.locator("#search")
    field.fill("nofield:x")
    with page.expect_response(lambda response: "/images?" in response.url):
        page.clock.run_for(300)
    error = page.locator("#search-error")
    wait_for_answers(page)
    expect(error).to_have_text("")
    advance_until(page, lambda: error.inner_text() != "")
    expect(error).to_have_text("The field “nofield” is unknown, at character 1.")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert field.evaluate("(field) => field.selectionStart") == len("nofield:x")

    field.fill("label:")  # incomplete: not searched for yet
    page.clock.run_for(900)
    assert len(library.list_queries) == 1
    field.fill("label:Cat")
    page.clock.run_for(300)
    expect(error).to_have_text("")
    expect(tiles(page)).to_have_count(2)
