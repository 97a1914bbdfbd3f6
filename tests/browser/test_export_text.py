"""Exports as text, CSV and JSON Lines, read back with Python's own modules."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.export_support import EXPORT, ExportLibrary, export
from tests.browser.fake_library import image_id
from tests.browser.support import route_first, tiles

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from local.stack import Stack
    from tests.browser.support import Json, OpenPage

pytestmark = pytest.mark.usefixtures("sources")  # imports modules of the page
HEADER = (
    "id,file name,status,type,bytes,width,height,added,processed,taken,camera,people,colors,labels,flags,"
    "tags,favorite,caption,decision,by,at,reason"
)
OWN_DATA: Json = {
    "takenAt": "2026-11-21T08:15:00.000Z",
    "camera": "Canon EOS R5",
    "people": 0,
    "colors": ["teal", "white"],
    "labels": [{"name": "Cat", "confidence": 98.54}, {"name": "Sports Car", "confidence": 71}],
    "flags": ["Violence"],
    "tags": ["für Oma", "2026"],
    "favorite": True,
    "caption": 'Says "hi",\nthen leaves 😀',
    "decision": {"value": "approved", "by": "alice@example.com", "at": "2026-11-21T10:00:00.000Z"},
}


def read_csv(data: bytes) -> list[dict[str, str]]:
    text = data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_csv_has_a_row_for_each_photo_of_a_search(page: Page, stack: Stack) -> None:
    library = ExportLibrary(stack, 5, page_size=2).serve(page)
    library.first_page_empty = True
    library.change(0, **OWN_DATA)
    library.set_failed(1, "This file isn't an image.")

    outcome, data = export(page, "csv", {"query": "picture -dog", "order": "taken"})

    assert data.startswith(b"\xef\xbb\xbf" + HEADER.encode() + b"\r\n")
    assert outcome == {
        "exported": 5,
        "failed": [],
        "fileName": outcome["fileName"],
        "message": "5 photos exported.",
    }
    queries = [
        query for query in library.list_queries if query["limit"] == "100"
    ]  # the others are the gallery's
    query = {"q": "picture -dog", "order": "taken", "limit": "100"}
    assert queries == [query, *(query | {"cursor": cursor} for cursor in ("0", "2", "4"))]
    rows = read_csv(data)
    assert [row["id"] for row in rows] == list(library.images)
    assert list(rows[0].values()) == [
        image_id(0),
        "picture-0.jpg",
        "done",
        "image/jpeg",
        "43123",
        "400",
        "400",
        "2026-11-20T12:00:00.000Z",
        "2026-11-20T12:00:00.000Z",
        "2026-11-21T08:15:00.000Z",
        "Canon EOS R5",
        "0",
        "teal; white",
        "Cat 98.5%; Sports Car 71%",
        "Violence",
        "für Oma; 2026",
        "true",
        'Says "hi",\nthen leaves 😀',
        "approved",
        "alice@example.com",
        "2026-11-21T10:00:00.000Z",
        "",
    ]
    assert (rows[1]["status"], rows[1]["width"], rows[1]["reason"]) == (
        "failed",
        "",
        "This file isn't an image.",
    )


def test_csv_has_no_formulas(page: Page, stack: Stack) -> None:
    starts = ["=", "+", "-", "@", "\t", "\r", "\n", "＝"]
    texts = [f'{start}HYPERLINK("https://example.com","photo")' for start in starts]
    library = ExportLibrary(stack, len(texts)).serve(page)
    for number, text in enumerate(texts):
        library.change(number, fileName=text, caption=text, tags=[text], camera=text)
    _, data = export(page, "csv", {})
    names = ("file name", "caption", "tags", "camera")
    assert [[row[name] for name in names] for row in read_csv(data)] == [[f"'{text}"] * 4 for text in texts]


def test_json_lines_are_the_images_as_the_api_returns_them(page: Page, stack: Stack) -> None:
    library = ExportLibrary(stack, 3).serve(page)
    library.change(1, **OWN_DATA)
    _, data = export(page, "jsonl", {"query": ""})
    assert [json.loads(line) for line in data.decode().splitlines()] == list(library.images.values())


def test_csv_and_json_lines_are_the_same_in_every_language(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(locale="de-DE")
    library = ExportLibrary(stack, 2).serve(page)
    library.set_failed(1, "This file isn't an image.")
    _, lines = export(page, "jsonl", {})
    assert [json.loads(line) for line in lines.decode().splitlines()] == list(library.images.values())
    _, data = export(page, "csv", {})
    (_, failed) = read_csv(data)
    assert (",".join(failed), failed["reason"]) == (HEADER, "This file isn't an image.")


def test_json_lines_can_include_the_results(page: Page, stack: Stack, full_result: Json) -> None:
    library = ExportLibrary(stack, 3).serve(page)
    library.set_result(0, full_result)
    library.set_pending(1)
    _, data = export(page, "jsonl", {}, includeResults=True)
    results = [full_result, None, {"SchemaVersion": 1}]
    assert [json.loads(line) for line in data.decode().splitlines()] == [
        image | {"result": result} for image, result in zip(library.images.values(), results, strict=True)
    ]


def test_exports_only_chosen_photos_in_their_order(page: Page, stack: Stack) -> None:
    library = ExportLibrary(stack, 9).serve(page)
    chosen = [image_id(number) for number in (7, 2, 7, 5)]
    _, data = export(page, "jsonl", {"ids": chosen})
    assert [json.loads(line) for line in data.decode().splitlines()] == [
        library.images[identifier] for identifier in (chosen[0], chosen[1], chosen[3])
    ]
    assert page.evaluate("window.progress") == [
        {"exported": number, "failed": 0, "total": 3} for number in (1, 2, 3)
    ]


def test_names_photos_that_are_gone(page: Page, stack: Stack) -> None:
    library = ExportLibrary(stack, 9).serve(page)
    expect(tiles(page)).to_have_count(9)  # so the page knows their names
    library.gone_ids.update(image_id(number) for number in range(1, 6))
    outcome, data = export(page, "csv", {"ids": list(library.images)})
    assert len(read_csv(data)) == 4
    assert outcome["failed"][0] == {
        "id": image_id(1),
        "name": "picture-1.jpg",
        "reason": "This picture doesn't exist. It may have been deleted.",
    }
    assert outcome["message"].translate({0x2068: None, 0x2069: None}) == (
        "4 photos exported. 5 photos couldn’t be exported: "
        "picture-1.jpg, picture-2.jpg, picture-3.jpg, and 2 more."
    )


def test_saves_nothing_without_photos(page: Page, stack: Stack) -> None:
    ExportLibrary(stack, 0).serve(page)
    downloads: list[object] = []
    page.on("download", lambda download: downloads.append(download))
    outcome = page.evaluate(EXPORT, ["csv", {"query": "cat"}, {}])
    assert outcome == {
        "exported": 0,
        "failed": [],
        "fileName": None,
        "message": "There are no photos to export.",
    }
    assert downloads == []


def test_retries_a_page_that_the_api_could_not_send(fast_page: Page, stack: Stack, images_url: str) -> None:
    ExportLibrary(stack, 3).serve(fast_page)
    route_first(fast_page, images_url.removesuffix("/*") + "?*", lambda route: route.abort("failed"), 2)
    outcome, _ = export(fast_page, "csv", {})
    assert outcome["exported"] == 3


def test_stops_when_the_service_is_unreachable(fast_page: Page, stack: Stack) -> None:
    library = ExportLibrary(stack, 3).serve(fast_page)
    library.list_reachable = False
    outcome = fast_page.evaluate(
        f"(args) => ({EXPORT})(args).catch(({{message}}) => message)", ["csv", {}, {}]
    )
    assert outcome == "Can’t reach the service. Check your connection."
