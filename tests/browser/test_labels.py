"""The list of labels, and the estimated cost of the month."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from local.sign_in.user_pool import CLIENT_ID
from tests.browser.fake_library import FakeLibrary
from tests.browser.support import freeze_clock, record_requests, scrolls_sideways

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import NewFile, OpenPage


def with_labels(stack: Stack, file_names: list[str]) -> FakeLibrary:
    """The first label is on all images, the second on all but one, and so on."""
    library = FakeLibrary(stack, len(file_names))
    for number in range(len(file_names)):
        labels = [{"name": name, "confidence": 90.0} for name in file_names[: len(file_names) - number]]
        library.change(number, labels=labels)
    return library


def labels(page: Page) -> Locator:
    return page.locator("#label-groups").get_by_role("button", name="photo")


def test_lists_labels_with_counts_most_frequent_first(page: Page, stack: Stack) -> None:
    with_labels(stack, ["Person", "Cat", "Sofa"]).serve(page)
    expect(labels(page)).to_have_count(3)
    for label, name in zip(
        labels(page).all(), ("Person 3 photos", "Cat 2 photos", "Sofa 1 photo"), strict=True
    ):
        expect(label).to_have_accessible_name(name)


def test_toggles_the_filter_with_a_click_on_a_label(page: Page, stack: Stack) -> None:
    with_labels(stack, ["Person", "Cat", "Sofa"]).serve(page)
    cat = page.get_by_role("button", name="Cat 2 photos")
    expect(cat).to_have_attribute("aria-pressed", "false")

    cat.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("label%3ACat$"))
    expect(page.locator(".tile")).to_have_count(2)
    expect(cat).to_have_attribute("aria-pressed", "true")
    expect(cat).to_be_focused()

    cat.click()
    expect(page.locator(".tile")).to_have_count(3)
    expect(cat).to_have_attribute("aria-pressed", "false")


def test_a_label_is_added_to_the_query_and_removed_from_it(page: Page, stack: Stack) -> None:
    with_labels(stack, ["Person", "Sports Car", "Sofa"]).serve(page)
    field = page.get_by_role("combobox", name="Search photos")
    field.fill("picture")
    field.press("Enter")
    car = page.get_by_role("button", name="Sports Car 2 photos")
    car.click()
    expect(page).to_have_url(re.compile(r"q=picture\+label%3A%22Sports\+Car%22$"))
    expect(page.locator("#search-chips")).to_have_text("Sports Car")
    expect(field).to_have_value("picture")
    page.get_by_role("button", name="Sofa 1 photo").click()
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.locator("#label-groups [aria-pressed=true]")).to_have_count(2)
    car.click()
    expect(page.locator("#search-chips")).to_have_text("Sofa")
    expect(field).to_have_value("picture")
    expect(car).to_have_attribute("aria-pressed", "false")
    expect(car).to_be_focused()


def test_updates_the_counts_after_uploads(page: Page, stack: Stack, new_file: NewFile, api_url: str) -> None:
    headers = {"Authorization": f"Bearer {stack.token('alice')}"}
    response = page.request.get(f"{api_url}/labels", headers=headers).json()
    counts = {label["name"]: label["count"] for label in response["labels"]}
    page.set_input_files("#files", [new_file(), new_file()])
    count = page.locator("#label-groups [data-name=Person] .filter-count")
    expect(count).to_have_text(f"{counts.get('Person', 0) + 2}")


def test_updates_the_counts_after_a_deletion(page: Page, stack: Stack) -> None:
    with_labels(stack, ["Person", "Cat"]).serve(page)
    expect(labels(page)).to_have_text(["Person 2", "Cat 1"])
    page.locator(".tile-link").first.click()
    page.get_by_role("button", name="Delete").click()
    expect(labels(page)).to_have_text(["Person 1"])


def test_throttles_updates_instead_of_debouncing_them(page: Page, stack: Stack, api_url: str) -> None:
    page.clock.install()
    library = FakeLibrary(stack, 1).serve(page)
    expect(labels(page)).to_have_count(2)
    freeze_clock(page)
    library.change(0, labels=[])
    requests = record_requests(page, method="GET", url=f"{api_url}/labels")
    for _ in range(10):
        page.evaluate("document.dispatchEvent(new CustomEvent('labels-changed'))")
        page.clock.run_for(1_000)
    expect(labels(page)).to_have_count(0)
    assert 3 <= len(requests) <= 6


def test_shows_what_the_month_would_have_cost_on_aws(page: Page, stack: Stack) -> None:
    FakeLibrary(stack, 12).serve(page)
    expect(page.locator("#usage")).to_have_text(
        "12 photos recognized this month. On AWS, this would have cost about $0.048 "
        "(48 Amazon Rekognition calls)."
    )


def test_shows_the_estimated_cost_of_the_month_in_a_deployed_stack(
    page: Page, stack: Stack, page_url: str
) -> None:
    settings = {"apiUrl": stack.api_url, "signIn": {"issuer": stack.sign_in_url, "clientId": CLIENT_ID}}
    page.route(f"{page_url}config.json", lambda route: route.fulfill(json=settings))
    FakeLibrary(stack, 12).serve(page)
    expect(page.locator("#usage")).to_have_text(
        "12 photos recognized this month, about $0.048 (48 Amazon Rekognition calls)."
    )


def test_shows_frequent_labels_in_a_line_on_a_phone(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=320, height=640)
    names = [f"A long label {number:02}" for number in range(20)]
    with_labels(stack, names).serve(page)
    line = page.get_by_role("list", name="Frequent labels")
    expect(line.get_by_role("listitem")).to_have_count(13)
    expect(line.get_by_role("link", name="All")).to_have_attribute("aria-current", "page")
    label = line.get_by_role("button", name="A long label 05 15 photos")
    label.press("Enter")
    expect(page).to_have_url(re.compile(r"q=label%3A%22A\+long\+label\+05%22$"))
    expect(line.locator("[aria-pressed=true]")).to_have_text("A long label 05 15")
    assert not scrolls_sideways(page)
    line.get_by_role("link", name="All").press("Enter")
    expect(line.locator("[aria-pressed=true]")).to_have_count(0)
    expect(page).to_have_url(re.compile("#/$"))


def test_shows_the_photos_when_labels_fail_to_load(page: Page, stack: Stack) -> None:
    library = FakeLibrary(stack, 3).serve(page)
    expect(page.locator(".tile")).to_have_count(3)
    page.route(re.compile("/labels$"), lambda route: route.abort())
    page.reload()
    expect(page.locator(".tile")).to_have_count(3)
    expect(labels(page)).to_have_count(0)
    assert library.list_queries


@pytest.mark.usefixtures("sources")  # imports a module of the page
def test_counts_are_read_again_less_often_while_photos_are_uploaded(page: Page, stack: Stack) -> None:
    library = with_labels(stack, ["Person"]).serve(page)
    expect(labels(page)).to_have_count(1)
    (image,) = library.images.values()
    page.clock.install()
    freeze_clock(page)
    change = """async ([uploads, image]) => {
        const { activeUploads } = await importSource("polling.js");
        activeUploads.clear();
        for (let number = 0; number < uploads; number += 1) activeUploads.add({ id: `${number}` });
        document.dispatchEvent(new CustomEvent("image-changed", { detail: { image } }));
    }"""
    found = record_requests(page, method="GET")

    def reads() -> int:
        return sum(url.endswith("/labels") for url in found)

    page.evaluate(change, [2, image])
    page.clock.run_for(4_900)
    assert reads() == 0
    with page.expect_response("**/labels"):
        page.clock.run_for(200)

    page.evaluate(change, [2, image])
    page.evaluate(change, [1, image])  # the last one
    with page.expect_response("**/labels"):
        page.clock.run_for(1_600)
    assert reads() == 2
