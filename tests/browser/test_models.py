"""The models: their list, what each has learned, and making one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.fake_models import BUSY, FakeModels, estimate, evaluation, model_id, set_models
from tests.browser.support import advance_until, axe_violations, freeze_clock, scrolls_sideways, wait_until

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.browser.support import Json, OpenPage

WRONG = {"id": image_id(0), "expected": ["cup"], "found": []}


@pytest.fixture
def models(stack: Stack) -> FakeModels:
    return FakeModels(stack)


def serve(page: Page, stack: Stack, models: FakeModels) -> FakeLibrary:
    models.serve(page)
    library = FakeLibrary(stack, 6)
    for number in range(6):
        library.change(number, tags=["cup"] if number % 2 else ["cup", "plate"])
    return library.serve(page)


def open_models(page: Page) -> Locator:
    page.get_by_role("link", name="Models").click()
    view = page.get_by_role("region", name="Models")
    expect(view.get_by_role("heading", level=1)).to_be_focused()
    return view


def card(page: Page, name: str) -> Locator:
    return page.locator(".model").filter(has=page.get_by_role("heading", name=name))


def test_without_models_the_page_has_no_trace_of_them(page: Page, stack: Stack) -> None:
    set_models(page, False)
    FakeLibrary(stack, 1).serve(page)
    expect(page.locator(".tile")).to_have_count(1)
    page.evaluate("location.hash = '#/models'")
    expect(page).to_have_url(re.compile("#/$"))
    expect(page.get_by_role("link", name="Models")).to_be_hidden()
    expect(page.get_by_role("button", name="More", exact=True)).to_have_count(0)


def test_explains_itself_while_there_are_no_models(page: Page, stack: Stack, models: FakeModels) -> None:
    serve(page, stack, models)
    view = open_models(page)
    expect(view.locator(".model-message")).to_have_text(
        "A model finds in your photos what Rekognition doesn’t know, such as your products."
        "To begin, give photos the tags that a model should learn, then choose “New model”."
    )
    expect(page).to_have_title("Models – Glimpse")
    page.go_back()
    expect(page.get_by_role("heading", name="All photos")).to_be_focused()
    expect(view).to_be_hidden()


def test_lists_models_with_their_status_and_cost(page: Page, stack: Stack, models: FakeModels) -> None:
    cost = {"training": 1.5, "running": 2.25}
    since = "2026-11-26T10:32:00.000Z"
    models.add(1, status="running", isActive=True, evaluation=evaluation(), cost=cost, runningSince=since)
    models.add(2, status="failed", message="The dataset has too few pictures.", kind="detection")
    message = "It recognized nothing for 30 minutes."
    models.add(3, classes=["cup", "plate", "fork", "knife"], message=message)
    serve(page, stack, models)
    open_models(page)
    running = card(page, "Model 1")
    expect(running).to_contain_text("Running")
    expect(running).to_contain_text("The whole photo · \u2068cup\u2069 and \u2068plate\u2069 · F1 92%")
    expect(running).to_contain_text("$2.25 so far, $4 an hour.")
    expect(running).to_contain_text("Stops after 30 idle minutes.")
    expect(running.get_by_role("button")).to_have_text(["Stop", "Delete"])
    expect(card(page, "Model 2")).to_contain_text("The dataset has too few pictures.")
    expect(card(page, "Model 2").get_by_role("button")).to_have_text(["Delete"])
    expect(card(page, "Model 3")).to_contain_text("and 1 more")
    expect(card(page, "Model 3")).to_contain_text("It recognized nothing for 30 minutes.Costs $4 an hour")
    expect(card(page, "Model 3").get_by_role("button")).to_have_text(["Start", "Delete"])


def test_follows_a_model_only_while_something_is_in_progress(
    page: Page, stack: Stack, models: FakeModels
) -> None:
    page.clock.install()
    models.add(1)
    serve(page, stack, models)
    open_models(page)
    start = card(page, "Model 1").get_by_role("button", name="Start")
    expect(start).to_be_visible()
    freeze_clock(page)
    start.click()
    expect(card(page, "Model 1")).to_contain_text("Starting…")
    expect(card(page, "Model 1").get_by_role("button", name="Stop")).to_be_focused()
    models.change(1, status="running", isActive=True)
    advance_until(page, lambda: "Running" in card(page, "Model 1").inner_text())
    expect(page.locator("#announcements")).to_contain_text("Model 1: Running")
    count = len(models.requests)
    page.clock.run_for(60_000)
    assert len(models.requests) == count
    assert [request[:2] for request in models.requests if request[0] == "POST"] == [
        ("POST", f"/models/{model_id(1)}/start")
    ]


def test_says_why_a_model_cannot_be_started(page: Page, stack: Stack, models: FakeModels) -> None:
    models.add(1)
    models.busy = True
    serve(page, stack, models)
    open_models(page)
    card(page, "Model 1").get_by_role("button", name="Start").click()
    expect(card(page, "Model 1").get_by_role("alert")).to_have_text(BUSY)


def test_deletes_a_model_after_a_question(page: Page, stack: Stack, models: FakeModels) -> None:
    page.clock.install()
    models.add(1)
    serve(page, stack, models)
    open_models(page)
    questions: list[str] = []

    def accept(dialog: Dialog) -> None:
        questions.append(dialog.message)
        dialog.accept()

    page.on("dialog", accept)
    card(page, "Model 1").get_by_role("button", name="Delete").click()
    expect(card(page, "Model 1")).to_contain_text("Deleting…")
    assert questions == ["Delete the model Model 1? This can’t be undone. Your photos and tags stay."]
    models.models.clear()
    page.clock.run_for(5_000)
    expect(page.locator(".model")).to_have_count(0)
    expect(page.get_by_role("heading", name="Models")).to_be_focused()


def test_shows_what_a_model_has_learned(page: Page, stack: Stack, models: FakeModels) -> None:
    models.add(1, evaluation=evaluation(WRONG))
    serve(page, stack, models)
    open_models(page)
    page.get_by_role("link", name="Model 1").click()
    expect(page.get_by_role("heading", name="Model 1")).to_be_focused()
    expect(page.locator(".model")).to_contain_text(
        "Created on November 20, 2026. 40 photos to train, 10 to test."
    )
    rows = page.get_by_role("row")
    expect(rows.nth(1)).to_have_text("cup100%90%95%62%20 + 5")
    expect(rows.nth(2)).to_have_text("plate50%40%44%30%20 + 5")
    wrong = page.locator(".model-wrong li")
    expect(wrong).to_contain_text("Expected: cup")
    expect(wrong).to_contain_text("Found: nothing")
    page.get_by_role("link", name="picture-0.jpg").last.click()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")
    page.keyboard.press("Escape")
    expect(wrong.get_by_role("link")).to_be_focused()
    expect(page).to_have_title("Model 1 – Glimpse")
    page.get_by_role("link", name="All models").click()
    expect(page.get_by_role("heading", name="Models", exact=True)).to_be_focused()


def test_leaves_a_model_that_is_deleted(page: Page, stack: Stack, models: FakeModels) -> None:
    page.clock.install()
    models.add(1, status="deleting")
    models.add(2)
    serve(page, stack, models)
    open_models(page)
    page.get_by_role("link", name="Model 1").click()
    expect(page.get_by_role("heading", name="Model 1")).to_be_focused()
    del models.models[model_id(1)]
    page.clock.run_for(5_000)
    expect(page).to_have_url(re.compile("#/models$"))
    expect(page.locator(".model h2")).to_have_text(["Model 2"])


def test_says_that_a_model_is_gone(page: Page, stack: Stack, models: FakeModels) -> None:
    serve(page, stack, models)
    page.evaluate(f"location.hash = '#/models/{model_id(9)}'")
    expect(page.locator(".model-message")).to_have_text("This model doesn’t exist. It may have been deleted.")


def open_dialog(page: Page) -> Locator:
    open_models(page)
    page.get_by_role("button", name="New model").click()
    dialog = page.get_by_role("dialog", name="New model")
    expect(dialog.locator(".class-list").get_by_role("checkbox")).to_have_count(2)
    return dialog


def test_makes_a_model_after_an_estimate(page: Page, stack: Stack, models: FakeModels) -> None:
    serve(page, stack, models)
    dialog = open_dialog(page)
    dialog.get_by_label("Name").fill("Dishes")
    dialog.get_by_label("cup").check()
    dialog.get_by_role("button", name="Check and estimate").click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose at least 2 tags.")
    dialog.get_by_label("Find a tag").fill("pl")
    expect(dialog.get_by_role("checkbox")).to_have_count(2)  # the chosen one stays
    dialog.get_by_label("plate").check()
    expect(dialog.get_by_role("status")).to_have_text("2 tags chosen")
    dialog.get_by_role("button", name="Check and estimate").click()
    expect(dialog).to_contain_text("cup30 photosplate20 photos")
    expect(dialog).to_contain_text("40 photos to train, 10 to test.")
    expect(dialog).to_contain_text("Training takes 0.5 to 24 hours, and costs $0.50 to $24.")
    expect(dialog.get_by_role("link", name="More about this")).to_be_visible()
    dialog.get_by_role("button", name="Train for $0.50 to $24").click()
    expect(dialog).to_be_hidden()
    expect(card(page, "Dishes")).to_contain_text("Preparing photos…")
    expect(page.get_by_role("link", name="Dishes")).to_be_focused()
    request = {"name": "Dishes", "kind": "classification", "classes": ["cup", "plate"]}
    assert [body for method, _, body in models.requests if method == "POST"] == [
        request,
        request | {"confirm": True},
    ]


def test_names_what_a_model_still_lacks(page: Page, stack: Stack, models: FakeModels) -> None:
    message = "plate has 1 picture. Give the tag to at least 2."
    models.estimate = estimate({"code": "too-few-images", "class": "plate", "message": message})
    models.can_use_scope_stack = True
    serve(page, stack, models)
    dialog = open_dialog(page)
    dialog.get_by_label("Name").fill("Dishes")
    dialog.get_by_label("Things in the photo").check()
    dialog.get_by_label("For everyone’s photos").check()
    dialog.get_by_label("plate").check()
    dialog.get_by_role("button", name="Check and estimate").click()
    expect(dialog.locator(".error-box")).to_have_text(message)
    expect(dialog).to_contain_text("The model can’t be trained yet.")
    expect(dialog.get_by_role("button")).to_have_text(["Back"])
    dialog.get_by_role("button", name="Back").click()
    expect(dialog.get_by_label("plate")).to_be_checked()
    expected = {"name": "Dishes", "kind": "detection", "classes": ["plate"], "scope": "stack"}
    assert models.requests[-1][2] == expected


def test_keeps_the_dialog_when_the_name_is_taken(page: Page, stack: Stack, models: FakeModels) -> None:
    models.add(1, name="Dishes")
    serve(page, stack, models)
    dialog = open_dialog(page)
    dialog.get_by_label("Name").fill("Dishes")
    for tag in ("cup", "plate"):
        dialog.get_by_label(tag).check()
    dialog.get_by_role("button", name="Check and estimate").click()
    dialog.get_by_role("button", name=re.compile("^Train")).click()
    expect(dialog.get_by_role("alert")).to_have_text("You have a model of this name. Choose another.")


def test_is_accessible_and_fits(open_page: OpenPage, appearance: Json, stack: Stack) -> None:
    models = FakeModels(stack)
    models.add(1, status="running", isActive=True, evaluation=evaluation(WRONG))
    models.add(2, status="failed", message="The dataset has too few pictures.")
    page = open_page(**appearance)
    serve(page, stack, models)
    expect(page.locator(".tile").first).to_be_visible()
    page.evaluate("location.hash = '#/models'")
    expect(page.locator(".model")).to_have_count(2)
    assert axe_violations(page) == [], "list"
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="New model").click()
    expect(page.get_by_role("dialog").get_by_role("checkbox")).to_have_count(2)
    assert axe_violations(page) == [], "dialog"
    page.get_by_label("Name").fill("Dishes")
    page.get_by_label("cup").check()
    page.get_by_label("plate").check()
    page.get_by_role("button", name="Check and estimate").click()
    expect(page.get_by_role("button", name=re.compile("^Train"))).to_be_visible()
    assert axe_violations(page) == [], "estimate"
    page.keyboard.press("Escape")
    page.evaluate(f"location.hash = '#/models/{model_id(1)}'")
    wait_until(page, lambda: page.locator(".model-wrong img").count() == 1)
    assert axe_violations(page) == [], "details"
    assert not scrolls_sideways(page)
