"""The tray of uploads: its meters, its order, what it says, and what a person can do there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_library import FakeLibrary
from tests.browser.fake_uploads import FakeUploads, tiny_files
from tests.browser.support import (
    RequestGate,
    axe_violations,
    expect_summary,
    expect_upload_error,
    expect_upload_phase,
    new_files,
    record_requests,
    scrolls_sideways,
    tiles,
    wait_until,
)

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

    from local.stack import Stack
    from tests.browser.support import Json, NewFile, OpenPage

PUT_URL = "**/fake/upload"
RAW: FilePayload = {
    "name": "DSC_0912.cr2",
    "mimeType": "",
    "buffer": b"II*\0\x10\0\0\0CR\x02\0" + bytes(100),
}
ADD_500_FILES = """() => new Promise((resolve) => {
  const data = new DataTransfer();
  for (let number = 0; number < 500; number += 1) {
    data.items.add(new File([String(number)], `${number}.jpg`, {type: "image/jpeg"}));
  }
  setTimeout(() => {
    document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data}));
    resolve(document.querySelectorAll(".upload").length);
  }, 100);
})"""


def serve_uploads(page: Page, stack: Stack) -> FakeUploads:
    library = FakeLibrary(stack, 3).serve(page)
    expect(tiles(page)).to_have_count(3)
    return FakeUploads(library).serve(page)


def expect_counts(page: Page, sent: str, recognized: str) -> None:
    expect(page.locator("#upload-sent-count")).to_have_text(sent)
    expect(page.locator("#upload-recognized-count")).to_have_text(recognized)


def test_counts_sent_and_recognized_photos_separately(page: Page, stack: Stack, images_url: str) -> None:
    serve_uploads(page, stack)
    transfers = RequestGate(page, PUT_URL)
    results = RequestGate(page, images_url)
    page.set_input_files("#files", tiny_files(8))
    transfers.wait_for(6)
    expect_counts(page, "0 of 8", "0 of 8")
    expect_summary(page, "Uploading 8 photos")

    transfers.release()
    expect_counts(page, "8 of 8", "0 of 8")
    expect(page.get_by_role("progressbar", name="Sent")).to_have_attribute("aria-valuetext", "8 of 8")
    expect_summary(page, "Uploading 8 photos")

    results.release()
    expect_counts(page, "8 of 8", "8 of 8")
    expect_summary(page, "8 photos uploaded")
    expect(page.locator("#announcements p")).to_have_text(["Uploading 8 photos.", "8 photos uploaded."])


def test_uploads_can_be_paused_and_resumed(page: Page, stack: Stack, uploads_url: str) -> None:
    uploads = serve_uploads(page, stack)
    transfers = RequestGate(page, PUT_URL)
    page.set_input_files("#files", tiny_files(8))
    transfers.wait_for(6)

    aborted: list[str] = []
    page.on("requestfailed", lambda request: aborted.append(request.url))
    page.get_by_role("button", name="Pause").click()
    expect_summary(page, "Paused, 8 photos left")
    expect_upload_phase(page, "waiting", 8)
    wait_until(page, lambda: len(aborted) == 6)  # the events arrive after the page has changed
    transfers.disable()
    requests = record_requests(page, "POST", uploads_url)
    page.set_input_files("#files", tiny_files(2, start=20))
    expect_summary(page, "Paused, 10 photos left")
    page.get_by_role("button", name="Cancel cat 0.jpg").click()
    expect_summary(page, "Paused, 9 photos left")
    assert requests == []

    page.get_by_role("button", name="Resume").click()
    expect_summary(page, "9 photos uploaded")
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    assert uploads.accepted == 6 + 9


def test_a_pause_ends_when_all_are_canceled(page: Page, stack: Stack) -> None:
    serve_uploads(page, stack)
    gate = RequestGate(page, PUT_URL)
    page.set_input_files("#files", tiny_files(2))
    gate.wait_for(2)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Cancel all").click()
    expect(page.locator("#upload-list")).to_be_hidden()
    gate.disable()
    page.set_input_files("#files", tiny_files(2))
    expect_summary(page, "2 photos uploaded")


def test_failures_come_first_and_finished_photos_last(page: Page, stack: Stack) -> None:
    serve_uploads(page, stack)
    gate = RequestGate(page, PUT_URL)
    page.set_input_files("#files", [*tiny_files(3), RAW])
    gate.wait_for(3)
    names = page.locator(".upload-name")
    expect(names).to_have_text(["DSC_0912.cr2", "cat 0.jpg", "cat 1.jpg", "cat 2.jpg"])

    gate.held[0].fallback()
    expect_upload_phase(page, "done", 1)
    expect(names.first).to_have_text("DSC_0912.cr2")
    expect(page.get_by_role("list", name="Uploaded").get_by_role("listitem")).to_have_count(1)
    expect(page.locator(".upload").last).to_have_attribute("data-phase", "done")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.CR2", RAW["buffer"], "CR2 raw files aren’t supported. Export the photo as JPEG."),
        ("a.nef", b"MM\0*" + bytes(100), "NEF raw files aren’t supported. Export the photo as JPEG."),
        ("raw.jpg", b"FUJIFILMCCD-RAW 0201", "RAF raw files aren’t supported. Export the photo as JPEG."),
        ("a.psd", b"8BPS\0\1", "PSD files aren’t supported. Export the photo as JPEG or PNG."),
        ("a.svg", b"<svg xmlns=''/>", "SVG files aren’t supported. Export the photo as JPEG or PNG."),
        ("scan.jpg", b"%PDF-1.7", "PDF documents aren’t supported. Choose a photo."),
        ("a.docx", b"PK\3\4", "DOCX documents aren’t supported. Choose a photo."),
        ("a.MOV", b"\0\0\0\x14ftypqt  ", "MOV videos aren’t supported. Choose a photo."),
    ],
)
def test_names_formats_that_are_not_supported(
    page: Page, uploads_url: str, name: str, content: bytes, sentence: str
) -> None:
    requests = record_requests(page, "POST", uploads_url)
    page.set_input_files("#files", {"name": name, "mimeType": "", "buffer": content})
    expect_upload_error(page, sentence, None)
    expect(page.get_by_role("button", name="Retry all")).to_be_hidden()
    assert requests == []


def test_a_jpeg_is_uploaded_whatever_its_name_is(page: Page, new_file: NewFile) -> None:
    page.set_input_files("#files", new_file() | {"name": "astronaut.cr2"})
    expect_upload_phase(page, "done")


@pytest.mark.usefixtures("sources")
def test_shows_local_pictures_at_once(page: Page, uploads_url: str, new_file: NewFile) -> None:
    RequestGate(page, uploads_url)
    heic: FilePayload = {"name": "a.heic", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic"}
    page.set_input_files("#files", [new_file(), heic])
    pictures = page.locator(".upload-thumbnail img")
    expect(pictures).to_have_count(1)
    expect(pictures).to_have_attribute("src", re.compile("^blob:"))
    expect(pictures).to_have_js_property("naturalHeight", 320)
    size = page.evaluate("""async () => {
      const [{localPreview}, {activeUploads}] = await Promise.all(
        ["previews", "polling"].map((name) => importSource(`${name}.js`)));
      const image = new Image();
      image.src = await localPreview([...activeUploads][0].id);
      await image.decode();
      return [image.naturalWidth, image.naturalHeight, await localPreview("unknown") ?? null];
    }""")
    assert size == [320, 320, None]


def test_shows_local_pictures_in_the_gallery_until_there_are_thumbnails(
    page: Page, images_url: str, new_file: NewFile
) -> None:
    results = RequestGate(page, images_url)
    page.set_input_files("#files", [new_file(), new_file("chelsea.jpg")])
    pictures = page.locator(".tile img")
    expect(pictures).to_have_count(2)
    for picture in pictures.all():
        expect(picture).to_have_attribute("src", re.compile("^blob:"))

    results.release()
    for picture in pictures.all():
        expect(picture).to_have_attribute("src", re.compile(r"\.thumb\.webp\?"))


def test_collapses_to_its_title_with_the_keyboard(page: Page, stack: Stack) -> None:
    serve_uploads(page, stack)
    RequestGate(page, PUT_URL)
    page.set_input_files("#files", tiny_files(3))
    toggle = page.get_by_role("button", name="Uploading 3 photos")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    toggle.focus()
    page.keyboard.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#upload-body")).to_be_hidden()
    expect(page.locator("#upload-meters")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".upload").first).to_be_visible()


def test_is_a_pill_with_two_meters_on_a_phone(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    serve_uploads(page, stack)
    gate = RequestGate(page, PUT_URL)
    page.set_input_files("#files", tiny_files(3))
    expect(page.locator("#upload-meters")).to_be_visible()
    expect(page.locator("#upload-body")).to_be_hidden()
    assert not scrolls_sideways(page)

    page.locator("#upload-meters").tap(force=True)  # the title's button covers the pill
    expect(page.locator(".upload")).to_have_count(3)
    expect(page.locator(".upload").first).to_be_visible()
    page.get_by_role("button", name="Uploading 3 photos").tap()
    expect(page.locator("#upload-body")).to_be_hidden()

    gate.release()
    expect_summary(page, "3 photos uploaded")
    expect(page.locator("#upload-summary")).to_be_visible()
    page.get_by_role("button", name="Close uploads").tap()
    expect(page.locator("#upload-list")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1280])
def test_says_how_many_failed_while_it_is_collapsed(open_page: OpenPage, stack: Stack, width: int) -> None:
    page = open_page(width=width)
    serve_uploads(page, stack)
    gate = RequestGate(page, PUT_URL)
    toggle = page.locator("#upload-toggle")
    page.set_input_files("#files", [RAW, RAW | {"name": "DSC_0913.cr2"}, *tiny_files(3)])
    if toggle.get_attribute("aria-expanded") == "true":
        toggle.click()
    failed = page.get_by_role("img", name="2 failed")
    expect(failed).to_have_text("2")
    toggle.click()
    expect(failed).to_be_hidden()  # the failures are listed first
    toggle.click()
    gate.release()
    expect_summary(page, "3 photos uploaded, 2 failed")
    expect(failed).to_be_hidden()


def test_five_hundred_files_do_not_block_the_page(page: Page, stack: Stack) -> None:
    serve_uploads(page, stack)
    RequestGate(page, PUT_URL)
    browser = page.context.browser
    assert browser
    browser.start_tracing(page=page, categories=["toplevel"])
    assert page.evaluate(ADD_500_FILES) == 40
    expect(page.locator(".upload")).to_have_count(500)
    expect_summary(page, "Uploading 500 photos")
    tasks = task_milliseconds(json.loads(browser.stop_tracing())["traceEvents"])
    assert len(tasks) > 100
    assert max(tasks) < 50


def task_milliseconds(events: list[Json]) -> list[float]:
    """Return the processor time of each task of the page's thread, which other processes don't change."""
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    return [
        event["tdur"] / 1000
        for event in events
        if "tdur" in event and (event["pid"], event["tid"]) in threads
    ]


@pytest.mark.usefixtures("sources")
def test_knows_the_rate_and_the_time_left(page: Page) -> None:
    rates = page.evaluate("""async () => {
      const {UploadRate} = await importSource("upload-rate.js");
      let now = 0;
      performance.now = () => now;
      const rate = new UploadRate();
      return [[0, 0], [2000, 2e6], [5000, 5e6], [6000, 4e6], [9000, 7e6]].map(([at, sent]) => {
        now = at;
        rate.add(sent);
        return [Math.round(rate.bytesPerSecond), rate.isStable];
      });
    }""")
    assert rates == [[0, False], [1e6, False], [1e6, True], [833_333, True], [888_889, True]]


def test_is_accessible_with_failures_and_in_progress(
    open_page: OpenPage, stack: Stack, appearance: Json
) -> None:
    page = open_page(**appearance)
    serve_uploads(page, stack)
    gate = RequestGate(page, PUT_URL)
    page.set_input_files("#files", [RAW, *tiny_files(8)])
    gate.wait_for(6)
    if page.locator("#upload-body").is_hidden():
        assert axe_violations(page) == [], "collapsed"
        page.locator("#upload-toggle").focus()
        page.keyboard.press("Enter")
    expect_upload_phase(page, "uploading", 6)
    assert axe_violations(page) == [], "in progress"
    assert not scrolls_sideways(page)

    page.get_by_role("button", name="Pause").click()
    expect_summary(page, "Paused, 8 photos left")
    assert axe_violations(page) == [], "paused"


def test_can_be_used_in_german(open_page: OpenPage, new_file: NewFile) -> None:
    page = open_page(locale="de-DE")
    page.set_input_files("#files", [RAW, *new_files(new_file, 2)])
    expect_summary(page, "2 Fotos hochgeladen, 1 fehlgeschlagen")
    expect(page.locator(".upload-status").first).to_have_text(
        "CR2-Rohdateien werden nicht unterstützt. Exportiere das Foto als JPEG."
    )
