"""Many pictures at once: in a list that says how far all of them are, and survives what may go wrong."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from tests.browser.support import answered, drop, until, violations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from local.stack import Stack
    from tests.browser.support import Fresh

FEW = 5  # more than fail aloud one by one
KNOWN_BY_HASH = (
    "[...(await import(new URL('scripts/polling.js', location))).activeUploads].filter(({id}) => id).length"
)


@pytest.fixture
def hasty(open_page: Callable[..., Page]) -> Page:
    """Tries again sooner than it does for people."""
    return open_page(hurry=True)


class Gate:
    """Holds what is sent to S3 until it is opened."""

    def __init__(self, page: Page, objects: str) -> None:
        self.held: list[Route] = []
        self._page = page
        self._open = False
        page.route(objects, self._answer)

    def _answer(self, route: Route) -> None:
        if self._open or route.request.method != "PUT":
            route.continue_()
        else:
            self.held.append(route)

    def holds(self, many: int) -> None:
        """Waits until so many are held: the row tells of an upload before the browser asks."""
        until(self._page, lambda: len(self.held) >= many)
        assert len(self.held) == many

    def forget(self) -> None:
        """Opens for what comes from now on."""
        self._open = True
        self.held.clear()

    def open(self) -> None:
        self._open = True
        for route in self.held:
            route.continue_()


def deletions(page: Page) -> list[str]:
    """The addresses that are asked to be deleted from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "DELETE" else None)
    return asked


def lose_answers(page: Page, objects: str) -> list[Route]:
    """Lets bytes arrive, and keeps the routes that have yet to answer."""
    stored: list[Route] = []

    def keep(route: Route) -> None:
        if route.request.method == "PUT":
            route.fetch()
            stored.append(route)
        else:
            route.continue_()

    page.route(objects, keep)
    return stored


def is_done(page: Page, stack: Stack, file: dict[str, Any]) -> bool:
    """Whether the service has recognised it."""
    address = f"{stack.api_url.rstrip('/')}/images/{hashlib.sha256(file['buffer']).hexdigest()}"
    answer = page.request.get(address, headers={"Authorization": f"Bearer {stack.token('alice')}"})
    return bool(answer.json()["image"]["status"] == "done")


def some(fresh: Fresh, many: int = FEW) -> list[dict[str, Any]]:
    return [fresh("chelsea.jpg") | {"name": f"cat {number}.jpg"} for number in range(many)]


def rows(page: Page, phase: str) -> Locator:
    return page.locator(f'.upload[data-phase="{phase}"]')


def says(page: Page, words: str, timeout: int = 30_000) -> None:
    expect(page.locator("#upload-summary")).to_have_text(words, timeout=timeout)


def test_thirty_pictures_are_thirty_lines_in_a_list_that_scrolls(page: Page, fresh: Fresh) -> None:
    page.evaluate("""() => {
      window.changed = [];
      document.addEventListener("image-changed", ({detail: {image}}) => window.changed.push(image));
    }""")
    page.set_input_files("#files", some(fresh, 30))

    expect(page.locator(".upload")).to_have_count(30)
    expect(page.locator("#announcements")).to_contain_text("Uploading 30 photos.")
    says(page, "30 of 30 done", timeout=90_000)  # on a machine with much else to do
    expect(page.locator("#announcements")).to_contain_text("30 of 30 done.")
    expect(page.get_by_label("Progress of all uploads")).to_have_js_property("value", 1)
    box = page.locator("#upload-list").bounding_box()
    assert box is not None
    assert box["height"] < 400

    told: list[dict[str, Any]] = page.evaluate("window.changed")
    ids = {image["id"] for image in told}
    assert len(ids) == 30
    assert {image["id"] for image in told if image["status"] == "pending"} == ids
    done = [image for image in told if image["status"] == "done"]
    assert {image["id"] for image in done} == ids
    assert all(image["thumbnailUrl"].startswith("http") for image in done)


def test_six_are_sent_at_a_time(page: Page, objects: str, fresh: Fresh) -> None:
    gate = Gate(page, objects)
    page.set_input_files("#files", some(fresh, 10))

    expect(rows(page, "uploading")).to_have_count(6)
    expect(rows(page, "waiting")).to_have_count(4)
    gate.holds(6)

    gate.held[0].continue_()
    expect(rows(page, "waiting")).to_have_count(3)


