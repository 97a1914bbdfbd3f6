"""From a file to its result: every way in, and what a person sees meanwhile."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.support import drag, drop, hold_time, pending, show, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page, Request, Route

    from tests.browser.support import Fresh


def test_a_chosen_picture_goes_through_every_phase(page: Page, fresh: Fresh) -> None:
    page.set_input_files("#files", fresh())

    row = page.locator(".upload")
    expect(row).to_have_attribute("data-phase", "done")
    assert page.evaluate("window.phases") == ["hashing", "uploading", "recognizing", "done"]
    expect(row.locator(".upload-name")).to_have_text("astronaut.jpg")
    expect(row.locator(".upload-status")).to_contain_text("Person")
    expect(page.locator("#announcements")).to_contain_text("Uploading 1 photo.")
    expect(page.locator("#announcements")).to_contain_text("1 of 1 done.")


def test_a_single_picture_opens_by_itself(page: Page, fresh: Fresh) -> None:
    viewer = show(page, fresh())

    expect(viewer.get_by_role("heading", level=2)).to_have_text("astronaut.jpg")
    expect(viewer.get_by_role("heading", level=2)).to_be_focused()
    expect(viewer.locator(".viewer-meta")).to_contain_text("512 × 512 pixels · JPEG · 75 kB")
    expect(viewer.locator('.item[data-name="Person"]')).to_be_visible()


def test_two_pictures_do_not_open_by_themselves(page: Page, fresh: Fresh) -> None:
    page.set_input_files("#files", [fresh(), fresh("chelsea.jpg")])

    expect(page.locator('.upload[data-phase="done"]')).to_have_count(2)
    assert page.evaluate("location.hash") == ""
    page.locator(".upload").last.get_by_role("link").click()
    expect(page.locator("#viewer-title")).to_have_text("chelsea.jpg")


def test_a_picture_does_not_open_over_somebody_who_searches(page: Page, images: str, fresh: Fresh) -> None:
    page.route(images, pending)
    with page.expect_response(images):
        page.set_input_files("#files", fresh())
    search = page.get_by_role("searchbox")
    search.fill("cat")
    page.unroute(images)

    expect(page.locator(".upload")).to_have_attribute("data-phase", "done")
    assert page.evaluate("location.hash") == ""
    expect(search).to_be_focused()


def test_a_picture_does_not_open_over_another(page: Page, objects: str, fresh: Fresh) -> None:
    page.set_input_files("#files", [fresh("chelsea.jpg"), fresh("chelsea.jpg")])
    expect(page.locator('.upload[data-phase="done"]')).to_have_count(2)
    held: list[Route] = []
    page.route(
        objects, lambda route: held.append(route) if route.request.method == "PUT" else route.continue_()
    )
    page.set_input_files("#files", fresh())
    expect(page.locator(".upload")).to_have_attribute("data-phase", "uploading")
    page.get_by_role("link", name=re.compile("^chelsea.jpg")).first.click()
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")

    until(page, lambda: len(held) == 1)
    held[0].continue_()

    expect(page.locator(".upload")).to_have_attribute("data-phase", "done")
    expect(page.locator("#viewer-title")).to_have_text("chelsea.jpg")


def test_the_focus_goes_to_a_picture_that_was_dropped_when_it_is_closed(
    page: Page, fresh: Fresh, tmp_path: Path
) -> None:
    path = tmp_path / "dropped.jpg"
    path.write_bytes(fresh()["buffer"])
    drop(page, [path])
    expect(page.locator("#viewer")).to_have_attribute("data-ready", "")

    page.keyboard.press("Escape")

    expect(page.locator("#viewer")).to_be_hidden()
    expect(page.get_by_role("link", name=re.compile("^dropped.jpg"))).to_be_focused()


def test_the_bar_follows_the_bytes_that_are_really_sent(page: Page, fresh: Fresh) -> None:
    session = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", slow)

    page.set_input_files("#files", fresh())

    expect(page.locator(".upload")).to_have_attribute("data-phase", "done")
    uploading = [value for phase, value in page.evaluate("window.bars") if phase == "uploading"]
    assert uploading == sorted(uploading)
    assert any(0 < value < 1 for value in uploading)


def test_pictures_can_be_dropped_anywhere(page: Page, fresh: Fresh, tmp_path: Path) -> None:
    paths = []
    for name in ("astronaut.jpg", "chelsea.jpg"):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(fresh(name)["buffer"])

    drop(page, paths)

    expect(page.locator('.upload[data-phase="done"]')).to_have_count(2)
    expect(page.locator(".upload-name")).to_have_text(["astronaut.jpg", "chelsea.jpg"])


def test_a_drop_is_taken_when_the_page_moves_under_the_pointer_just_before(
    page: Page, fresh: Fresh, tmp_path: Path
) -> None:
    path = tmp_path / "astronaut.jpg"
    path.write_bytes(fresh()["buffer"])
    act = drag(page, [path])
    page.evaluate("document.elementFromPoint(200, 200).style.pointerEvents = 'none'")
    act("drop")
    expect(page.locator('.upload[data-phase="done"]')).to_have_count(1)


def test_the_veil_goes_when_files_are_dragged_away_over_what_was_replaced_meanwhile(
    page: Page, fresh: Fresh, tmp_path: Path
) -> None:
    page.clock.install()
    hold_time(page)
    path = tmp_path / "astronaut.jpg"
    path.write_bytes(fresh()["buffer"])
    act = drag(page, [path])
    veil = page.get_by_text("Drop photos to upload")
    page.clock.run_for(600)
    act("dragOver")
    page.clock.run_for(600)
    expect(veil).to_be_visible()

    page.evaluate("document.elementFromPoint(200, 200).remove()")
    act("dragCancel")
    page.clock.run_for(200)

    expect(veil).to_be_hidden()


def test_a_folder_gives_its_pictures_and_says_what_it_left_out(
    page: Page, fresh: Fresh, tmp_path: Path
) -> None:
    folder = tmp_path / "Holiday"
    (folder / "day one").mkdir(parents=True)
    (folder / "day one" / "cat.jpg").write_bytes(fresh("chelsea.jpg")["buffer"])
    (folder / "notes.txt").write_text("sunny")

    drop(page, [folder])

    expect(page.locator('.upload[data-phase="done"]')).to_have_count(1)
    expect(page.locator(".upload-name")).to_have_text("cat.jpg")
    expect(page.locator("#notice")).to_have_text(
        "Added 1 photo from the folder “Holiday”. Skipped 1 other file."
    )


def test_a_folder_without_pictures_is_said_to_have_none(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "Empty"
    folder.mkdir()

    drop(page, [folder])

    expect(page.locator("#notice")).to_have_text("No photos found in the folder “Empty”.")
    expect(page.locator(".upload")).to_have_count(0)


def test_a_picture_of_the_page_itself_is_not_taken_when_it_is_dragged(page: Page, fresh: Fresh) -> None:
    page.set_input_files("#files", [fresh(), fresh("chelsea.jpg")])
    tile = page.locator('.tile[data-status="done"] .tile-link:has(img)').first
    expect(page.locator('.upload[data-phase="done"]')).to_have_count(2)
    page.evaluate("""() => {
      window.dragged = [];
      for (const type of ["dragstart", "dragover", "dragend"]) {
        addEventListener(type, () => {
          window.dragged.push(type);
          window.marked ||= document.body.hasAttribute("data-dragging");
        });
      }
    }""")

    tile.drag_to(page.locator(".upload-list-header"))

    expect(page.locator(".upload")).to_have_count(2)
    assert {"dragstart", "dragover", "dragend"} == set(page.evaluate("window.dragged"))
    assert page.evaluate("window.marked") is False
    expect(page.locator("#notice")).to_be_empty()
    assert page.evaluate("location.hash") == ""


def test_what_is_dropped_before_the_sign_in_is_not_lost_in_silence(
    open_page: Callable[..., Page], fresh: Fresh, tmp_path: Path
) -> None:
    page = open_page(user=None)
    path = tmp_path / "early.jpg"
    path.write_bytes(fresh()["buffer"])
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()

    drop(page, [path])

    expect(page.locator("#notice")).to_have_text("Sign in first, then add your photos again.")
    expect(page.locator(".upload")).to_have_count(0)


def test_a_phone_offers_its_camera(open_page: Callable[..., Page], fresh: Fresh) -> None:
    phone = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    expect(phone.get_by_text("Take a photo")).to_be_visible()
    assert phone.locator("#camera").get_attribute("capture") == "environment"

    phone.set_input_files("#camera", fresh())
    expect(phone.locator(".upload")).to_have_attribute("data-phase", "done")

    expect(open_page().get_by_text("Take a photo")).to_be_hidden()


def test_a_copied_picture_can_be_pasted(page: Page, fresh: Fresh) -> None:
    copied = """async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      const png = await canvas.convertToBlob({type: "image/png"});
      await navigator.clipboard.write([new ClipboardItem({"image/png": png})]);
    }"""
    page.evaluate(copied, base64.b64encode(fresh("chelsea.jpg")["buffer"]).decode())

    page.keyboard.press("Control+V")

    expect(page.locator(".upload")).to_have_attribute("data-phase", "done")
    expect(page.locator(".viewer-meta")).to_contain_text("451 × 300 pixels · PNG")


def test_a_few_at_once_are_each_a_row_in_the_order_chosen(page: Page, fresh: Fresh) -> None:
    files = [fresh("chelsea.jpg") | {"name": f"cat {number}.jpg"} for number in range(3)]

    page.set_input_files("#files", files)

    expect(page.locator(".upload-name")).to_have_text([file["name"] for file in files])
    expect(page.locator('.upload[data-phase="done"]')).to_have_count(3)


def test_a_known_picture_says_so_and_sends_nothing(page: Page, fresh: Fresh) -> None:
    file = fresh()
    show(page, file)
    expect(page.locator(".upload-status")).not_to_contain_text("Already uploaded")
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    puts: list[str] = []
    page.on("request", lambda request: puts.append(request.url) if request.method == "PUT" else None)

    show(page, file)

    expect(page.locator(".upload-status")).to_have_text(re.compile("^Already uploaded: .*Person"))
    assert puts == []


def test_a_type_that_the_system_does_not_know_is_told_by_the_name(page: Page) -> None:
    asked: dict[str, str] = {}

    def note(request: Request) -> None:
        if request.method == "POST":
            asked[request.post_data_json["fileName"]] = request.post_data_json["contentType"]

    page.on("request", note)
    page.evaluate("""() => {
      const data = new DataTransfer();
      for (const name of ["a.HEIC", "b.avif", "c.tif", "d"]) data.items.add(new File([name], name));
      document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data}));
    }""")
    expect(page.locator('.upload[data-phase="failed"]')).to_have_count(4)
    assert asked == {
        "a.HEIC": "image/heic",
        "b.avif": "image/avif",
        "c.tif": "image/tiff",
        "d": "application/octet-stream",
    }


def test_a_cancelled_upload_is_gone_and_sends_nothing_more(page: Page, objects: str, fresh: Fresh) -> None:
    page.route(objects, lambda route: None)
    page.set_input_files("#files", fresh())
    expect(page.locator(".upload")).to_have_attribute("data-phase", "uploading")

    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Cancel astronaut.jpg").click()

    expect(page.locator(".upload")).to_have_count(0)
    expect(page.locator("#files")).to_be_focused()


def test_a_cancelled_upload_leaves_no_record(page: Page, objects: str, fresh: Fresh) -> None:
    page.route(objects, lambda route: None)
    page.set_input_files("#files", fresh())
    expect(page.locator(".upload")).to_have_attribute("data-phase", "uploading")

    with page.expect_response(lambda answer: answer.request.method == "DELETE") as taken_back:
        page.get_by_role("button", name="Cancel astronaut.jpg").click()

    assert taken_back.value.status == 204


def test_an_upload_cancelled_while_the_api_is_asked_leaves_no_record(
    page: Page, uploads: str, fresh: Fresh
) -> None:
    asked: list[Route] = []
    page.route(uploads, lambda route: asked.append(route))
    page.set_input_files("#files", fresh())
    until(page, lambda: len(asked) == 1)
    page.get_by_role("button", name="Cancel astronaut.jpg").click()
    expect(page.locator(".upload")).to_have_count(0)

    with page.expect_response(lambda answer: answer.request.method == "DELETE") as taken_back:
        asked[0].continue_()

    assert taken_back.value.status == 204


def test_all_of_it_by_keyboard(page: Page, fresh: Fresh, tmp_path: Path) -> None:
    page.on("filechooser", lambda chooser: chooser.set_files(fresh()))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign out")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Upload photos")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("[data-ready]")).to_be_visible()

    tab_to(page.get_by_role("button", name="Download JSON"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    tab_to(page.locator("summary", has_text="View JSON"))
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
    expect(page.get_by_label("Upload photos")).to_be_focused()


def tab_to(element: Locator) -> None:
    for _ in range(60):
        element.page.keyboard.press("Tab")
        if element.evaluate("(element) => element === document.activeElement"):
            break
