"""Exports of XMP sidecars, read back with exiftool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.export_support import ExportLibrary, export, read_xmp, unzip
from tests.browser.fake_library import image_id
from tests.browser.support import upload_and_open

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from local.stack import Stack
    from tests.browser.support import Json, NewFile

pytestmark = pytest.mark.usefixtures("sources")  # imports modules of the page
HOSTILE = "<rdf:li>&amp; \"'\u0000\u0001\ufffe\ud800]]> 😀\r\n\tא\u202e"
HOSTILE_AS_XML = "<rdf:li>&amp; \"']]> 😀\r\n\tא\u202e"  # without what XML can't contain
BOX = {"Left": 0.1, "Top": 0.2, "Width": 0.4, "Height": 0.2}  # center: 0.3, 0.3


def sidecar_of(page: Page, stack: Stack, folder: Path, result: Json | None, **image: object) -> Json:
    """Return what exiftool reads from the sidecar of a photo of 512 × 256 pixels."""
    library = ExportLibrary(stack, 1).serve(page)
    library.change(0, **{"width": 512, "height": 256, **image})
    if result is not None:
        library.set_result(0, result)
    _, data = export(page, "xmp", {})
    (sidecar,) = unzip(data).values()
    return read_xmp(sidecar, folder)


def region(
    box: Json, description: str, name: str | None = None, kind: str | None = None
) -> tuple[object, ...]:
    """Return the region of a box, rounded for comparison."""
    x, y = box["Left"] + box["Width"] / 2, box["Top"] + box["Height"] / 2
    numbers = tuple(round(number, 5) for number in (x, y, box["Width"], box["Height"]))
    return (*numbers, "normalized", name, kind, description)


def regions_read(tags: Json) -> list[tuple[object, ...]]:
    return [
        (
            *(round(float(each["Area"][key]), 5) for key in "XYWH"),
            each["Area"]["Unit"],
            each.get("Name"),
            each.get("Type"),
            each["Description"],
        )
        for each in tags["RegionInfo"]["RegionList"]
    ]


def test_sidecar_has_the_labels_and_boxes(
    page: Page, stack: Stack, tmp_path: Path, full_result: Json
) -> None:
    own = {
        "labels": [{"name": "Person", "confidence": 99}],
        "tags": ["Sale", "person", "für Oma"],
        "favorite": True,
        "caption": "On the moon",
        "takenAt": "2026-10-03T08:15:00.000Z",
    }
    tags = sidecar_of(page, stack, tmp_path, full_result, **own)

    assert tags["Subject"] == [label["Name"] for label in full_result["Labels"]] + ["Sale", "für Oma"]
    assert (tags["Description"], tags["Rating"]) == ("On the moon", 5)
    assert tags["DateCreated"] == tags["DateTimeOriginal"] == "2026:10:03 08:15:00.000Z"
    assert tags["RegionInfo"]["AppliedToDimensions"] == {"W": 512, "H": 256, "Unit": "pixel"}
    (face,), (celebrity,) = full_result["FaceDetails"], full_result["CelebrityFaces"]
    (custom,) = full_result["CustomLabels"]
    lines = [text for text in full_result["TextDetections"] if text["Type"] == "LINE"]
    assert regions_read(tags) == [
        *(
            region(instance["BoundingBox"], f"Label {instance['Confidence']}%", label["Name"])
            for label in full_result["Labels"]
            for instance in label["Instances"]
        ),
        region(custom["Geometry"]["BoundingBox"], "Custom label 81.5%", "Mission patch"),
        region(face["BoundingBox"], "Face 99.9%", kind="Face"),
        region(celebrity["Face"]["BoundingBox"], "Face 99%", "Eileen Collins", "Face"),
        *(
            region(line["Geometry"]["BoundingBox"], f"Text {line['Confidence']}%", line["DetectedText"])
            for line in lines
        ),
    ]
    assert "Warning" not in tags


def test_sidecar_and_original_of_an_uploaded_photo(
    page: Page, api_url: str, new_file: NewFile, tmp_path: Path
) -> None:
    file = new_file("chelsea.jpg")
    with page.expect_response(
        lambda response: response.url.startswith(f"{api_url}/images/") and response.json()["result"]
    ) as response:
        upload_and_open(page, file)
    result = response.value.json()["result"]

    _, archive = export(page, "originals", {})
    assert unzip(archive) == {"chelsea.jpg": file["buffer"]}
    _, data = export(page, "xmp", {})
    tags = read_xmp(unzip(data)["chelsea.jpg.xmp"], tmp_path)
    assert tags["Subject"] == [label["Name"] for label in result["Labels"]]
    boxes = [box for label in result["Labels"] for box in label["Instances"]]
    assert boxes
    assert tags["RegionInfo"]["AppliedToDimensions"] == {"W": 451, "H": 300, "Unit": "pixel"}
    assert len(regions_read(tags)) >= len(boxes)


def test_the_time_has_the_zone_of_the_file(page: Page, stack: Stack, tmp_path: Path) -> None:
    exif = {"TakenAt": "2026-10-03T10:15:00+02:00"}
    tags = sidecar_of(page, stack, tmp_path, {"Exif": exif}, takenAt="2026-10-03T08:15:00.000Z")
    assert tags["DateCreated"] == tags["DateTimeOriginal"] == "2026:10:03 10:15:00+02:00"


def test_regions_are_clipped_to_the_photo(page: Page, stack: Stack, tmp_path: Path) -> None:
    boxes = [
        {"Left": -0.1, "Top": 0.9, "Width": 0.3, "Height": 0.3},
        {"Left": 1.0, "Top": 0.5, "Width": 0.2, "Height": 0.2},  # outside
    ]
    faces = [{"BoundingBox": box, "Confidence": 90} for box in boxes]
    tags = sidecar_of(page, stack, tmp_path, {"FaceDetails": faces})
    inside = {"Left": 0, "Top": 0.9, "Width": 0.2, "Height": 0.1}
    assert regions_read(tags) == [region(inside, "Face 90%", kind="Face")]


def test_regions_of_a_rotated_photo_apply_to_its_stored_pixels(
    page: Page, stack: Stack, tmp_path: Path
) -> None:
    stored = [  # for EXIF orientations 1 to 8, found by hand
        BOX,
        {"Left": 0.5, "Top": 0.2, "Width": 0.4, "Height": 0.2},
        {"Left": 0.5, "Top": 0.6, "Width": 0.4, "Height": 0.2},
        {"Left": 0.1, "Top": 0.6, "Width": 0.4, "Height": 0.2},
        {"Left": 0.2, "Top": 0.1, "Width": 0.2, "Height": 0.4},
        {"Left": 0.2, "Top": 0.5, "Width": 0.2, "Height": 0.4},
        {"Left": 0.6, "Top": 0.5, "Width": 0.2, "Height": 0.4},
        {"Left": 0.6, "Top": 0.1, "Width": 0.2, "Height": 0.4},
    ]
    library = ExportLibrary(stack, 8).serve(page)
    faces = [{"BoundingBox": BOX, "Confidence": 90}]
    for number in range(8):
        library.change(number, width=512, height=256)
        library.set_result(number, {"FaceDetails": faces, "Exif": {"Orientation": number + 1}})
    _, data = export(page, "xmp", {})
    for number, sidecar in enumerate(unzip(data).values()):
        tags = read_xmp(sidecar, tmp_path)
        assert regions_read(tags) == [region(stored[number], "Face 90%", kind="Face")]
        width, height = (512, 256) if number < 4 else (256, 512)
        assert tags["RegionInfo"]["AppliedToDimensions"] == {"W": width, "H": height, "Unit": "pixel"}


def test_text_is_escaped(page: Page, stack: Stack, tmp_path: Path) -> None:
    labels = [{"Name": HOSTILE, "Confidence": 90, "Instances": [{"BoundingBox": BOX, "Confidence": 90}]}]
    tags = sidecar_of(page, stack, tmp_path, {"Labels": labels}, tags=["a, b", "c;d"], caption=HOSTILE)
    assert tags["Subject"] == [HOSTILE_AS_XML, "a, b", "c;d"]
    assert tags["Description"] == HOSTILE_AS_XML
    assert [each["Name"] for each in tags["RegionInfo"]["RegionList"]] == [HOSTILE_AS_XML]


def test_sidecar_of_a_photo_without_anything_is_valid(page: Page, stack: Stack, tmp_path: Path) -> None:
    assert set(sidecar_of(page, stack, tmp_path, {"Labels": []})) <= {"Validate", "XMPToolkit"}


def test_names_photos_whose_result_is_gone(page: Page, stack: Stack) -> None:
    library = ExportLibrary(stack, 2).serve(page)
    library.documents[image_id(0)] = None
    outcome, data = export(page, "xmp", {})
    assert list(unzip(data)) == ["picture-1.jpg.xmp", "not-exported.txt"]
    assert [failed["reason"] for failed in outcome["failed"]] == ["The photo’s result no longer exists."]
