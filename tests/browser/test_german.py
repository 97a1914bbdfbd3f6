"""The page in German: no English text, and nothing wider than a small phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser.fake_library import FakeLibrary, image_id
from tests.browser.fake_models import FakeModels, estimate, evaluation, model_id
from tests.browser.seeded_library import Picture, seed
from tests.browser.support import fulfill, open_account, scrolls_sideways, sign_in
from tests.browser.test_words import table
from tests.browser.viewer_support import open_image

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FilePayload

    from local.stack import Stack
    from tests.browser.support import Json, NewFile, OpenPage

ENGLISH = re.compile(r"\b(the|your|you|and|of|to|is|are|for|with|this|photos?|show|sign)\b", re.IGNORECASE)
LABELS = {"Astronaut", "Cat", "Face", "Helmet", "Person", "Smile"}  # Rekognition's in every language

ALL_TEXTS = """() => {
  const attributes = ["aria-label", "title", "placeholder", "alt", "aria-valuetext"];
  const elements = [...document.querySelectorAll("body *")].filter((each) => each.checkVisibility());
  const values = elements.flatMap((each) => attributes.map((name) => each.getAttribute(name) ?? ""));
  return [...document.body.innerText.split("\\n"), ...values];
}"""
# Elements that are cut off or can be scrolled sideways. Some are meant to: lines of labels and chips, a
# table, cropped photos, text that ends with an ellipsis, and what appears only with the focus.
CROPPED = (
    "#quick-filters, #search-chips, .model-table, .skip-link, .visually-hidden, .viewer-stage, "
    ".welcome-photo, .tile-link, svg"
)
OVERFLOWING = """(cropped) => {
  const styleOf = (each) => getComputedStyle(each);
  const isWanted = (each) => each.closest(cropped) || styleOf(each).textOverflow === "ellipsis";
  const isOutside = (each) => {
    const {left, right, width, height} = each.getBoundingClientRect();
    return width > 1 && height > 1 && (left < -1 || right > document.documentElement.clientWidth + 1);
  };
  const scrolls = (each) => styleOf(each).overflowX !== "visible"
    && each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1;
  const visible = [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility({visibilityProperty: true, opacityProperty: true}));
  const found = visible.filter((each) => (isOutside(each) || scrolls(each)) && !isWanted(each));
  return found.map(({tagName, id, className, textContent}) =>
    `${tagName} #${id} .${className}: ${textContent.slice(0, 40)}`);
}"""


def show_keys(page: Page, _: Stack) -> None:
    open_account(page, "Konto").get_by_role("button", name="Tastaturkürzel").click()
    expect(page.get_by_role("dialog", name="Tastaturkürzel")).to_be_visible()


def show_offline(page: Page, _: Stack) -> None:
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_have_text(re.compile("^Du bist offline"))


def serve_library(page: Page, stack: Stack) -> FakeLibrary:
    """Serve photos of every kind: a favorite, a hidden, a covered, a failed, and a pending one."""
    library = FakeLibrary(stack, 12)
    decision = {"value": "hidden", "by": "alice@example.com", "at": "2026-11-20T12:00:00.000Z"}
    library.change(0, favorite=True, decision=decision, tags=["Urlaub"], caption="Am Meer")
    library.change(1, flags=["Weapons"], review={"flags": ["Weapons"], "missing": []})
    library.change(2, colors=["red", "teal"])
    library.set_failed(3, "This file isn't an image. Choose a file in one of these formats: JPEG or PNG.")
    library.set_failed(4, "The picture couldn't be recognized after several attempts.", "unavailable")
    library.set_pending(5)
    library.serve(page)
    expect(page.get_by_role("link", name=re.compile(r"^picture-0\.jpg"))).to_be_visible()
    expect(page.locator("#quick-filters")).to_be_visible()
    return library


def show_search(page: Page, stack: Stack) -> None:
    serve_library(page, stack)
    page.evaluate("location.hash = '#/?q=label%3ACat color%3Ared -is%3Ahidden'")
    expect(page.locator("#search-chips").get_by_role("button")).to_have_count(3)
    page.locator("#search").click()
    expect(page.locator(".suggestion").first).to_be_visible()


def show_filters(page: Page, stack: Stack) -> None:
    serve_library(page, stack)
    page.get_by_role("button", name="Filter anzeigen").click()
    expect(page.locator("#sidebar")).to_be_visible()


def show_all_labels(page: Page, stack: Stack) -> None:
    labels = [f"Hundertwasserschulgebäude {number}" for number in range(20)]
    library = serve_library(page, stack)
    named = [{"name": name, "confidence": 90.0, "category": "Other"} for name in labels]
    library.change(2, labels=named)
    page.reload()
    page.get_by_role("button", name="Filter anzeigen").click()
    page.get_by_role("button", name="Alle 22 Labels").click()
    expect(page.get_by_role("dialog", name="Alle 22 Labels")).to_be_visible()


def show_selection(page: Page, stack: Stack) -> None:
    serve_library(page, stack)
    page.get_by_role("button", name="Auswählen").click()
    page.locator(".tile-check").first.click()
    page.locator("#selection-bar").get_by_role("button", name="Mehr").click()
    expect(page.get_by_role("menu")).to_be_visible()


def show_failed(page: Page, stack: Stack) -> None:
    serve_library(page, stack)
    page.evaluate("location.hash = '#/?q=status%3Afailed'")
    expect(page.locator(".tile[data-status=failed]")).to_have_count(2)


def show_review(page: Page, stack: Stack) -> None:
    seed(stack, [Picture("a.jpg", ("Person",), "orange", missing=("HEAD",))])
    page.evaluate("location.hash = '#/review'")
    expect(page.get_by_role("region", name="Prüfung")).to_contain_text("Ohne Helm")


def serve_models(page: Page, stack: Stack) -> FakeLibrary:
    models = FakeModels(stack).serve(page)
    wrong = {"id": image_id(0), "expected": ["Urlaub"], "found": []}
    since = "2026-11-26T10:32:00.000Z"
    models.add(1, name="Urlaub", status="running", isActive=True, runningSince=since)
    models.add(2, name="Donaudampfschifffahrtskapitänsmützen", status="stopped", evaluation=evaluation(wrong))
    models.estimate = estimate({"code": "too-few-images", "class": "Urlaub", "message": "It needs pictures."})
    models.can_use_scope_stack = True
    return serve_library(page, stack)


def show_models(page: Page, stack: Stack) -> None:
    serve_models(page, stack)
    page.evaluate("location.hash = '#/models'")
    expect(page.locator(".model")).to_have_count(2)


def show_new_model(page: Page, stack: Stack) -> None:
    show_models(page, stack)
    page.get_by_role("button", name="Neues Modell").click()
    expect(page.locator(".class-list input")).to_have_count(1)


def show_estimate(page: Page, stack: Stack) -> None:
    show_new_model(page, stack)
    page.get_by_label("Name").fill("Urlaub")
    page.get_by_label("Dinge auf dem Foto").check()
    page.locator(".class-list input").check()
    page.get_by_role("button", name="Prüfen und schätzen").click()
    expect(page.locator(".error-box")).to_have_text(re.compile("^Urlaub: Dafür braucht es"))


def show_model(page: Page, stack: Stack) -> None:
    serve_models(page, stack)
    page.evaluate(f"location.hash = '#/models/{model_id(2)}'")
    expect(page.locator(".model-wrong img")).to_be_visible()


def show_recognize_again(page: Page, stack: Stack) -> None:
    serve_models(page, stack)
    page.get_by_role("button", name="Mehr", exact=True).click()
    page.get_by_role("menuitem", name="Mit dem Modell neu erkennen").click()
    expect(page.get_by_role("button", name="Neu erkennen")).to_be_visible()


def show_boxes(page: Page, stack: Stack) -> None:
    serve_models(page, stack)
    open_image(page, 0).get_by_role("button", name="Mehr anzeigen").click()
    page.get_by_role("button", name="Rahmen zeichnen").click()
    page.get_by_role("button", name="Rahmen hinzufügen").click()
    expect(page.get_by_role("alert").filter(has_text="Gib einen Tag")).to_be_visible()


def show_tray(page: Page, _: Stack) -> None:
    page.route("**/uploads", lambda route: None)  # stays on its way
    files: list[FilePayload] = [
        {"name": name, "mimeType": "", "buffer": data}
        for name, data in (("leer.jpg", b""), ("roh.cr2", b"-"), (f"{'Sommerurlaub' * 6}.jpg", b"a"))
    ]
    page.set_input_files("#files", files)
    page.locator("#upload-toggle").click()
    expect(page.locator(".upload")).to_have_count(3)
    expect(page.locator('.upload[data-phase="failed"]').first).to_be_visible()


VIEWS: dict[str, Callable[[Page, Stack], object]] = {
    "empty": lambda page, _: expect(page.get_by_text("Noch keine Fotos")).to_be_visible(),
    "account": lambda page, _: open_account(page, "Konto"),
    "keys": show_keys,
    "offline": show_offline,
    "gallery": serve_library,
    "search": show_search,
    "filters": show_filters,
    "all labels": show_all_labels,
    "selection": show_selection,
    "needs attention": show_failed,
    "review": show_review,
    "models": show_models,
    "new model": show_new_model,
    "estimate": show_estimate,
    "model": show_model,
    "recognize again": show_recognize_again,
    "boxes": show_boxes,
    "tray": show_tray,
}


def english_texts(page: Page) -> list[str]:
    """Return what is visible, or read aloud, and English: sentences, and texts of the English table.

    The fields of the query language are English for all.
    """
    german = {text for text in table("de").values() if isinstance(text, str)}
    english = {text for text in table("en").values() if isinstance(text, str)} - german - LABELS
    texts = {re.sub(r"\w+:\S+", "", text).strip() for text in page.evaluate(ALL_TEXTS)}
    return sorted(text for text in texts if ENGLISH.search(text) or text in english)


def expect_german_and_fitting(page: Page) -> None:
    assert english_texts(page) == []
    assert page.evaluate(OVERFLOWING, CROPPED) == []
    assert not scrolls_sideways(page)


@pytest.fixture
def german_page(open_page: OpenPage, page_url: str) -> Page:
    page = open_page(width=320, user=None, locale="de-DE", reduced_motion="reduce")

    def leave_out_the_engine(route: Route) -> None:
        settings = route.fetch().json()
        del settings["engine"]  # an English sentence of the local stack
        route.fulfill(json=settings)

    page.route(f"{page_url}config.json", leave_out_the_engine)
    page.reload()
    return page


def test_the_sign_in_page_is_german(german_page: Page) -> None:
    expect(german_page.locator("html")).to_have_attribute("lang", "de")
    expect(german_page.get_by_role("button", name="Anmelden")).to_be_visible()
    expect_german_and_fitting(german_page)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_german_and_fits_a_small_phone(german_page: Page, stack: Stack, view: str) -> None:
    sign_in(german_page, "alice")
    VIEWS[view](german_page, stack)
    expect_german_and_fitting(german_page)


def test_the_viewer_is_german_and_fits_a_small_phone(
    german_page: Page, stack: Stack, full_result: Json
) -> None:
    sign_in(german_page, "alice")
    library = serve_library(german_page, stack)
    library.results[image_id(0)] = full_result
    library.similar[image_id(0)] = [image_id(6)]
    viewer = open_image(german_page, 0)
    viewer.get_by_role("button", name="Mehr anzeigen").click()
    viewer.get_by_text("Ähnliche Fotos").click()
    expect(viewer.get_by_role("button", name="1 ähnliches Foto löschen")).to_be_visible()
    viewer.get_by_text("Details", exact=True).click()
    expect_german_and_fitting(german_page)
    viewer.get_by_role("button", name="Weitere Aktionen").click()
    expect_german_and_fitting(german_page)


def test_messages_about_a_model_are_the_services(german_page: Page, stack: Stack) -> None:
    sign_in(german_page, "alice")
    models = FakeModels(stack).serve(german_page)
    models.add(1, status="failed", message="AWS couldn't train the model.")
    serve_library(german_page, stack)
    german_page.evaluate("location.hash = '#/models'")
    expect(german_page.locator(".model")).to_contain_text("Der Dienst meldet: AWS couldn't train the model.")


def test_problems_of_the_api_are_german(german_page: Page, uploads_url: str, new_file: NewFile) -> None:
    problem = {"code": "too-large", "detail": "The file is too large. The limit is 25 MB."}
    german_page.route(uploads_url, lambda route: fulfill(route, status=413, json=problem))
    sign_in(german_page, "alice")
    german_page.set_input_files("#files", new_file())
    expect(german_page.locator(".upload-status")).to_have_text(
        "Die Datei ist zu groß. Verkleinere das Foto und lade es noch einmal hoch."
    )