def test_a_folder_with_folders_in_it(page: Page, fresh: Fresh, tmp_path: Path) -> None:
    for number, file in enumerate(some(fresh, 6)):
        folder = tmp_path / "Holiday" / f"day {number % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file["name"]).write_bytes(file["buffer"])

    drop(page, [tmp_path / "Holiday"])

    says(page, "6 of 6 done")
    expect(page.locator("#notice")).to_have_text("Added 6 photos from the folder “Holiday”.")


def test_those_known_already_say_so_and_lead_to_the_picture(page: Page, fresh: Fresh) -> None:
    files = some(fresh)
    page.set_input_files("#files", files[:3])
    says(page, "3 of 3 done")

    page.set_input_files("#files", files)

    says(page, f"{FEW} of {FEW} done, 3 already uploaded")
    first = page.locator(".upload").first
    expect(first).to_contain_text("Already uploaded")
    expect(first.get_by_role("link")).to_have_attribute("href", re.compile("^#/image/[0-9a-f]{64}$"))


def test_passing_faults_are_tried_again_without_a_word_of_failure(
    hasty: Page, uploads: str, objects: str, fresh: Fresh
) -> None:
    busy = {"status": 503, "body": "<Error><Code>SlowDown</Code></Error>"}
    hasty.route(objects, lambda route: answered(route, **busy), times=2)
    hasty.route(uploads, lambda route: answered(route, status=429, body="{}"), times=1)
    hasty.route(uploads, lambda route: answered(route, status=500, body="{}"), times=1)
    hasty.route(uploads, lambda route: route.abort(), times=1)

    hasty.set_input_files("#files", some(fresh))

    says(hasty, f"{FEW} of {FEW} done")


def test_without_a_connection_they_wait_for_it(hasty: Page, fresh: Fresh) -> None:
    hasty.context.set_offline(True)
    hasty.set_input_files("#files", some(fresh))
    expect(rows(hasty, "retrying")).to_have_count(FEW)
    expect(rows(hasty, "retrying").first).to_contain_text(
        "Can't reach the service. Check your connection. Retrying automatically…"
    )

    hasty.context.set_offline(False)
    says(hasty, f"{FEW} of {FEW} done")


def test_all_that_failed_are_tried_again_by_one_button(hasty: Page, uploads: str, fresh: Fresh) -> None:
    hasty.route(uploads, lambda route: route.abort())
    hasty.set_input_files("#files", some(fresh))
    says(hasty, f"0 of {FEW} done, {FEW} failed")
    expect(hasty.locator("#announcements")).to_contain_text(f"{FEW} failed.")
    hasty.unroute(uploads)

    hasty.get_by_role("button", name="Try again: cat 0.jpg").click()
    says(hasty, f"1 of {FEW} done, {FEW - 1} failed")
    expect(hasty.get_by_role("button", name="Dismiss cat 0.jpg")).to_be_focused()

    hasty.get_by_role("button", name="Retry all").click()
    says(hasty, f"{FEW} of {FEW} done")
    expect(hasty.get_by_role("button", name="Retry all")).to_be_hidden()
    expect(hasty.get_by_role("list", name="Photos being uploaded")).to_be_focused()

    hasty.get_by_role("button", name="Clear list").click()
    expect(hasty.locator("#upload-list")).to_be_hidden()
    expect(hasty.locator("#files")).to_be_focused()


def test_the_first_that_fail_are_read_out_and_then_how_many(page: Page, uploads: str, fresh: Fresh) -> None:
    problem = json.dumps({"code": "too-large", "detail": "That is too large."})
    page.route(uploads, lambda route: answered(route, status=413, body=problem))
    page.set_input_files("#files", some(fresh))

    says(page, f"0 of {FEW} done, {FEW} failed")
    heard = page.locator("#announcements p")
    one_by_one = re.compile(r"^cat \d\.jpg: That is too large\.$")
    expect(heard).to_have_text(
        [f"Uploading {FEW} photos.", *[one_by_one] * 3, f"0 of {FEW} done, {FEW} failed."]
    )


