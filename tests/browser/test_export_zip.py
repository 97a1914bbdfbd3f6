"""Exports of originals: archives that zipfile and unzip can read, safe names, and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.export_support import ExportLibrary, end_of, export, unzip
from tests.browser.fake_library import image_id
from tests.browser.support import RequestGate, tiles

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from local.stack import Stack

pytestmark = pytest.mark.usefixtures("sources")  # imports modules of the page
MAX_PARALLEL = 6
# Replaces the dialog by a file of the browser's own file system, which has the same interface.
CHOOSE_PRIVATE_FILE = """async () => {
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle("chosen.zip", { create: true });
  window.showSaveFilePicker = async (options) => {
    window.pickerOptions = options;
    return handle;
  };
}"""
DOWNLOAD_PRIVATE_FILE = """async () => {
  const folder = await navigator.storage.getDirectory();
  const { saveFile } = await importSource("dom.js");
  saveFile(await (await folder.getFileHandle("chosen.zip")).getFile(), "copy.zip");
}"""
START_EXPORT = """async ([format, selection]) => {
  const { exportImages } = await importSource("export.js");
  window.canceled = new AbortController();
  const { signal } = window.canceled;
  const nameOf = ({ code, name }) => (name === "AbortError" ? name : code);
  window.outcome = exportImages(format, selection, { signal }).catch(nameOf);
}"""
NO_DIALOG = "delete window.showSaveFilePicker"  # a test can't choose a file in it


def test_zip_contains_the_originals(page: Page, stack: Stack) -> None:
    library = ExportLibrary(stack, 20, page_size=7).serve(page)
    library.originals = {end_of(number): bytes([number]) * (number * 1000) for number in range(20)}
    outcome, data = export(page, "originals", {"query": "picture"})
    assert outcome["message"] == "20 photos exported."
    assert unzip(data) == {f"picture-{number}.jpg": bytes([number]) * (number * 1000) for number in range(20)}


def test_names_are_safe_and_unique(page: Page, stack: Stack) -> None:
    cases = [
        (["a.jpg", "a.jpg", "A.JPG", "a (2).jpg"], ["a.jpg", "a (2).jpg", "A (3).JPG", "a (2) (2).jpg"]),
        (["../../etc/passwd", "..", "/", "C:\\x.jpg"], [".._.._etc_passwd", "picture", "_", "C__x.jpg"]),
        (["CON", "con.jpg", "Aux .png", "com1.tar.gz"], ["_CON", "_con.jpg", "_Aux .png", "_com1.tar.gz"]),
        (["a.jpg...", "b. . ", " c.jpg ", "..."], ["a.jpg", "b", "c.jpg", "picture"]),
        (["photo\u202egpj.exe", "a\u0000b\n.jpg", "\u2066\u200b"], ["photogpj.exe", "ab.jpg", "picture"]),
        (['<a>:"b"|?*.jpg'], ["_a___b____.jpg"]),
        (["x" * 251 + ".jpg", "é" * 200 + ".jpg"], ["x" * 196 + ".jpg", "é" * 98 + ".jpg"]),
        (
            ["日本" * 127 + "x", "👩‍🚀.png", "e\u0301.jpg", "é.jpg"],
            ["日本" * 33, "👩‍🚀.png", "é.jpg", "é (2).jpg"],
        ),
    ]
    make = """async (names) => {
      const { FileNames } = await importSource("export-names.js");
      const made = new FileNames();
      return names.map((name) => made.add(name));
    }"""
    assert [page.evaluate(make, names) for names, _ in cases] == [safe for _, safe in cases]

    library = ExportLibrary(stack, 4).serve(page)
    for number, name in enumerate(["../../a.jpg", "a.jpg", "A.jpg", "not-exported.txt"]):
        library.change(number, fileName=name)
    safe = [".._.._a.jpg", "a.jpg", "A (2).jpg", "not-exported (2).txt"]
    assert list(unzip(export(page, "originals", {})[1])) == safe
    assert list(unzip(export(page, "xmp", {})[1])) == [f"{name}.xmp" for name in safe]


def test_asks_for_expired_links_again_and_names_what_is_missing(fast_page: Page, stack: Stack) -> None:
    library = ExportLibrary(stack, 8).serve(fast_page)
    library.set_pending(0)
    library.gone_ids.add(image_id(1))
    library.original_statuses = {
        end_of(2): [403],
        end_of(3): [404],
        end_of(4): [403, 403],
        end_of(5): [503, 500],
        end_of(6): [500] * 9,
    }
    library.change(7, fileName="picture-4.jpg")  # keeps its number, although the first one fails

    outcome, data = export(fast_page, "originals", {})

    failures = {
        "picture-0.jpg": "The photo isn’t recognized yet. Try again later.",
        "picture-1.jpg": "This picture doesn't exist. It may have been deleted.",
        "picture-3.jpg": "The photo’s file no longer exists.",
        "picture-4.jpg": "The download link expired twice. Check that your device’s clock is right.",
        "picture-6.jpg": "The download was interrupted. Check your connection.",
    }
    assert {failed["name"]: failed["reason"] for failed in outcome["failed"]} == failures
    assert outcome["exported"] == 3
    files = unzip(data)
    assert list(files) == ["picture-2.jpg", "picture-5.jpg", "picture-4 (2).jpg", "not-exported.txt"]
    report = "".join(f"{name}: {reason}\r\n" for name, reason in failures.items())
    assert files["not-exported.txt"].decode() == report


def test_loads_at_most_six_originals_at_once(page: Page, stack: Stack) -> None:
    library = ExportLibrary(stack, 20).serve(page)
    gate = RequestGate(page, f"{stack.aws_url.rstrip('/')}/fake/original/**")
    page.evaluate(NO_DIALOG)
    page.evaluate(START_EXPORT, ["originals", {}])
    gate.wait_for(MAX_PARALLEL)
    assert len(library.requested_ids) == MAX_PARALLEL
    with page.expect_download() as download:
        gate.release()
    assert len(unzip(download.value.path().read_bytes())) == 20


def test_streams_to_the_chosen_file(page: Page, stack: Stack) -> None:
    library = ExportLibrary(stack, 3).serve(page)
    library.originals = {end_of(number): bytes([number]) * 3_000_000 for number in range(3)}
    page.evaluate(CHOOSE_PRIVATE_FILE)
    page.evaluate(START_EXPORT, ["originals", {}])
    assert page.evaluate("window.outcome.then(({ fileName }) => fileName)") == "chosen.zip"
    with page.expect_download() as download:
        page.evaluate(DOWNLOAD_PRIVATE_FILE)
    assert unzip(download.value.path().read_bytes()) == {
        f"picture-{number}.jpg": bytes([number]) * 3_000_000 for number in range(3)
    }
    options = page.evaluate("window.pickerOptions")
    assert options["suggestedName"].endswith(".zip")
    assert options["types"] == [{"accept": {"application/zip": [".zip"]}}]


@pytest.mark.parametrize("has_dialog", [False, True])
def test_cancel_saves_nothing(page: Page, stack: Stack, has_dialog: bool) -> None:
    ExportLibrary(stack, 20).serve(page)
    downloads: list[object] = []
    page.on("download", lambda download: downloads.append(download))
    gate = RequestGate(page, f"{stack.aws_url.rstrip('/')}/fake/original/**")
    page.evaluate(CHOOSE_PRIVATE_FILE if has_dialog else NO_DIALOG)
    page.evaluate(START_EXPORT, ["originals", {}])
    gate.wait_for(MAX_PARALLEL)
    page.evaluate("window.canceled.abort()")
    assert page.evaluate("window.outcome") == "AbortError"
    assert downloads == []
    if has_dialog:
        folder = "navigator.storage.getDirectory()"
        names = f"{folder}.then(async (folder) => Array.fromAsync(folder.keys()))"
        assert page.evaluate(names) == []


def test_a_closed_dialog_exports_nothing(page: Page, stack: Stack) -> None:
    library = ExportLibrary(stack, 3).serve(page)
    expect(tiles(page)).to_have_count(3)
    listed = len(library.list_queries)
    dialog = "() => Promise.reject(new DOMException('', 'AbortError'))"
    page.evaluate(f"() => {{ window.showSaveFilePicker = {dialog}; }}")
    page.evaluate(START_EXPORT, ["originals", {}])
    assert page.evaluate("window.outcome") == "AbortError"
    assert len(library.list_queries) == listed


def test_asks_for_confirmation_before_the_page_closes(page: Page, stack: Stack) -> None:
    ExportLibrary(stack, 3).serve(page)
    gate = RequestGate(page, f"{stack.aws_url.rstrip('/')}/fake/original/**")
    page.evaluate(NO_DIALOG)
    page.get_by_role("heading", level=1).click(force=True)  # browsers ask only after a user gesture
    page.evaluate(START_EXPORT, ["originals", {}])
    gate.wait_for(3)
    page.on("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as dialog:
        page.close(run_before_unload=True)
    assert dialog.value.type == "beforeunload"
    with page.expect_download():
        gate.release()


def test_signing_out_stops_the_export(page: Page, stack: Stack) -> None:
    ExportLibrary(stack, 20).serve(page)
    gate = RequestGate(page, f"{stack.aws_url.rstrip('/')}/fake/original/**")
    page.evaluate(NO_DIALOG)
    page.evaluate(START_EXPORT, ["originals", {}])
    gate.wait_for(MAX_PARALLEL)
    page.evaluate("new BroadcastChannel('signed-out').postMessage(null)")  # as another tab does
    assert page.evaluate("window.outcome") == "sign-in-expired"
