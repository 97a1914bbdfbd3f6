"""Polling for results: its interval, its timeout, and what happens in a hidden tab."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.fake_uploads import FakeUploads, tiny_files
from tests.browser.support import (
    NOT_FOUND,
    RequestGate,
    expect_summary,
    expect_upload_error,
    expect_upload_phase,
    freeze_clock,
    fulfill_pending,
    record_requests,
    retry_succeeds,
    route_first,
    set_tab_hidden,
    tiles,
    wait_for_answers,
    wait_until,
)

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

    from local.stack import Stack
    from tests.browser.support import NewFile

SLOW_RESULT = "This is taking longer than usual. Your photo is uploaded and safe."
POLL_TIMEOUT_MS = 181_000  # one second longer than the page polls


def test_can_keep_waiting_after_the_timeout(
    page: Page, images_url: str, uploads_url: str, new_file: NewFile
) -> None:
    page.clock.install()
    page.route(images_url, fulfill_pending)
    with page.expect_response(images_url):
        page.set_input_files("#files", new_file())
    page.clock.fast_forward(POLL_TIMEOUT_MS)
    expect_upload_error(page, SLOW_RESULT, "Keep waiting")

    requests = record_requests(page)
    page.unroute(images_url)
    page.clock.resume()
    retry_succeeds(page, "Keep waiting")
    assert uploads_url not in requests


def start_polling(page: Page, images_url: str, file: FilePayload) -> tuple[str, list[str]]:
    """Upload a file. Return the URL of the pending image, and a list of all GET requests."""
    page.clock.install()
    requests = record_requests(page, method="GET")
    page.route(images_url, lambda route: fulfill_pending(route, retry_after="10"))
    with page.expect_response(images_url) as first:
        page.set_input_files("#files", file)
    first.value.finished()
    wait_for_answers(page)
    freeze_clock(page)
    return first.value.url, requests


def test_polls_at_the_interval_of_retry_after(page: Page, images_url: str, new_file: NewFile) -> None:
    url, requests = start_polling(page, images_url, new_file())
    page.clock.run_for(5_000)
    assert requests.count(url) == 1

    with page.expect_response(url):
        page.clock.run_for(5_000)
    assert requests.count(url) == 2


def test_polls_a_single_photo_several_times_a_second_at_first(
    page: Page, images_url: str, new_file: NewFile
) -> None:
    page.clock.install()
    page.route(images_url, fulfill_pending)
    sent, answered = record_requests(page, method="GET"), list[str]()
    page.on("requestfinished", lambda request: answered.append(request.url))
    with page.expect_request(images_url) as first:
        page.set_input_files("#files", new_file())
    url = first.value.url
    freeze_clock(page)
    wait_until(page, lambda: answered.count(url) == sent.count(url))
    wait_for_answers(page)  # so that the next poll waits for the clock
    before = sent.count(url)
    page.clock.run_for(150)
    wait_until(page, lambda: sent.count(url) > before)
    assert sent.count(url) == before + 1


def test_does_not_ask_for_a_new_photo_long_before_it_can_be_recognized(
    page: Page, stack: Stack, images_url: str
) -> None:
    library = FakeLibrary(stack, 3).serve(page)
    expect(tiles(page)).to_have_count(3)
    FakeUploads(library).serve(page)
    page.clock.install()
    first, second = tiny_files(2)
    gate = RequestGate(page, images_url)
    page.set_input_files("#files", first)
    gate.wait_for(1)
    page.clock.fast_forward(30_000)  # that the first result takes
    gate.release()
    expect_summary(page, "1 photo uploaded")

    freeze_clock(page)
    requests = record_requests(page, method="GET")
    page.set_input_files("#files", second)
    expect_upload_phase(page, "recognizing", 1)
    page.clock.run_for(1_400)
    image_id = hashlib.sha256(second["buffer"]).hexdigest()
    assert [url for url in requests if url.endswith(image_id)] == []
    with page.expect_response(lambda response: response.url.endswith(image_id)):
        page.clock.run_for(200)


def test_asks_for_all_pending_photos_with_one_request(page: Page, stack: Stack, images_url: str) -> None:
    library = FakeLibrary(stack, 3).serve(page)
    expect(tiles(page)).to_have_count(3)
    FakeUploads(library).serve(page)
    page.clock.install()
    gate = RequestGate(page, images_url)
    page.set_input_files("#files", tiny_files(20))
    expect_upload_phase(page, "recognizing", 20)
    gate.wait_for(1)
    page.clock.run_for(300)  # FIRST_MS, after which the page asks for each

    gate.release()
    expect_summary(page, "20 photos uploaded")
    asked = [(batch["action"], len(batch["ids"])) for batch in library.batches]
    assert (asked, len(library.requested_ids)) == ([("get", 19)], 1)


def test_a_photo_that_is_gone_does_not_stop_the_others(page: Page, stack: Stack, images_url: str) -> None:
    library = FakeLibrary(stack, 3).serve(page)
    expect(tiles(page)).to_have_count(3)
    FakeUploads(library).serve(page)
    gate = RequestGate(page, images_url)
    page.set_input_files("#files", tiny_files(5))
    expect_upload_phase(page, "recognizing", 5)
    library.images.pop(next(iter(library.images)))

    gate.release()
    expect_summary(page, "4 photos uploaded, 1 failed")
    expect(page.locator(".upload-status").first).to_have_text(NOT_FOUND)


def test_polls_less_often_over_time(page: Page, images_url: str, new_file: NewFile) -> None:
    url, requests = start_polling(page, images_url, new_file())
    with page.expect_response(url) as second:
        page.clock.fast_forward(150_000)
    second.value.finished()
    wait_for_answers(page)
    page.clock.run_for(14_000)
    assert requests.count(url) == 2

    with page.expect_response(url):
        page.clock.run_for(4_000)
    assert requests.count(url) == 3


def test_does_not_poll_in_a_hidden_tab(page: Page, images_url: str, new_file: NewFile) -> None:
    url, requests = start_polling(page, images_url, new_file())
    set_tab_hidden(page, True)
    page.clock.run_for(600_000)
    assert requests.count(url) == 1

    page.unroute(images_url)
    set_tab_hidden(page, False)
    page.clock.resume()
    expect_upload_phase(page, "done")


def test_gallery_polls_an_image_whose_upload_was_dismissed(
    page: Page, images_url: str, new_file: NewFile
) -> None:
    page.route(images_url, fulfill_pending)
    with page.expect_response(images_url):
        page.set_input_files("#files", new_file())
    page.get_by_role("button", name="Cancel astronaut.jpg").click()
    expect(page.locator(".upload")).to_have_count(0)
    newest = page.locator(".tile").first
    expect(newest).to_have_attribute("data-status", "pending")

    page.unroute(images_url)
    expect(newest).to_have_attribute("data-status", "done")


def test_tolerates_single_polling_errors(page: Page, images_url: str, new_file: NewFile) -> None:
    route_first(page, images_url, lambda route: route.abort(), 2)
    page.set_input_files("#files", new_file())

    expect_upload_phase(page, "done")