def test_one_or_all_can_be_cancelled(page: Page, objects: str, fresh: Fresh) -> None:
    page.route(objects, lambda route: None)
    page.set_input_files("#files", some(fresh, 8))
    expect(rows(page, "uploading")).to_have_count(6)

    page.get_by_role("button", name="Cancel cat 0.jpg").click()
    says(page, "0 of 7 done")
    expect(rows(page, "uploading")).to_have_count(6)

    deleted: list[str] = []
    page.on("request", lambda request: deleted.append(request.url) if request.method == "DELETE" else None)
    page.get_by_role("button", name="Cancel all").click()
    expect(page.locator("#upload-list")).to_be_hidden()
    expect(page.locator("#files")).to_be_focused()
    page.wait_for_function("() => document.querySelectorAll('.upload').length === 0")
    page.unroute(objects)

    page.set_input_files("#files", some(fresh))
    says(page, f"{FEW} of {FEW} done")
    assert len(set(deleted)) >= 6


def test_closing_asks_while_uploads_are_under_way_and_only_then(
    page: Page, objects: str, fresh: Fresh
) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    gate = Gate(page, objects)
    page.get_by_role("heading", level=1).click(force=True)  # a browser asks only those who did something
    page.set_input_files("#files", some(fresh))
    expect(rows(page, "uploading")).to_have_count(FEW)

    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    expect(rows(page, "uploading")).to_have_count(FEW)

    gate.open()
    says(page, f"{FEW} of {FEW} done")
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


def test_signing_out_asks_too(page: Page, objects: str, fresh: Fresh) -> None:
    page.route(objects, lambda route: None)
    page.set_input_files("#files", some(fresh))
    expect(rows(page, "uploading")).to_have_count(FEW)

    def answer(dialog: Dialog) -> None:
        asked.append((dialog.type, dialog.message))
        if len(asked) == 1:
            dialog.dismiss()
        else:
            dialog.accept()

    asked: list[tuple[str, str]] = []
    page.on("dialog", answer)
    page.get_by_role("button", name="Sign out").click()
    expect(rows(page, "uploading")).to_have_count(FEW)
    expect(page.locator("body")).to_have_attribute("data-session", "in")

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator(".upload")).to_have_count(0)
    question = f"{FEW} photos are still uploading. Sign out and cancel?"
    assert asked == [("confirm", question)] * 2


def test_uploads_that_were_cut_off_go_on_when_chosen_again(page: Page, objects: str, fresh: Fresh) -> None:
    files = some(fresh, 8)
    gate = Gate(page, objects)
    page.set_input_files("#files", files)
    expect(rows(page, "uploading")).to_have_count(6)
    gate.holds(6)
    for route in gate.held[:2]:
        route.continue_()
    expect(rows(page, "done")).to_have_count(2)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("Upload photos")).to_be_visible()
    gate.forget()
    puts: list[str] = []
    page.on("request", lambda request: puts.append(request.url) if request.method == "PUT" else None)

    page.set_input_files("#files", files)

    says(page, "8 of 8 done, 2 already uploaded")
    assert len(puts) == 6


def test_copies_of_a_picture_are_sent_once(page: Page, objects: str, fresh: Fresh) -> None:
    gate = Gate(page, objects)
    stored: list[int] = []
    page.on(
        "response", lambda answer: stored.append(answer.status) if answer.request.method == "PUT" else None
    )
    file = fresh()
    page.set_input_files("#files", [file | {"name": f"copy {number}.jpg"} for number in range(FEW)])
    expect(rows(page, "uploading")).to_have_count(1)
    gate.holds(1)

    gate.open()
    expect(rows(page, "done")).to_have_count(FEW)
    assert stored.count(200) == 1


def test_copies_that_are_cancelled_together_leave_no_record(page: Page, objects: str, fresh: Fresh) -> None:
    gate = Gate(page, objects)
    file = fresh()
    answers: list[int] = []
    page.on(
        "response",
        lambda answer: answers.append(answer.status) if answer.request.method == "DELETE" else None,
    )
    page.set_input_files("#files", [file | {"name": f"copy {number}.jpg"} for number in range(2)])
    gate.holds(1)
    page.wait_for_function(f"async () => {KNOWN_BY_HASH} === 2")

    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.get_by_role("button", name="Cancel all").click()

    expect(page.locator(".tile")).to_have_count(0)
    assert answers == [204]


