"""Facts about a picture on their way from the file to the document and the record."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from catalog.catalog import Catalog
from catalog.terms import Term
from processor.imaging.interface import ImageFacts
from tests.exif_files import FACTS, FORMATS_WITH_METADATA, GPS, XMP, exif_data, full_exif, with_metadata
from tests.image_files import marked
from tests.unit.processor.support import DIRECT_KEY, THROTTLED
from tests.unit.support import IMAGE_ID, OUTPUT_BUCKET, UPLOAD_KEY

WITHOUT_LOCATION = {name: value for name, value in FACTS.items() if name != "Location"}
TAKEN_AT = datetime(2026, 11, 22, 14, 0, 0, 120_000, UTC)


@pytest.mark.parametrize(("store_location", "expected"), [(False, WITHOUT_LOCATION), (True, FACTS)])
def test_the_document_has_the_location_only_if_it_may_be_stored(
    make_processor, invocation, put, read_document, store_location: bool, expected: dict[str, object]
) -> None:
    processor = make_processor(store_location=store_location)
    processor.process(put(with_metadata(marked(), "JPEG", full_exif()), DIRECT_KEY), invocation)
    assert read_document(DIRECT_KEY)["Exif"] == expected


def test_the_record_has_time_camera_colors_and_hash(
    make_processor, invocation, put, read_document, catalog: Catalog
) -> None:
    make_processor().process(put(with_metadata(marked(), "JPEG", full_exif()), UPLOAD_KEY), invocation)
    record = catalog.get("alice", IMAGE_ID)
    assert record is not None
    image = read_document(UPLOAD_KEY)["Image"]
    assert (record.taken_at, record.perceptual_hash) == (TAKEN_AT, image["PerceptualHash"])
    assert record.terms == (Term("camera", "Canon EOS R5"), Term("color", "gray"))
    assert image["Colors"] == ["gray"]


@pytest.mark.parametrize("store_location", [False, True])
def test_a_retry_has_the_facts_without_reading_the_file_again(
    make_processor, invocation, put, rekognition, deliver, read_document, storage, store_location: bool
) -> None:
    processor = make_processor(store_location=store_location)
    event = put(with_metadata(marked(), "JPEG", full_exif()), DIRECT_KEY)
    rekognition.queue_errors("DetectLabels", THROTTLED)
    assert processor.process(event, invocation).status == "parked"
    kept = storage.read(OUTPUT_BUCKET, f"{DIRECT_KEY}.answers").decode()
    assert ("Latitude" in kept) == store_location
    deliver(processor)
    document = read_document(DIRECT_KEY)
    assert document["Exif"] == (FACTS if store_location else WITHOUT_LOCATION)
    assert document["Image"]["Colors"] == ["gray"]


def test_a_location_that_was_kept_is_left_out_once_it_may_not_be_stored(
    make_processor, invocation, put, rekognition, deliver, read_document
) -> None:
    event = put(with_metadata(marked(), "JPEG", full_exif()), DIRECT_KEY)
    rekognition.queue_errors("DetectLabels", THROTTLED)
    make_processor(store_location=True).process(event, invocation)
    deliver(make_processor(store_location=False))
    assert read_document(DIRECT_KEY)["Exif"] == WITHOUT_LOCATION


@pytest.mark.parametrize("format_name", FORMATS_WITH_METADATA)
def test_no_output_has_metadata(make_processor, invocation, put, s3, object_keys, format_name: str) -> None:
    event = put(with_metadata(marked(mode="RGB"), format_name, full_exif(), XMP), DIRECT_KEY)
    make_processor(store_location=False).process(event, invocation)
    keys = object_keys(OUTPUT_BUCKET)
    bodies = {key: s3.get_object(Bucket=OUTPUT_BUCKET, Key=key)["Body"].read() for key in keys}
    assert sorted(keys) == [f"{DIRECT_KEY}.{name}" for name in ("json", "preview.webp", "thumb.webp")]
    for key, body in bodies.items():
        assert not [text for text in (b"Latitude", b"GPS", b"xpacket", b"Exif\0\0") if text in body]
        if key.endswith(".webp"):
            assert Image.open(io.BytesIO(body)).info.keys() <= {"loop", "background", "timestamp", "duration"}


@pytest.mark.parametrize("format_name", ["WebP", "TIFF", "HEIC", "AVIF", "PNG"])
def test_a_converted_jpeg_has_no_metadata(
    make_processor, invocation, put, rekognition, storage, format_name: str
) -> None:
    event = put(with_metadata(marked(), format_name, full_exif(), XMP), DIRECT_KEY)
    rekognition.queue_errors("DetectLabels", THROTTLED)
    make_processor().process(event, invocation)
    body = storage.read(OUTPUT_BUCKET, f"{DIRECT_KEY}.answers.jpg")
    assert not [text for text in (b"Exif", b"xpacket", b"http:", b"Canon") if text in body]
    assert Image.open(io.BytesIO(body)).info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T15:00:00.120+01:00", TAKEN_AT),
        ("2026-11-22T14:00:00", datetime(2026, 11, 22, 14, tzinfo=UTC)),
        ("1956-07-01T00:00:00", datetime(1956, 7, 1, tzinfo=UTC)),
    ],
)
def test_the_time_in_utc(text: str, expected: datetime) -> None:
    assert ImageFacts({"TakenAt": text}).taken_at == expected


def test_an_image_without_facts() -> None:
    assert (ImageFacts().taken_at, ImageFacts().camera) == (None, None)


def test_a_hostile_location_alone_leaves_nothing(make_processor, invocation, put, read_document) -> None:
    data = with_metadata(marked(), "JPEG", exif_data(gps=GPS))
    make_processor().process(put(data, DIRECT_KEY), invocation)
    assert read_document(DIRECT_KEY)["Exif"] == {}


def test_terms_of_a_result_are_stored_with_it(
    make_processor, invocation, put, rekognition, catalog: Catalog
) -> None:
    rekognition.queue_response(
        "DetectLabels",
        {"Labels": [{"Name": "Car", "Confidence": 90.0, "Parents": [{"Name": "Vehicle"}], "Instances": []}]},
    )
    make_processor().process(put(with_metadata(marked(), "PNG"), UPLOAD_KEY), invocation)
    record = catalog.get("alice", IMAGE_ID)
    assert record is not None
    assert record.terms == (Term("color", "gray"), Term("label", "Vehicle"))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(False, False, WITHOUT_LOCATION), (True, False, WITHOUT_LOCATION), (False, True, FACTS)],
)
def test_an_image_that_is_recognized_again_keeps_its_facts(
    make_processor,
    invocation,
    put,
    read_document,
    catalog: Catalog,
    first: bool,
    second: bool,
    expected: dict[str, Any],
) -> None:
    event = put(with_metadata(marked(), "JPEG", full_exif()), UPLOAD_KEY)
    make_processor(store_location=first).process(event, invocation)
    before = catalog.get("alice", IMAGE_ID)
    assert before is not None
    catalog.reopen(before)
    again = replace(invocation, lease_owner="request-2", is_retry=True)
    assert make_processor(store_location=second).process(event, again).status == "done"
    record = catalog.get("alice", IMAGE_ID)
    assert record is not None
    assert read_document(UPLOAD_KEY)["Exif"] == expected
    assert (record.taken_at, record.perceptual_hash, record.terms) == (
        TAKEN_AT,
        before.perceptual_hash,
        before.terms,
    )


def test_a_result_of_an_older_version_gets_facts_when_it_is_recognized_again(
    make_processor, invocation, put, read_document, catalog: Catalog, s3
) -> None:
    event = put(with_metadata(marked(), "JPEG", full_exif()), UPLOAD_KEY)
    make_processor().process(event, invocation)
    before, document = catalog.get("alice", IMAGE_ID), read_document(UPLOAD_KEY)
    assert before is not None
    old = {name: value for name, value in document.items() if name != "Exif"}
    s3.put_object(Bucket=OUTPUT_BUCKET, Key=f"{UPLOAD_KEY}.json", Body=json.dumps(old).encode())
    catalog.reopen(before)
    make_processor().process(event, replace(invocation, lease_owner="request-2", is_retry=True))
    assert read_document(UPLOAD_KEY)["Exif"] == WITHOUT_LOCATION
