"""A person tags photos, trains a model with them, and has it recognize a new one, on the local stack."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.support import expect_upload_phase, tiles
from tests.shapes import draw

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

    from local.stack import Stack

KINDS = ("circle", "triangle")
TRAINING_SECONDS = 90
POLL_SECONDS = 5  # the page asks for the statuses as often


def photo(kind: str, seed: int) -> FilePayload:
    return {"name": f"{kind}-{seed}.png", "mimeType": "image/png", "buffer": draw(kind, seed)[0]}


def upload(page: Page) -> None:
    page.set_input_files("#files", [photo(kind, seed) for kind in KINDS for seed in range(10)])
    expect_upload_phase(page, "done", 20)
    page.get_by_role("button", name="Close").click()


def find(page: Page, query: str) -> None:
    page.get_by_role("link", name="All photos").click()
    search = page.get_by_role("combobox", name="Search photos")
    search.fill(query)
    search.press("Enter")


def tag_search(page: Page, kind: str) -> None:
    """Give all photos whose names begin with a kind the kind as their tag."""
    find(page, f"name:{kind}")
    expect(tiles(page)).to_have_count(10)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Tag all photos of this search").click()
    dialog = page.get_by_role("dialog", name="Tag all photos of this search")
    expect(dialog).to_contain_text("10 photos in the search")
    dialog.get_by_role("combobox", name="Tag to add").fill(kind)
    dialog.get_by_role("button", name="Add tag").click()
    expect(page.locator("#toasts")).to_contain_text(f"10 photos tagged “{kind}”.")


def train(page: Page) -> None:
    page.get_by_role("link", name="Models").click()
    page.get_by_role("button", name="New model").click()
    dialog = page.get_by_role("dialog", name="New model")
    dialog.get_by_label("Name").fill("Shapes")
    for kind in KINDS:
        dialog.get_by_role("checkbox", name=re.compile(kind)).check()
    dialog.get_by_role("button", name="Check and estimate").click()
    dialog.get_by_role("button", name=re.compile(r"^Train for \$")).click()
    expect(page.locator(".model-status")).to_have_text("Preparing photos…")


def run_trainer_until(page: Page, stack: Stack, status: str) -> None:
    """Run the trainer, as the schedule does every minute, until the page shows a status."""
    deadline = time.monotonic() + TRAINING_SECONDS
    while page.locator(".model-status").inner_text() != status:
        assert time.monotonic() < deadline, page.locator(".model").inner_text()
        result = stack.functions.invoke("TrainerFunction", {})
        assert not result.failed, result.error
        page.wait_for_timeout(POLL_SECONDS * 200)  # the page shows it at its next poll


def test_a_model_learns_from_tags_and_recognizes_a_new_photo(page: Page, stack: Stack) -> None:
    upload(page)
    for kind in KINDS:
        tag_search(page, kind)
    train(page)
    run_trainer_until(page, stack, "Stopped")
    page.get_by_role("link", name="Shapes").click()
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows.nth(1)).to_have_text(re.compile(r"^circle100%100%100%\d+%8 \+ 2$"))

    page.get_by_role("button", name="Start: Shapes").click()
    run_trainer_until(page, stack, "Running")
    expect(page.locator(".model")).to_contain_text("Your new photos are recognized with it.")
    page.get_by_role("link", name="All photos").click()
    page.set_input_files("#files", photo("circle", 99))
    expect(page.locator("#viewer").get_by_role("rowheader", name="circle")).to_be_visible()
    page.keyboard.press("Escape")
    find(page, "label:circle")
    expect(tiles(page)).to_have_count(1)
    page.get_by_role("link", name="Models").click()
    page.get_by_role("button", name="Stop: Shapes").click()
    run_trainer_until(page, stack, "Stopped")