def test_what_is_cancelled_is_not_read_any_more(page: Page, objects: str, fresh: Fresh) -> None:
    page.add_init_script("""
      window.hashed = 0;
      const digest = crypto.subtle.digest.bind(crypto.subtle);
      crypto.subtle.digest = (...of) => { window.hashed += 1; return digest(...of); };
    """)
    page.reload()
    gate = Gate(page, objects)
    page.set_input_files("#files", some(fresh, 10))
    gate.holds(6)

    page.get_by_role("button", name="Cancel all").click()
    gate.forget()
    page.set_input_files("#files", some(fresh, 2))

    says(page, "2 of 2 done")
    assert page.evaluate("window.hashed") == 6 + 2


def test_a_stored_picture_stays_when_its_row_goes_although_the_answer_was_lost(
    hasty: Page, stack: Stack, objects: str, fresh: Fresh
) -> None:
    deleted = deletions(hasty)
    files = some(fresh, 2)
    stored = lose_answers(hasty, objects)
    hasty.set_input_files("#files", files)
    until(hasty, lambda: len(stored) == 2 and all(is_done(hasty, stack, file) for file in files))
    for route in stored:
        route.abort()
    says(hasty, "2 of 2 done, 2 already uploaded")
    hasty.unroute(objects)

    hasty.set_input_files("#files", some(fresh, 2))

    says(hasty, "2 of 2 done")
    expect(hasty.locator('.tile[data-status="done"]')).to_have_count(4)
    assert deleted == []


def test_a_stored_picture_stays_when_the_row_of_a_failed_upload_of_it_goes(
    hasty: Page, objects: str, fresh: Fresh
) -> None:
    deleted = deletions(hasty)
    files = some(fresh, 2)
    hasty.route(objects, lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    hasty.set_input_files("#files", files)
    says(hasty, "0 of 2 done, 2 failed")
    hasty.unroute(objects)
    hasty.set_input_files("#files", files)
    says(hasty, "2 of 4 done, 2 failed")

    hasty.get_by_role("button", name="Clear list").click()
    hasty.set_input_files("#files", some(fresh, 2))

    says(hasty, "2 of 2 done")
    expect(hasty.locator('.tile[data-status="done"]')).to_have_count(4)
    assert deleted == []


def test_a_picture_that_was_seen_stays_when_the_row_of_its_failed_upload_goes(
    hasty: Page, stack: Stack, uploads: str, objects: str, fresh: Fresh
) -> None:
    deleted = deletions(hasty)
    file = fresh()
    stored = lose_answers(hasty, objects)
    hasty.set_input_files("#files", file)
    until(hasty, lambda: len(stored) == 1 and is_done(hasty, stack, file))
    hasty.route(uploads, lambda route: route.abort())
    stored[0].abort()
    says(hasty, "0 of 1 done, 1 failed")
    hasty.unroute(uploads)
    hasty.unroute(objects)
    hasty.locator(".tile-link").click()
    expect(hasty.locator("#viewer")).to_have_attribute("data-ready", "")
    hasty.keyboard.press("Escape")

    hasty.get_by_role("button", name="Dismiss astronaut.jpg").click()
    hasty.set_input_files("#files", some(fresh, 2))

    says(hasty, "2 of 2 done")
    assert deleted == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_list_is_for_everybody(
    open_page: Callable[..., Page], objects: str, fresh: Fresh, scheme: str, width: int
) -> None:
    page = open_page(width=width, color_scheme=scheme, reduced_motion="reduce")
    gate = Gate(page, objects)
    long = {"name": "a-very-long-name-without-a-single-space-" * 4 + ".jpg"}
    empty = {"name": "empty.jpg", "mimeType": "image/jpeg", "buffer": b""}
    page.set_input_files("#files", [fresh() | long, empty, *some(fresh, 8)])
    expect(rows(page, "failed")).to_have_count(1)
    expect(rows(page, "uploading")).to_have_count(6)
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(fits)
    assert violations(page) == [], "busy"

    gate.open()
    says(page, "9 of 10 done, 1 failed")
    assert page.evaluate(fits)
    assert violations(page) == [], "done"
