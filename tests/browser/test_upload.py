"""Uploading one photo: every way to choose it, and what a user sees until the result arrives."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from tests.browser.support import (
    RequestGate,
    expect_upload_phase,
    fulfill_pending,
    record_requests,
    tiles,
    upload_and_open,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from playwright.sync_api import Request, Route

    from local.stack import Stack
    from tests.browser.support import NewFile, OpenPage


def test_upload_goes_through_every_phase(page: Page, new_file: NewFile) -> None:
    page.set_input_files("#files", new_file())

    expect_upload_phase(page, "done")
    upload = page.locator(".upload")
    assert page.evaluate("window.phases") == ["hashing", "uploading", "recognizing", "done"]
    expect(upload.locator(".upload-name")).to_have_text("astronaut.jpg")
    expect(upload.locator(".upload-status")).to_contain_text("Person")
    expect(page.locator("#announcements")).to_contain_text("Uploading 1 photo.")
    expect(page.locator("#announcements")).to_contain_text("1 photo uploaded.")


def test_opens_a_single_upload_when_done(page: Page, new_file: NewFile) -> None:
    viewer = upload_and_open(page, new_file())

    expect(viewer.get_by_role("heading", level=2)).to_have_text("astronaut.jpg")
    expect(viewer.get_by_role("heading", level=2)).to_be_focused()
    expect(viewer.locator(".viewer-meta")).to_contain_text("512 × 512 · JPEG · 75 kB")
    expect(viewer.locator('.item[data-name="Person"]')).to_be_visible()


def test_a_file_name_cannot_disguise_what_it_is(page: Page, new_file: NewFile) -> None:
    viewer = upload_and_open(page, {**new_file(), "name": "Cafe\u0301 \u202egpj.\u2066exe\u200b \ufffd.jpg"})

    name = "Café gpj.exe \ufffd.jpg"
    expect(page.locator(".upload-name")).to_have_text(name)
    expect(viewer.get_by_role("heading", level=2)).to_have_text(name)
    assert page.title() == f"{name} – Glimpse"
    tile = tiles(page).first
    expect(tile.locator(".tile-name")).to_have_text(name)
    expect(tile.locator(".tile-link")).to_have_attribute("title", name)


def test_does_not_open_one_of_two_uploads(page: Page, new_file: NewFile) -> None:
    page.set_input_files("#files", [new_file(), new_file("chelsea.jpg")])

    expect_upload_phase(page, "done", 2)
    assert page.evaluate("location.hash") == ""
    page.get_by_role("link", name="Show chelsea.jpg").click()
    expect(page.locator("#viewer-title")).to_have_text("chelsea.jpg")


def test_does_not_open_an_upload_during_a_search(page: Page, images_url: str, new_file: NewFile) -> None:
    page.route(images_url, fulfill_pending)
    with page.expect_response(images_url):
        page.set_input_files("#files", new_file())
    search = page.get_by_role("combobox", name="Search photos")
    search.fill("cat")
    page.unroute(images_url)

    expect_upload_phase(page, "done")
    expect(page).to_have_url(re.compile(r"#/\?q=cat$"))
    expect(search).to_be_focused()


def test_does_not_open_an_upload_over_another_photo(page: Page, objects_url: str, new_file: NewFile) -> None:
    page.set_input_files("#files", [new_file("chelsea.jpg"), new_file("chelsea.jpg")])
    expect_upload_phase(page, "done", 2)
    gate = RequestGate(page, objects_url, "PUT")
    page.set_input_files("#files", new_file())
    expect_upload_phase(page, "uploading")
    page.get_by_role("link", name=re.compile("^chelsea.jpg")).first.click()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")

    gate.wait_for(1)
    gate.release()

    expect_upload_phase(page, "done")
    expect(page.locator("#viewer-title")).to_have_text("chelsea.jpg")


def test_the_sent_meter_follows_the_sent_bytes(page: Page, new_file: NewFile) -> None:
    session = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", slow)

    page.set_input_files("#files", new_file())

    expect_upload_phase(page, "done")
    sent = page.evaluate("window.progress")
    assert sent == sorted(sent)
    assert any(0 < value < 1 for value in sent)


def test_offers_the_camera_on_a_phone(open_page: OpenPage, new_file: NewFile) -> None:
    phone = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    chooser = phone.get_by_label("Upload", exact=True)
    assert (chooser.get_attribute("accept") or "").startswith("image/*")
    assert chooser.get_attribute("capture") is None  # else only the camera

    chooser.set_input_files(new_file())
    expect_upload_phase(phone, "done")


def test_accepts_a_pasted_image(page: Page, new_file: NewFile) -> None:
    copy_image = """async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      const png = await canvas.convertToBlob({type: "image/png"});
      await navigator.clipboard.write([new ClipboardItem({"image/png": png})]);
    }"""
    page.evaluate(copy_image, base64.b64encode(new_file("chelsea.jpg")["buffer"]).decode())

    page.keyboard.press("Control+V")

    expect_upload_phase(page, "done")
    expect(page.locator(".viewer-meta")).to_contain_text("451 × 300 · PNG")


def test_does_not_send_a_file_that_is_already_uploaded(page: Page, new_file: NewFile) -> None:
    file = new_file()
    upload_and_open(page, file)
    expect(page.locator(".upload-status")).not_to_contain_text("Already uploaded")
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    puts = record_requests(page, method="PUT")

    upload_and_open(page, file)

    expect(page.locator(".upload-status")).to_have_text(re.compile("^Already uploaded · .*Person"))
    assert puts == []


def test_recovers_a_stored_file_whose_event_was_lost(
    page: Page, stack: Stack, new_file: NewFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = new_file()
    with monkeypatch.context() as patch:
        patch.setattr(stack.functions, "invoke_async", lambda *call: None)
        page.set_input_files("#files", file)
        expect_upload_phase(page, "recognizing")
    page.reload()
    puts = record_requests(page, method="PUT")

    page.set_input_files("#files", file)

    expect_upload_phase(page, "done")
    expect(page.locator(".upload-status")).to_have_text(re.compile("^Already uploaded · .*Person"))
    expect(page.locator(".tile img")).to_have_count(1)
    assert puts == []


def test_uploads_a_file_that_was_chosen_before_the_sign_in_is_known(page: Page, new_file: NewFile) -> None:
    held: list[Route] = []
    page.route("**/config.json", lambda route: held.append(route))
    page.reload(wait_until="domcontentloaded")

    page.set_input_files("#files", new_file())
    expect(page.locator("#notice")).to_be_empty()
    for route in held:
        route.continue_()

    expect_upload_phase(page, "done")


def test_guesses_a_missing_media_type_from_the_extension(page: Page, uploads_url: str) -> None:
    media_types: dict[str, str] = {}

    def record(request: Request) -> None:
        if request.url == uploads_url:
            body = request.post_data_json or {}
            media_types[body["fileName"]] = body["contentType"]

    page.on("request", record)
    page.evaluate("""() => {
      const data = new DataTransfer();
      for (const name of ["a.HEIC", "b.avif", "c.tif", "d"]) data.items.add(new File([name], name));
      document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data}));
    }""")
    expect_upload_phase(page, "failed", 4)
    assert media_types == {
        "a.HEIC": "image/heic",
        "b.avif": "image/avif",
        "c.tif": "image/tiff",
        "d": "application/octet-stream",
    }


def test_works_with_the_keyboard_alone(page: Page, new_file: NewFile, tmp_path: Path) -> None:
    page.on("filechooser", lambda chooser: chooser.set_files(new_file()))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    tab_to(page.get_by_label("Upload", exact=True))
    page.keyboard.press("Space")
    expect(page.locator("[data-ready]")).to_be_visible()

    tab_to(page.get_by_role("button", name="More actions"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Download JSON")).to_be_focused()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    for text in ("Details", "View JSON"):
        tab_to(page.locator("#viewer summary", has_text=text))
        page.keyboard.press("Enter")

    view = page.get_by_role("region", name="JSON for astronaut.jpg")
    expect(view).to_contain_text("SchemaVersion")
    shown = json.loads(view.text_content() or "")
    assert (shown["SchemaVersion"], shown["Image"]["Width"], shown["Image"]["Height"]) == (1, 512, 512)
    assert download.value.suggested_filename == "astronaut.json"
    path = tmp_path / "saved.json"
    download.value.save_as(path)
    assert json.loads(path.read_text()) == shown

    page.keyboard.press("Escape")
    expect(page.get_by_label("Upload", exact=True)).to_be_focused()


def tab_to(element: Locator) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(60):
        element.page.keyboard.press("Tab")
        if element.evaluate("(element) => element === document.activeElement"):
            break
