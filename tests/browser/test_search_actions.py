"""What can be done with all photos of a search: adding a tag, and recognizing them again with the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.fake_models import FakeModels, model_id
from tests.browser.support import axe_violations, bounding_box, scrolls_sideways, tiles
from tests.browser.viewer_support import open_image

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, OpenPage

SIZE = 230  # more than are loaded, and more than two batches


@pytest.fixture
def models(page: Page, stack: Stack) -> FakeModels:
    return FakeModels(stack).serve(page)


@pytest.fixture
def library(page: Page, stack: Stack, models: FakeModels) -> FakeLibrary:
    library = FakeLibrary(stack, SIZE)
    library.set_failed(0, "The picture is damaged.")
    library.serve(page)
    expect(tiles(page).first).to_be_visible()
    return library


def open_action(page: Page, name: str) -> Locator:
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name=name).click()
    return page.get_by_role("dialog", name=name)


def test_tags_all_photos_of_a_search(page: Page, library: FakeLibrary) -> None:
    page.evaluate("location.hash = '#/?q=label%3APerson'")
    expect(page.get_by_role("heading", name="Person")).to_be_visible()
    dialog = open_action(page, "Tag all photos of this search")
    expect(dialog.get_by_role("status")).to_have_text("22 photos in the search “\u2068label:Person\u2069”.")
    dialog.get_by_label("Tag to add").fill("people")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("22 photos tagged “people”.")
    expect(dialog).to_be_hidden()
    tagged = [number for number in range(SIZE) if library.images[image_id(number)]["tags"] == ["people"]]
    assert tagged == list(range(10, SIZE, 10))


def test_recognizes_all_photos_again_with_the_running_model(
    page: Page, library: FakeLibrary, models: FakeModels
) -> None:
    models.add(1, status="running", isActive=True)
    dialog = open_action(page, "Recognize again with the model")
    expect(dialog).to_contain_text("229 photos: all that you have.")
    expect(dialog).to_contain_text(
        "The model \u2068Model 1\u2069 recognizes these photos again. It costs $4 an hour"
    )
    dialog.get_by_role("button", name="Recognize again").click()
    expect(page.locator("#toasts")).to_contain_text("229 photos being recognized again.")
    assert [
        (batch["action"], len(batch["ids"])) for batch in library.batches if batch["action"] == "retry"
    ] == [
        ("retry", 100),
        ("retry", 100),
        ("retry", 29),
    ]


def test_recognizes_again_with_a_model_that_others_have_made(
    page: Page, library: FakeLibrary, models: FakeModels
) -> None:
    models.active_for_everyone = {"id": model_id(7), "name": "Parts"}
    dialog = open_action(page, "Recognize again with the model")
    expect(dialog).to_contain_text(
        "The model \u2068Parts\u2069 recognizes these photos again. It costs $4 an hour"
    )
    expect(dialog.get_by_role("button")).to_have_text(["Cancel", "Recognize again"])


def test_needs_a_running_model_to_recognize_again(
    page: Page, library: FakeLibrary, models: FakeModels
) -> None:
    models.add(1)
    dialog = open_action(page, "Recognize again with the model")
    expect(dialog).to_contain_text("No model is running. Start one first: Models")
    expect(dialog.get_by_role("button")).to_have_text(["Cancel"])
    dialog.get_by_role("link", name="Models").click()
    expect(page.get_by_role("heading", name="Models")).to_be_focused()
    expect(dialog).to_be_hidden()


def test_leads_to_photos_that_wait_for_a_model(page: Page, library: FakeLibrary) -> None:
    expect(page.get_by_role("link", name="Waiting for a model")).to_be_hidden()
    for number in (1, 2):
        library.change(number, waiting=True)
    page.reload()
    waiting = page.get_by_role("link", name="Waiting for a model")
    expect(waiting).to_have_text("Waiting for a model2")
    waiting.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Waiting for a model")
    expect(tiles(page)).to_have_count(2)
    expect(open_image(page, 1)).to_contain_text("This photo waits for a model.")


def test_is_accessible_and_fits(open_page: OpenPage, appearance: Json, stack: Stack) -> None:
    page = open_page(**appearance)
    FakeModels(stack).serve(page)
    FakeLibrary(stack, 3).serve(page)
    dialog = open_action(page, "Tag all photos of this search")
    expect(dialog).to_contain_text("3 photos: all that you have.")
    assert axe_violations(page) == []
    assert not scrolls_sideways(page)


def test_on_a_phone_exports_are_in_the_same_menu(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=360, height=740)
    FakeModels(stack).serve(page)
    FakeLibrary(stack, 3).serve(page)
    expect(page.get_by_role("button", name="Export")).to_be_hidden()
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.get_by_role("menuitem")).to_have_text(
        [
            "Export: CSVtable",
            "Export: JSON Linesdata",
            "Export: XMP sidecarszip",
            "Export: Originalszip",
            "Tag all photos of this search",
            "Recognize again with the model",
        ]
    )
    title, toolbar = bounding_box(page.locator("#gallery-title")), bounding_box(page.locator("#toolbar"))
    assert toolbar["y"] < title["y"] + title["height"]  # in the same row
